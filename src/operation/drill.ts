import { endingOf } from '../drill/ending.ts'
import { askPast } from '../drill/mark.ts'
import { drillLine, readPast } from '../drill/past.ts'
import type { DrillReport, HostReport, Outcome, PastDrill, RunReport, ScenarioReport } from '../outcome.ts'
import { failureOf } from '../report/failure-words.ts'
import type { Chronicle } from '../rollback/chronicle.ts'
import { drillProblem } from '../rollback/drill-there.ts'
import { type Looked, lookAtHosts } from '../rollback/look.ts'
import { putInOrder, refuseBusy } from '../rollback/order.ts'
import type { KindOf } from '../rollback/rollback.ts'
import type { Setting } from '../rollback/setting.ts'
import { type Marks, openMarks } from './drill-marks.ts'
import { playScene } from './drill-scene.ts'
import type { Drilling } from './drill-setting.ts'

/**
 * Breaks, rolls back, verifies and restores, scenario by scenario, and measures each rollback against its `rto`. Whatever
 * happens on the way, the environment is brought back to how it was. Never throws.
 *
 * @param open told of the id of the drill while it is not over, and of an empty one afterwards.
 */
export async function drill(
  setting: Setting,
  chronicle: Chronicle,
  drilling: Drilling,
  kindOf: KindOf,
  open: (run: string) => void,
): Promise<RunReport> {
  let marks: Marks | undefined
  const scenarios: ScenarioReport[] = []
  try {
    chronicle.phase('Look')
    const past = await lookFirst(setting, chronicle, drilling, kindOf)
    marks = await openMarks(setting)
    const first = drilling.scenes[0]
    await marks.begin({
      drill: drilling.name,
      scenario: first.number,
      rollback: first.rollback.name,
      stage: 'healthy',
      broke: false,
      before: [],
      sum: '',
      name: '',
    })
    open(setting.run)
    setting.begun?.(chronicle.heading())
    const found = (): DrillReport => ({ name: drilling.name, scenarios: [...scenarios], past })
    await playAll(setting, drilling, marks, kindOf, report => {
      scenarios.push(report)
      chronicle.found({ drill: found() })
      for (const each of report.backups) chronicle.backup(each)
    })
    const { outcome, failure } = endingOf(scenarios, setting.cancelled.aborted)
    await marks.keep(drillLine(found(), setting.run, outcome))
    if (outcome !== 'needs-operator' && outcome !== 'unknown') await free(marks, chronicle)
    open('')
    for (const { name } of setting.environment.hosts)
      chronicle.host(name, { state: STATES[outcome] ?? 'restored' })
    setting.remember('settled', setting.run)
    const rtos = scenarios.flatMap(({ rtoMet }) => rtoMet ?? [])
    return {
      ...chronicle.close(outcome, failure),
      ...(rtos.length > 0 && { rtoMet: rtos.every(met => met) }),
    }
  } catch (error) {
    return chronicle.close(scenarios.length === 0 ? 'refused' : 'unknown', failureOf(error))
  } finally {
    marks?.close()
  }
}

const STATES: Partial<Record<Outcome, HostReport['state']>> = {
  refused: 'untouched',
  'needs-operator': 'needs-operator',
  unknown: 'unknown',
}

/** Refuses while somebody is at work, and where a drill was broken off. @returns earlier drills */
async function lookFirst(
  setting: Setting,
  chronicle: Chronicle,
  { name, scenes }: Drilling,
  kindOf: KindOf,
): Promise<readonly PastDrill[]> {
  const [{ rollback, scenario }] = scenes
  let looked: readonly Looked[] = []
  try {
    looked = await lookAtHosts({ ...setting, rollback, target: scenario.target }, kindOf)
    looked = await putInOrder(looked, chronicle)
    refuseBusy(looked, false)
    for (const { facts } of looked) {
      const problem = drillProblem(facts)
      if (problem) throw problem
    }
    const all = await Promise.all(looked.map(async ({ session }) => readPast(await askPast(session), name)))
    // A host that was added later remembers fewer.
    return all.toSorted((one, two) => two.length - one.length)[0]?.slice(-12) ?? []
  } finally {
    for (const { session } of looked) session.close()
  }
}

async function playAll(
  setting: Setting,
  drilling: Drilling,
  marks: Marks,
  kindOf: KindOf,
  ended: (report: ScenarioReport) => void,
): Promise<void> {
  let harmed = false
  const whole: Setting = {
    ...setting,
    // Once something was broken, no run of the drill that has settled makes it whole.
    remember: (stage, run) => setting.remember(harmed ? 'switching' : stage, run),
  }
  let stopped = ''
  for (const scene of drilling.scenes) {
    if (stopped !== '' || setting.cancelled.aborted) {
      ended(notRun(scene, stopped || 'the drill was cancelled'))
      continue
    }
    const report = await playScene(
      {
        whole,
        drilling,
        marks,
        kindOf,
        touched(yes) {
          harmed = yes
          setting.remember(yes ? 'switching' : 'settled', setting.run)
        },
      },
      scene,
    )
    ended(report)
    if (report.back === false) stopped = `scenario ${scene.number} left something behind`
  }
}

const notRun = ({ number, rollback, scenario }: Drilling['scenes'][number], why: string): ScenarioReport => ({
  number,
  rollback: rollback.name,
  target: scenario.target,
  breaks: scenario.breaks !== undefined,
  result: 'not-run',
  stages: [],
  ...(rollback.rto !== undefined && { rto: rollback.rto }),
  from: '',
  to: '',
  broughtBackBy: [],
  differences: [],
  problem: { code: 'RB-DRILL-NOT-RUN', message: `It was not tried: ${why}.`, remedy: [] },
  runs: [],
  checks: [],
  backups: [],
  recovery: [],
})

async function free(marks: Marks, chronicle: Chronicle): Promise<void> {
  for (const host of await marks.end())
    chronicle.warning(
      `The mark of the drill is still on ${host}: \`operation: unlock\` with its run-id takes it away.`,
    )
}
