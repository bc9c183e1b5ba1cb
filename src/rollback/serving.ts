import { setTimeout as sleep } from 'node:timers/promises'
import type { HostPlan } from '../engine/plan.ts'
import type { ServingReport } from '../outcome.ts'
import { oldProcessWords, servingWords, successorMissing, successorWords } from '../report/serving-words.ts'
import { askNginx, askProcesses, type Served } from '../serving/question.ts'
import { countAtWork, readServing } from '../serving/reader.ts'
import type { FleetRun } from './fleet-run.ts'
import type { HostRun } from './host-run.ts'
import { tellNginx } from './nginx.ts'
import type { KindOf } from './rollback.ts'

/** Seconds that processes of the release that was left are given to be gone, and those of the other to be there. */
const GRACE = 5

/** Seconds between two looks at them. */
const PAUSE = 0.5

/** Seconds that anybody waits for a host that says nothing of its processes. */
const SILENT = 2

/** The same while everybody waits for the way back. */
const SILENT_BEFORE_BACK = 1

/** A look at what serves, under way. */
export interface ServingWatch {
  /**
   * Tells what was seen last. Where something is on another release, or nothing is there any more, that is looked at
   * again: it may have changed since. Only when it is over and `well` it is given time to.
   */
  end(well: boolean): Promise<void>
}

/** The links that the steps of a plan switch between releases. */
export const servedBy = ({ steps }: HostPlan, kindOf: KindOf): Served[] =>
  steps
    .filter(({ phase }) => phase === 'switch')
    .flatMap(({ kind, data }) => kindOf(kind)?.component?.serves?.(data) ?? [])

/** What ran on each host before the switch. */
export type RanBefore = ReadonlyMap<HostRun, Promise<Seen | undefined>>

/** Asks, beside what prepares the hosts, what runs there: what ends with the switch has to have a successor. */
export const lookBefore = ({ runs, serves }: FleetRun): RanBefore =>
  new Map(
    runs.flatMap(run => {
      const served = serves(run)
      return served.length === 0 ? [] : [[run, ask(run, served, false)] as const]
    }),
  )

/** Begins to look at what runs from which release on every host that was switched, beside whatever else goes on. */
export function watchServing(fleet: FleetRun, before: RanBefore): ServingWatch {
  const { runs, chronicle, setting } = fleet
  const watches = runs
    .filter(({ state }) => state.lost === undefined)
    .flatMap(run => {
      const served = fleet.serves(run)
      return served.length === 0
        ? []
        : [{ run, served, began: performance.now(), first: ask(run, served, true) }]
    })
  return {
    async end(well) {
      const seen = await Promise.all(
        watches.map(async ({ run, served, began, first }) => {
          const looked = await first
          if (looked === undefined && run.state.lost === undefined)
            chronicle.mark(run.plan.host, 'warned', `did not say within ${SILENT} s what runs there`)
          const ran = (await before.get(run))?.atWork
          let serving = besides(looked?.serving ?? [], ran)
          while (isOpen(serving) && run.state.lost === undefined && !setting.cancelled.aborted) {
            const again = await ask(run, served, false, well ? SILENT : SILENT_BEFORE_BACK)
            if (again === undefined) break
            serving = besides(again.serving, ran)
            if (!well || performance.now() - began >= GRACE * 1000) break
            if (isOpen(serving)) await sleep(PAUSE * 1000)
          }
          return { host: run.plan.host, served, serving, nginx: looked?.lines ?? [] }
        }),
      )
      const serving = seen.flatMap(each => each.serving)
      for (const each of serving) {
        chronicle.mark(each.host, isOpen([each]) ? 'warned' : 'passed', servingWords(each))
        // What goes back is on the other release again: then it is evidence, and no warning.
        if (well)
          for (const sentence of [...oldProcessWords(each), ...successorWords(each)])
            chronicle.warning(sentence)
      }
      tellNginx(
        seen.map(({ host, served, nginx: lines }) => ({ host, served, lines })),
        chronicle,
      )
      if (serving.length > 0) chronicle.found({ serving })
    },
  }
}

interface Seen {
  readonly serving: readonly ServingReport[]
  /** How many processes work in releases, by the folder of those. */
  readonly atWork: ReadonlyMap<string, number>
  readonly lines: readonly string[]
}

/** Something may still change by itself: the old has not gone yet, or the new has not come. */
const isOpen = (serving: readonly ServingReport[]): boolean =>
  serving.some(each => each.old.length > 0 || successorMissing(each))

/** With how many worked in the releases of the same folder before the switch. */
const besides = (
  serving: readonly ServingReport[],
  ran: ReadonlyMap<string, number> | undefined,
): readonly ServingReport[] =>
  serving.map(each => {
    const before = ran?.get(folderOf(each.live))
    return before === undefined ? each : { ...each, before }
  })

const folderOf = (live: string): string => live.slice(0, live.lastIndexOf('/'))

/** Never rejects: that a host does not say is no reason to do anything else. */
async function ask(
  run: HostRun,
  served: readonly Served[],
  nginx: boolean,
  silent = SILENT,
): Promise<Seen | undefined> {
  const session = run.session()
  const late = sleep(silent * 1000, undefined, { ref: false })
  const answers = await Promise.all([
    ...served.map(each => Promise.race([session.ask([askProcesses(each)]).catch(() => undefined), late])),
    nginx ? Promise.race([session.ask([askNginx()]).catch(() => undefined), late]) : undefined,
  ])
  const lines = answers.pop() ?? []
  const atWork = new Map<string, number>()
  const serving = answers.flatMap(answer => {
    const facts = answer && readServing(answer)
    if (!facts) return []
    atWork.set(folderOf(facts.live), countAtWork(answer))
    return [{ host: run.plan.host, at: new Date().toISOString(), ...facts }]
  })
  return answers.some(answer => answer !== undefined) ? { serving, lines, atWork } : undefined
}
