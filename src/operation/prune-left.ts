import { unlessAborted } from '../check/abortable.ts'
import type { LeftFate } from '../leaving/keeping.ts'
import { removalOf } from '../leaving/left.ts'
import type { Looked } from '../rollback/look.ts'
import type { Found } from './left.ts'

/** What came of removing on one host. */
export interface LeftRemoval {
  readonly host: string
  /** Names of what is not there any more. */
  readonly removed: readonly string[]
  /** The conversation broke off: what else is gone is not known. */
  readonly lost: boolean
}

/** So many in one message: the host has to answer within a minute. */
const AT_ONCE = 20

/**
 * Takes away what goes: first what lies elsewhere, the oldest first; then the folders of the runs of which nothing else is
 * left, because they prove what is whose.
 */
export async function removeLeftFrom(
  { facts: { host }, session }: Looked,
  fates: readonly LeftFate<Found>[],
  cancelled: AbortSignal,
): Promise<LeftRemoval> {
  const going = fates.filter(({ goes }) => goes).map(({ left }) => left)
  const removed: string[] = []
  const remove = async (all: readonly Found[]): Promise<void> => {
    const oldestFirst = all.toReversed()
    for (let at = 0; at < oldestFirst.length; at += AT_ONCE) {
      const some = oldestFirst.slice(at, at + AT_ONCE)
      cancelled.throwIfAborted()
      const removals = some.map(left => removalOf(left.source, left))
      const facts = await unlessAborted(session.removeLeft(removals), cancelled)
      removed.push(...facts.flatMap(fact => /^removed (.+)$/.exec(fact)?.slice(1) ?? []))
    }
  }
  try {
    const elsewhere = going.filter(({ sort }) => sort !== 'run')
    await remove(elsewhere)
    const stuck = new Set(elsewhere.filter(({ name }) => !removed.includes(name)).map(({ run }) => run))
    await remove(going.filter(({ sort, run }) => sort === 'run' && !stuck.has(run)))
    return { host, removed, lost: false }
  } catch {
    return { host, removed, lost: true }
  }
}
