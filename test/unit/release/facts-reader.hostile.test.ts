import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readFacts } from '../../../src/release/facts-reader.ts'

const BOOT = '6f1c3a52-0d1e-4b7e-9a54-7a1d9f0c2b11'

describe('what a hostile host says', () => {
  const said = (...lines: readonly string[]) => readFacts('web', ['symlink /srv/app', ...lines])

  test.each([
    'release directory 1 - - ../../etc',
    'release directory 1 - - .git',
    'release directory 1 - - -rf',
    'release directory 1 - - $(id)',
    'release directory 1 - - lost+found',
    `release directory 1 - - ${'x'.repeat(300)}`,
  ])('%s: counted as a name that can be no release', line => {
    expect(said(line)).toMatchObject({ symlinks: [{ releases: [], unnamable: 1 }] })
  })

  test.each([
    'release directory 1 - - a b',
    'release directory soon - - 41',
    'release directory 1 - -',
    'release directory 1 x - 41',
    'release folder 1 - - 41',
    'release directory 1 - - 4\u001b[31m1',
    'release directory 1 - - 4\ufffd1',
    'hostname ::add-mask::x y',
    'user root',
    'user root zero',
    'time NaN',
    'state relative/path',
    'state /home/\ufffd',
    'tool mv bin/mv',
    'tool __proto__ /bin/x',
    'run r1 sideways committed 42 41',
    'ledger null',
    'resolved releases/42',
    'disk much plenty',
    'constructor x',
    '__proto__ x',
    'link',
    ' hostname web-1',
    '',
  ])('%j is ignored and counted', line => {
    expect(said(line).ignored).toBe(1)
  })

  test('a fact that is said twice: the first one stands', () => {
    const facts = readFacts('web', ['user deploy 1001', 'user root 0'])
    expect(facts).toMatchObject({ user: 'deploy', uid: 1001, ignored: 1 })
    expect(said('release link 1 - - 41', 'release directory 1 - - 41').symlinks[0]?.releases).toMatchObject([
      { type: 'link' },
    ])
  })

  test('a heading that can’t be right: its lines don’t pass for the folder above it', () => {
    const facts = said('link link releases/42', 'symlink srv/evil', 'release directory 1 - - 41', 'disk 1 1')
    expect(facts.symlinks).toMatchObject([{ path: '/srv/app', releases: [], freeBytes: undefined }])
    expect(facts.ignored).toBe(3)
  })

  test('a lock whose owner can’t be read is there, and its owner is not dead', () => {
    for (const line of [
      'lock',
      'lock dead',
      'lock dead \u001b[2J',
      'lock dead v2:x',
      'lock dead v1:r:b',
      'lock gone v1:r:b:1:2',
    ]) {
      expect(readFacts('web', [line]).lock, line).toMatchObject({ alive: true })
    }
  })

  test('a second lock does not free the first', () => {
    const facts = readFacts('web', [`lock alive v1:r1:${BOOT}:1:2`, `lock dead v1:r2:${BOOT}:3:4`])
    expect(facts).toMatchObject({ lock: { run: 'r1', alive: true }, ignored: 1 })
  })

  test('a problem of the state folder is told whatever stands in it, without its escapes', () => {
    expect(readFacts('web', ['state-problem \u001b[2Jall is well']).stateProblem).toBe('?[2Jall is well')
    expect(readFacts('web', ['state-problem']).stateProblem).not.toBe('')
  })

  test('a link whose text has bytes that can’t be kept is a link that can’t be used, not a missing one', () => {
    expect(said('link link releases/4\ufffd').symlinks).toMatchObject([{ link: 'link', text: '' }])
  })

  test('more than anybody needs is cut', () => {
    const many = (count: number, line: (index: number) => string) =>
      Array.from({ length: count }, (_, index) => line(index))
    const facts = said(
      ...many(6000, index => `release directory 1 - - ${index}`),
      ...many(300, index => `revisions line ${index}`),
      ...many(1100, index => `ledger {"at":${index},"event":"good","release":"${index}"}`),
      ...many(300, index => `run r${index} forward committed 1 2`),
      ...many(300, index => `tool t${index} /bin/t`),
      `foreign-lock /${'x'.repeat(9000)}`,
      ...many(300, index => `symlink /srv/${index}`),
    )
    expect(facts.symlinks[0]?.releases).toHaveLength(5000)
    expect(facts.symlinks[0]?.revisionsLog).toEqual(many(200, index => `line ${index + 100}`))
    expect(facts.symlinks[0]?.foreignLocks[0]).toHaveLength(4096)
    expect(facts.ledger.map(({ release }) => release)).toEqual(many(1000, index => `${index + 100}`))
    expect(facts.runs).toHaveLength(50)
    expect(Object.keys(facts.tools)).toHaveLength(100)
    expect(facts.symlinks).toHaveLength(50)
    expect(
      readFacts(
        'web',
        many(30_000, () => 'time 1'),
      ).ignored,
    ).toBe(29_999)
  })
})

test('random lines never throw, and never make a release that isn’t one', () => {
  const word = fc.constantFrom(
    'symlink',
    'link',
    'release',
    'ledger',
    'lock',
    'run',
    'tool',
    'revisions',
    'dep',
    'disk',
    'user',
    'unnamable',
  )
  const field = fc.oneof(
    fc.constantFrom('link', 'directory', '-', 'e', '/srv', '1', 'dead', 'forward', '{}'),
    fc.string({ unit: 'binary' }),
  )
  const line = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.tuple(word, fc.array(field, { maxLength: 7 })).map(([first, rest]) => [first, ...rest].join(' ')),
  )
  fc.assert(
    fc.property(fc.array(line, { maxLength: 40 }), lines => {
      const facts = readFacts('web', lines)
      for (const { releases } of facts.symlinks) {
        for (const { name } of releases) expect(name).toMatch(/^[A-Za-z0-9_+@][A-Za-z0-9._+@-]*$/)
      }
      expect(facts.ignored).toBeLessThanOrEqual(lines.length)
    }),
    { numRuns: 300 },
  )
})
