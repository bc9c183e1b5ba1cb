import { fatesOfLeft, type LeftFate } from '../leaving/keeping.ts'
import { type Left, leftQuestion, RUNS, readLeft, type Source, unreadOf } from '../leaving/left.ts'
import type { LeftReport } from '../outcome.ts'
import type { Looked } from '../rollback/look.ts'
import type { KindOf } from '../rollback/rollback.ts'
import { isFor } from '../rollback/scope.ts'
import type { Setting } from '../rollback/setting.ts'

/** A thing that a run left, and where it was found. */
export interface Found extends Left {
  readonly source: Source
}

/** What runs left on every host besides backups, by its name, each with what becomes of it; the newest first. */
export async function askForLeft(
  setting: Setting,
  looked: readonly Looked[],
  kindOf: KindOf,
  warn: (text: string) => void,
): Promise<ReadonlyMap<string, readonly LeftFate<Found>[]>> {
  const asked = looked.map(async ({ facts: { host }, session }) => {
    let complete = true
    const found = await Promise.all(
      sourcesOf(setting, host, kindOf).map(async (source): Promise<readonly Found[]> => {
        try {
          const facts = await session.ask([leftQuestion(source)])
          for (const unread of unreadOf(facts)) {
            complete = false
            warn(
              `${host}: what runs have left could not be looked at in full: ${unread}. Nothing of it goes.`,
            )
          }
          return readLeft(facts).map(left => ({ ...left, source }))
        } catch {
          complete = false
          warn(`${host} did not say what runs have left there of \`${source.name}\`.`)
          return []
        }
      }),
    )
    return [host, fatesOfLeft(found.flat(), complete)] as const
  })
  return new Map(await Promise.all(asked))
}

/** Every item of the runbook that leaves something on this host, whatever rollback it is of, and the folders of runs. */
function sourcesOf(setting: Setting, host: string, kindOf: KindOf): readonly Source[] {
  const items = Object.values(setting.runbook.rollbacks).flatMap(({ phases }) => Object.values(phases).flat())
  const sources = items.flatMap((item): Source[] => {
    const leaves = isFor(setting, item, host) ? kindOf(item.kind)?.leaves?.(item, setting.secrets) : undefined
    return leaves ? [{ name: item.kind, ...leaves }] : []
  })
  const each = new Map(sources.map(source => [JSON.stringify([source.name, source.about]), source]))
  return [...each.values(), RUNS]
}

/** One of them, for people. */
export const leftReport = ({ left: { sort, run, name, bytes }, goes, why }: LeftFate): LeftReport => ({
  sort,
  run,
  name,
  bytes,
  goes,
  why,
})
