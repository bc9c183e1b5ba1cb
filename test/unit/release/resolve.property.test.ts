import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Refusal } from '../../../src/refusal.ts'
import type { SymlinkFacts } from '../../../src/release/facts.ts'
import type { LedgerEntry } from '../../../src/release/ledger.ts'
import { marksOf } from '../../../src/release/marks.ts'
import { chronological } from '../../../src/release/order.ts'
import { resolveOnHost } from '../../../src/release/resolve.ts'
import { provenReleases } from '../../../src/release/standing.ts'
import { folder, ledger, published } from './fixture.ts'

const names = fc.oneof(
  fc.uniqueArray(fc.integer({ min: 1, max: 12 }).map(String), { minLength: 1, maxLength: 7 }),
  fc.uniqueArray(fc.constantFrom('v1.9', 'v1.10', 'v1.11', '7', '07', 'apple', 'pear'), {
    minLength: 1,
    maxLength: 6,
  }),
)

const world = names.chain(all => {
  const one = fc.constantFrom(...all)
  const flags = fc.constantFrom('', '', '', '', '!', '~', '?', '>', '=', '@abc1234', '@def5678')
  const entry = fc.oneof(
    fc.tuple(fc.constantFrom('started', 'good', 'good', 'bad', 'free'), one).map(words => words.join(' ')),
    fc
      .tuple(fc.constantFrom('rolled-back', 'kept', 'undone'), one, one)
      .map(([event, to, from]) => `${event} ${to} from ${from} run r`),
  )
  return fc
    .record({
      live: one,
      flags: fc.array(flags, { minLength: all.length, maxLength: all.length }),
      entries: fc.array(entry, { maxLength: 8 }),
      log: fc.option(fc.subarray([...all]), { nil: [] }),
    })
    .map(({ live, flags, entries, log }) => ({
      facts: folder(
        all.map((name, index) => (name === live ? `${name}*` : `${name}${flags[index]}`)).join(' '),
        { revisionsLog: published(...log) },
      ),
      live,
      entries: ledger(...entries),
    }))
})

function tell(facts: SymlinkFacts, entries: readonly LedgerEntry[], target: string): string {
  try {
    const { to, why, passedOver, candidates } = resolveOnHost(facts, entries, target)
    return JSON.stringify({ to, why, passedOver, candidates })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return `${error.code} ${error.message}`
  }
}

const chosen = (facts: SymlinkFacts, entries: readonly LedgerEntry[], target: string): string | undefined => {
  try {
    return resolveOnHost(facts, entries, target).to
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return undefined
  }
}

test('previous is never the live one, a bad one, a half-made one, or one that is not there', () => {
  let found = 0
  fc.assert(
    fc.property(world, ({ facts, live, entries }) => {
      const to = chosen(facts, entries, 'previous')
      if (to === undefined) return
      found++
      expect(to).not.toBe(live)
      const mark = marksOf(facts, entries, live).find(each => each.release.name === to)
      expect(mark).toMatchObject({ bad: undefined, unusable: undefined, release: { type: 'directory' } })
    }),
    { numRuns: 500 },
  )
  expect(found).toBeGreaterThan(50)
})

test('without a ledger, previous is never newer than the live one, and nothing fit lies between', () => {
  fc.assert(
    fc.property(world, ({ facts, live }) => {
      const to = chosen(facts, [], 'previous')
      if (to === undefined) return
      const fit = marksOf(facts, [], live).filter(
        mark => mark.live || (mark.bad ?? mark.unusable) === undefined,
      )
      const order =
        chronological(
          fit.map(mark => mark.release.name),
          facts,
        )?.names ?? []
      expect(order.indexOf(to)).toBe(order.indexOf(live) - 1)
    }),
    { numRuns: 300 },
  )
})

test('last-good is always one that the ledger proves', () => {
  fc.assert(
    fc.property(world, ({ facts, entries }) => {
      const to = chosen(facts, entries, 'last-good')
      if (to !== undefined) expect(provenReleases(entries)).toContain(to)
    }),
    { numRuns: 300 },
  )
})

test('neither the order of the listing, nor times of change, nor the clock of the ledger change anything', () => {
  const target = fc.constantFrom('previous', 'last-good', '7', 'v1.10', 'abc1234')
  fc.assert(
    fc.property(world, target, fc.infiniteStream(fc.nat()), ({ facts, entries }, target, numbers) => {
      const next = () => Number(numbers.next().value)
      const shuffled: SymlinkFacts = {
        ...facts,
        releases: facts.releases
          .map(release => ({ release: { ...release, modified: next() }, place: next() }))
          .toSorted((a, b) => a.place - b.place)
          .map(({ release }) => release),
      }
      const otherClock = entries.map(entry => ({ ...entry, at: next() }))
      expect(tell(shuffled, otherClock, target)).toBe(tell(facts, entries, target))
    }),
    { numRuns: 500 },
  )
})

test('whatever the target, the answer is a release that is there, or a refusal', () => {
  fc.assert(
    fc.property(world, fc.oneof(fc.string({ unit: 'binary' }), fc.string()), ({ facts, entries }, target) => {
      const to = chosen(facts, entries, target)
      if (to !== undefined) expect(facts.releases.map(({ name }) => name)).toContain(to)
    }),
  )
})
