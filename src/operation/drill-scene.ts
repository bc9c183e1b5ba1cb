import { differences, type Remembered, remember } from '../drill/identity.ts'
import { detected, measured } from '../drill/measures.ts'
import type { DrillStage, FailureReport, RunReport, ScenarioReport } from '../outcome.ts'
import type { DrillMark } from '../release/drill-mark.ts'
import { failureOf } from '../report/failure-words.ts'
import type { KindOf } from '../rollback/rollback.ts'
import type { Setting } from '../rollback/setting.ts'
import { bringBack } from './drill-back.ts'
import { see } from './drill-look.ts'
import type { Marks } from './drill-marks.ts'
import { partOf, play, worked } from './drill-runs.ts'
import type { Drilling, Scene } from './drill-setting.ts'
import { backFailed, notBroken, notHealthy, notRolledBack, sawNothing, seenBefore } from './drill-words.ts'

/** What a scenario needs of the drill around it. */
export interface Stand {
  readonly whole: Setting
  readonly drilling: Drilling
  readonly marks: Marks
  readonly kindOf: KindOf
  /** Told before something may be changed, and when all is as it was again. */
  touched(yes: boolean): void
}

type Draft = { -readonly [Key in keyof ScenarioReport]: ScenarioReport[Key] }

/** Plays one scenario from its first look to its last. Never throws. */
export async function playScene(stand: Stand, scene: Scene): Promise<ScenarioReport> {
  const { whole, kindOf } = stand
  const { number, rollback, scenario } = scene
  const stages: { stage: DrillStage; passed: boolean; seconds: number }[] = []
  const runs: string[] = []
  const report: Draft = {
    number,
    rollback: rollback.name,
    ...((scenario.title ?? rollback.title) && { title: scenario.title ?? rollback.title ?? '' }),
    target: scenario.target,
    breaks: scenario.breaks !== undefined,
    result: 'failed',
    stages,
    ...(rollback.rto !== undefined && { rto: rollback.rto }),
    from: '',
    to: '',
    broughtBackBy: [],
    differences: [],
    runs,
    checks: [],
    backups: [],
    recovery: [],
  }
  const part = (stage: string, of = rollback): Setting => {
    const setting = partOf(
      whole,
      of,
      scenario.target,
      `${number} ${rollback.name}: ${stage}`,
      whole.cancelled,
    )
    runs.push(setting.run)
    return setting
  }
  const look = () => partOf(whole, rollback, scenario.target, `${number} ${rollback.name}`, whole.cancelled)
  const stage = (name: DrillStage, passed: boolean, seconds: number) =>
    void stages.push({ stage: name, passed, seconds })

  let before: readonly Remembered[] = []
  let name = ''
  const mark = (at: DrillStage, broke: boolean, rolling?: string) => (host: string) =>
    markOf(
      stand,
      scene,
      at,
      broke,
      before.find(each => each.host === host),
      name,
      rolling,
    )
  try {
    const sight = await see(look(), kindOf, 1)
    before = sight.identities.map(remember)
    name = sight.name
    report.recovery = sight.recovery
    await stand.marks.say(mark('healthy', false))
    const healthy = await play.steps(part('healthy?', scene.healthy), kindOf)
    stage('healthy', worked(healthy), healthy.duration)
    if (!worked(healthy)) return { ...report, problem: notHealthy(healthy) }
    const unbroken = scene.unbroken && (await play.steps(part('not broken yet?', scene.unbroken), kindOf))
    if (unbroken && !sawNothing(unbroken)) return { ...report, problem: seenBefore(unbroken) }
  } catch (error) {
    return { ...report, problem: failureOf(error, 'nothing') }
  }

  let problem: FailureReport | undefined
  let visible = false
  // Before anything is changed, the hosts know what will be.
  let rolling = scene.breaking ? undefined : part('rollback')
  try {
    await stand.marks.say(scene.breaking ? mark('break', true) : mark('rollback', false, rolling?.run))
  } catch (error) {
    return { ...report, problem: failureOf(error, 'nothing') }
  }
  stand.touched(true)
  if (scene.breaking) {
    const breaking = await play.steps(part('break', scene.breaking), kindOf)
    const seeing = scene.breaking.phases.verify.length > 0
    const detect = seeing ? detected(breaking) : undefined
    stage('break', worked(breaking) || detect !== undefined, breaking.duration - (detect ?? 0))
    if (detect !== undefined) stage('broken', worked(breaking), detect)
    if (!worked(breaking)) problem = notBroken(breaking)
    else if (detect !== undefined) report.detect = detect
    // Of a host that was lost just now nothing is seen either.
    const after =
      breaking.outcome === 'unknown' ? undefined : await see(look(), kindOf).catch(() => undefined)
    visible = after !== undefined && differences(before, after.identities).length > 0
  }

  if (problem === undefined) {
    if (rolling === undefined) {
      rolling = part('rollback')
      await stand.marks.trySay(mark('rollback', true, rolling.run))
    }
    const rolled = await play.rollback(rolling, kindOf)
    stage('rollback', worked(rolled), rolled.duration)
    keepOf(report, rolled)
    if (worked(rolled)) Object.assign(report, measured(rolled, rollback.rto))
    else problem = notRolledBack(rolled)
  }
  const tried = rolling !== undefined
  // No host knows a run that was refused: nobody is told to undo it.
  if (isRefused(problem)) rolling = undefined

  await stand.marks.trySay(mark('restore', scene.breaking !== undefined, rolling?.run))
  const unchanged = scene.breaking === undefined && stages.at(-1)?.stage === 'rollback' && isRefused(problem)
  const back = await bringBack(
    whole,
    scene,
    {
      before,
      name,
      broke: scene.breaking !== undefined,
      visible,
      rolling: rolling?.run,
      tried,
    },
    kindOf,
    run => void runs.push(run),
  )
  stage('restore', back.back || back.seconds.restore > 0, back.seconds.restore)
  stage('verify', back.back, back.seconds.verify)
  if (back.back) stand.touched(false)
  if (!back.back)
    problem = backFailed(scene, back, { rolling: rolling?.run, name, drill: whole.run, problem })
  return {
    ...report,
    result: problem === undefined ? 'passed' : 'failed',
    broughtBackBy: back.by,
    // A rollback that was refused has changed nothing, and nothing had to be brought back.
    ...(!(unchanged && back.back) && { back: back.back }),
    differences: back.differences,
    ...(problem && { problem }),
  }
}

/** What the rollback itself says, for those who read the report of the drill. */
function keepOf(report: Draft, rolled: RunReport): void {
  report.from = rolled.from
  report.to = rolled.to
  report.checks = rolled.checks
  report.backups = rolled.backups
}

const isRefused = (problem: FailureReport | undefined): boolean => problem?.code === 'RB-DRILL-REFUSED'

function markOf(
  { drilling }: Stand,
  { number, rollback }: Scene,
  stage: DrillStage,
  broke: boolean,
  before: Remembered | undefined,
  name: string,
  rolling: string | undefined,
): DrillMark {
  return {
    drill: drilling.name,
    scenario: number,
    rollback: rollback.name,
    stage,
    ...(rolling !== undefined && { rolling }),
    broke,
    before: before?.values ?? [],
    sum: before?.sum ?? '',
    name,
  }
}
