import type { Left } from './left.ts'

/** Of so many runs of an environment everything stays. `undo` looks no further back than these. */
export const RUNS_KEPT = 5

/** What becomes of a thing that a run left. */
export interface LeftFate<T extends Left = Left> {
  readonly left: T
  readonly goes: boolean
  /** Words that go on after "it stays: " or "it goes: ". */
  readonly why: string
}

/**
 * What stays on one host, and what may go: everything of the newest runs stays, and of the newest that changed something,
 * because `undo` passes over those that were refused. In doubt it stays. Pure.
 *
 * @param complete whether everything could be looked at: else no folder of a run goes, because it is the proof for the rest.
 */
export function fatesOfLeft<T extends Left>(all: readonly T[], complete = true): readonly LeftFate<T>[] {
  const known = all.filter(({ state }) => state !== 'unproved')
  const newest = newestOf(known)
  const newestChanged = newestOf(known.filter(({ state }) => state !== 'refused'))
  const used = new Set(known.flatMap(({ state, run }) => (state === 'used' ? [run] : [])))
  const fateOf = (left: T): LeftFate<T> => {
    const stays = (why: string) => ({ left, goes: false, why })
    if (left.state === 'unproved') return stays('nothing proves that it is ours')
    if (left.state === 'open') return stays('its run is not over')
    if (left.state === 'used') return stays('somebody uses it')
    if (newestChanged.has(left.run)) return stays('its run may still be undone')
    if (newest.has(left.run)) return stays(`its run is one of the newest ${RUNS_KEPT}`)
    if (left.sort === 'run' && used.has(left.run)) return stays('it proves what somebody uses')
    if (left.sort === 'run' && !complete) return stays('not everything that runs left could be looked at')
    return { left, goes: true, why: `${RUNS_KEPT} newer runs have theirs` }
  }
  return all
    .map(fateOf)
    .toSorted(({ left: one }, { left: two }) => (one.run === two.run ? 0 : one.run < two.run ? 1 : -1))
}

/** The name of a run begins with its time. */
const newestOf = (all: readonly Left[]): ReadonlySet<string> =>
  new Set([...new Set(all.map(({ run }) => run))].sort().slice(-RUNS_KEPT))
