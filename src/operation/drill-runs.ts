import { randomBytes } from 'node:crypto'
import { runChecks } from '../check/suite.ts'
import type { RunReport } from '../outcome.ts'
import { Refusal } from '../refusal.ts'
import { failureOf } from '../report/failure-words.ts'
import type { Log } from '../report/log.ts'
import type { Chronicle } from '../rollback/chronicle.ts'
import type { Decision } from '../rollback/decide.ts'
import { type Looked, lookAtHosts } from '../rollback/look.ts'
import { openChronicle } from '../rollback/open-chronicle.ts'
import { putInOrder, refuseBusy } from '../rollback/order.ts'
import { makePlan } from '../rollback/plan.ts'
import { goThere, type KindOf, rollBack } from '../rollback/rollback.ts'
import { newRunId, type Setting } from '../rollback/setting.ts'
import { undoRun } from '../rollback/undo.ts'
import type { Rollback } from '../runbook/runbook.ts'

/** What the checks of a scenario were to see, and did not. */
class NotSeen extends Refusal {
  readonly code = 'RB-CHECKS-FAILED'
}

/** One run of a drill: a setting of its own, with an id of its own. */
export function partOf(
  whole: Setting,
  rollback: Rollback,
  target: string,
  title: string,
  cancelled: AbortSignal,
): Setting {
  // Whoever is told of the drill is not told of each of its runs.
  const { begun: _, ...rest } = whole
  const run = newRunId(new Date(), randomBytes(3).toString('hex'))
  return {
    ...rest,
    // The post step has to know which of them was cut off.
    remember: (stage, other) => whole.remember(stage, other ?? run),
    operation: 'rollback',
    run,
    drill: whole.run,
    rollback,
    target,
    cancelled,
    log: titled(whole.log, title),
  }
}

const titled = (log: Log, title: string): Log => ({ ...log, phase: name => log.phase(`${title} · ${name}`) })

/** Each run of a drill with what is written down of it. The reports are parts of that of the drill. */
export const play = {
  rollback: (setting: Setting, kindOf: KindOf) => rollBack(setting, openChronicle(setting), kindOf),
  undo: (setting: Setting, run: string, kindOf: KindOf) =>
    undoRun({ ...setting, operation: 'undo' }, openChronicle(setting), run, kindOf),
  /** Runs the items of a rollback that goes nowhere: it looks, or it breaks. */
  steps: (setting: Setting, kindOf: KindOf) => steps(setting, openChronicle(setting), kindOf),
}

/** Neither comes from a release nor goes to one. */
const nowhere = (hosts: readonly string[]): Decision => ({
  from: '',
  to: '',
  unchanged: false,
  warnings: [],
  hosts: new Map(hosts.map(host => [host, { choices: new Map(), alreadyThere: false }])),
})

async function steps(setting: Setting, chronicle: Chronicle, kindOf: KindOf): Promise<RunReport> {
  let looked: readonly Looked[] = []
  try {
    chronicle.phase('Look')
    looked = await lookAtHosts(setting, kindOf)
    looked = await putInOrder(looked, chronicle)
    refuseBusy(looked, false)
    const facts = looked.map(each => each.facts)
    const decision = nowhere(facts.map(({ host }) => host))
    const plan = makePlan(setting, decision, facts, kindOf)
    if (plan.hosts.some(({ steps: all }) => all.length > 0)) {
      const changes = { told: Promise.resolve(), stop() {} }
      return await goThere(setting, { facts, decision, plan, changes }, looked, chronicle, kindOf)
    }
    chronicle.phase('Verify')
    const { passed, reports } = await runChecks(plan.checks, {
      variables: plan.variables,
      signal: setting.cancelled,
      ended: report => chronicle.check(report),
    })
    if (passed) return chronicle.close('unchanged')
    const missed = reports.filter(({ status }) => status === 'failed' || status === 'not-run')
    throw new NotSeen(`${missed.map(({ title, detail }) => `${title}: ${detail}`).join('; ')}.`)
  } catch (error) {
    return chronicle.close('refused', failureOf(error, 'nothing'))
  } finally {
    for (const { session } of looked) session.close()
  }
}

/** Whether such a run did what it was to do. */
export const worked = ({ outcome }: RunReport): boolean =>
  outcome === 'rolled-back' || outcome === 'unchanged' || outcome === 'undone'
