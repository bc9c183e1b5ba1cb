import { describe, expect, test } from 'vitest'
import { type Checkout, readCheckout } from '../../../src/component/git-reader.ts'
import { resolveCommit } from '../../../src/component/git-target.ts'
import { readFactLine } from '../../../src/release/fact-line.ts'
import type { LedgerEntry } from '../../../src/release/ledger.ts'

const commit = (letter: string): string => letter.repeat(40)
const [C, B, A] = [commit('c'), commit('b'), commit('a')]

/** `c` is live, `b` and `a` came before it; `v1` is on `a`. */
const checkout = (more: Partial<Checkout> = {}): Checkout => ({
  problem: undefined,
  head: C,
  branch: 'main',
  busy: [],
  changes: [],
  commits: [C, B, A].map((each, at) => ({ commit: each, subject: `change ${3 - at}` })),
  tags: new Map([['v1', A]]),
  target: undefined,
  ...more,
})

const entry = (
  event: LedgerEntry['event'],
  release: string,
  more: Partial<LedgerEntry> = {},
): LedgerEntry => ({
  at: 1,
  event,
  release,
  ...more,
})
const resolve = (target: string, ledger: readonly LedgerEntry[] = [], seen = checkout()) =>
  resolveCommit('/srv/app', seen, ledger, target)

describe('previous', () => {
  test('is the first parent where no ledger says more', () => {
    expect(resolve('previous')).toMatchObject({
      from: C,
      to: B,
      toCommit: B,
      why: 'bbbbbbb is the commit before ccccccc',
    })
  })

  test('is what was live before, where the ledger knows it', () => {
    const ledger = [entry('good', A), entry('started', C, { from: A }), entry('good', C)]
    expect(resolve('previous', ledger)).toMatchObject({
      to: A,
      why: 'aaaaaaa was live before ccccccc (ledger)',
    })
  })

  test('passes over a commit that is marked bad, and says so', () => {
    expect(resolve('previous', [entry('bad', B, { reason: 'leaks' })])).toMatchObject({
      to: A,
      passedOver: [{ name: 'bbbbbbb', why: 'is marked bad (leaks)' }],
    })
  })

  test('is refused where there is none: a clone without history', () => {
    expect(() => resolve('previous', [], checkout({ commits: [{ commit: C, subject: '' }] }))).toThrow(
      'no commit to go back to from ccccccc in /srv/app',
    )
  })
})

describe('by name', () => {
  test.each([
    ['a tag', 'v1', A],
    ['the first digits of a commit', 'bbbbbbb', B],
    ['a whole commit', B, B],
  ])('%s', (_, target, to) => expect(resolve(target)).toMatchObject({ to, alreadyThere: false }))

  test('a commit that only the host could find, with a warning that it is none of those before', () => {
    const found = resolve('feature/x', [], checkout({ target: commit('d') }))
    expect(found.to).toBe(commit('d'))
    expect(found.warnings).toEqual(['Commit ddddddd is none of the last 3 before ccccccc.'])
  })

  test('what is live already is told apart', () => {
    expect(resolve(C).alreadyThere).toBe(true)
  })

  test('a bad one is gone to with a warning', () => {
    expect(resolve(B, [entry('bad', B)]).warnings).toEqual([
      'Commit bbbbbbb is marked bad; it was asked for all the same.',
    ])
  })

  test('what is not there is refused, with what there is', () => {
    expect(() => resolve('v9')).toThrow('/srv/app has no tag and no commit "v9"')
  })
})

test('last-good is the last one that was proven, and it may be the live one', () => {
  expect(resolve('last-good', [entry('good', B), entry('good', C)])).toMatchObject({
    to: C,
    alreadyThere: true,
  })
  expect(() => resolve('last-good')).toThrow('no last good one')
})

test('what a host says is read in its form, or not at all', () => {
  const lines = [
    `git-head ${C} main`,
    `git-commit ${C} 1795000000 ::error::no`,
    'git-commit HEAD 1795000000 not a commit',
    `git-tag ${A}  v1`,
    'git-tag ../../etc  v2',
    'git-target main',
  ]
  const read = readCheckout(lines.map(readFactLine))
  expect(read).toMatchObject({ problem: undefined, head: C, branch: 'main', target: undefined })
  expect(read.commits).toEqual([{ commit: C, subject: '::error::no' }])
  expect([...read.tags]).toEqual([['v1', A]])
  expect(readCheckout([]).problem).toBe('no-answer')
})
