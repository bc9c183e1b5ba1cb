import { setTimeout as sleep } from 'node:timers/promises'
import type { HostPlan } from '../engine/plan.ts'
import type { ServingReport } from '../outcome.ts'
import { oldProcessWords, servingWords } from '../report/serving-words.ts'
import { askNginx, askProcesses, type Served } from '../serving/question.ts'
import { readServing } from '../serving/reader.ts'
import type { HostRun } from './host-run.ts'
import type { Journey } from './journey.ts'
import { tellNginx } from './nginx.ts'
import type { KindOf } from './rollback.ts'

/** Seconds that processes of the release that was left are given to be gone, counted from when they were first seen. */
const GRACE = 5

/** Seconds between two looks at them. */
const PAUSE = 0.5

/** Seconds that anybody waits for a host that says nothing of its processes. */
const SILENT = 2

/** A look at what serves, under way. */
export interface ServingWatch {
  /** Looks again at those that were found on another release, when it is over and well; tells what was seen last. */
  end(well: boolean): Promise<void>
}

/** The links that the steps of a plan switch between releases. */
export const servedBy = ({ steps }: HostPlan, kindOf: KindOf): Served[] =>
  steps
    .filter(({ phase }) => phase === 'switch')
    .flatMap(({ kind, data }) => kindOf(kind)?.component?.serves?.(data) ?? [])

/** Begins to look at what runs from which release on every host that was switched, beside whatever else goes on. */
export function watchServing(journey: Journey): ServingWatch {
  const { runs, chronicle, setting } = journey
  const watches = runs
    .filter(({ state }) => state.lost === undefined)
    .flatMap(run => {
      const served = journey.serves(run)
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
          let { serving, lines } = looked ?? NOTHING
          const nginx = lines
          while (well && isLeft(serving) && performance.now() - began < GRACE * 1000) {
            if (setting.cancelled.aborted) break
            await sleep(PAUSE * 1000)
            const again = await ask(run, served, false)
            if (again === undefined) break
            serving = again.serving
          }
          return { host: run.plan.host, served, serving, nginx }
        }),
      )
      const serving = seen.flatMap(each => each.serving)
      for (const each of serving) {
        chronicle.mark(each.host, each.old.length > 0 ? 'warned' : 'passed', servingWords(each))
        // What goes back is on the other release again: then it is evidence, and no warning.
        if (well) for (const sentence of oldProcessWords(each)) chronicle.warning(sentence)
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
  readonly lines: readonly string[]
}

const NOTHING: Seen = { serving: [], lines: [] }

const isLeft = (serving: readonly ServingReport[]): boolean => serving.some(({ old }) => old.length > 0)

/** Never rejects: that a host does not say is no reason to do anything else. */
async function ask(run: HostRun, served: readonly Served[], nginx: boolean): Promise<Seen | undefined> {
  const session = run.session()
  const late = sleep(SILENT * 1000, undefined, { ref: false })
  const answers = await Promise.all([
    ...served.map(each => Promise.race([session.ask([askProcesses(each)]).catch(() => undefined), late])),
    nginx ? Promise.race([session.ask([askNginx()]).catch(() => undefined), late]) : undefined,
  ])
  const lines = answers.pop() ?? []
  const serving = answers.flatMap(answer => {
    const facts = answer && readServing(answer)
    return facts ? [{ host: run.plan.host, ...facts }] : []
  })
  return answers.some(answer => answer !== undefined) ? { serving, lines } : undefined
}
