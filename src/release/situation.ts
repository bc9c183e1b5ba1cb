import type { Table } from '../refusal.ts'
import type { SymlinkFacts } from './facts.ts'
import type { LedgerEntry } from './ledger.ts'
import { liveRelease } from './live.ts'
import { flawOf, type Mark, marksOf } from './marks.ts'
import { chronological, compareNaturally } from './order.ts'

/** What a target is decided on: one folder of releases on one host, judged. */
export interface Situation {
  readonly facts: SymlinkFacts
  readonly ledger: readonly LedgerEntry[]
  /** The release that `current` points to. */
  readonly live: string
  /** Every entry of `releases/`, newest first; by name alone where nothing tells their age. */
  readonly marks: readonly Mark[]
}

export interface PassedOver {
  readonly name: string
  readonly why: string
}

/** The answer to a target. */
export interface Pick {
  readonly name: string
  /** One sentence without its full stop, e.g. `41 was live before 42 (ledger)`. */
  readonly why: string
  readonly passedOver: readonly PassedOver[]
}

/** @throws NoCurrent, CurrentIsNotALink */
export function situationOf(facts: SymlinkFacts, ledger: readonly LedgerEntry[]): Situation {
  const live = liveRelease(facts)
  return { facts, ledger, live, marks: newestFirst(marksOf(facts, ledger, live), facts) }
}

function newestFirst(marks: readonly Mark[], facts: SymlinkFacts): readonly Mark[] {
  const order = chronological(
    marks.map(mark => mark.release.name),
    facts,
  )
  const age = new Map(order?.names.map((name, index) => [name, index]))
  return marks.toSorted(({ release: a }, { release: b }) => {
    const known = (age.get(b.name) ?? 0) - (age.get(a.name) ?? 0)
    return known || compareNaturally(b.name, a.name) || (a.name < b.name ? 1 : -1)
  })
}

export const markOf = ({ marks }: Situation, name: string): Mark | undefined =>
  marks.find(mark => mark.release.name === name)

/** What there is, for a person who has to choose; newest first, at most 20. */
export function releasesTable({ marks }: Situation): Table {
  return {
    head: ['release', 'commit', 'changed (UTC)', ''],
    rows: marks.slice(0, 20).map(mark => {
      const { name, revision, modified } = mark.release
      const note = mark.live ? 'is live' : (flawOf(mark) ?? (mark.proven ? 'is on record as good' : ''))
      return [name, revision ?? '', day(modified), note]
    }),
  }
}

/** `2026-11-20 14:02` from seconds since the epoch. */
const day = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')
