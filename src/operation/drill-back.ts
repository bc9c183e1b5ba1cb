import { OUT_OF_REACH } from '../drill/ending.ts'
import { differences, type Remembered } from '../drill/identity.ts'
import { type Way, wayBack } from '../drill/way-back.ts'
import type { DifferenceReport, FailureReport, RunReport } from '../outcome.ts'
import { withoutReassurance } from '../refusal.ts'
import { failureOf } from '../report/failure-words.ts'
import type { KindOf } from '../rollback/rollback.ts'
import type { Setting } from '../rollback/setting.ts'
import { isOpaque, type Sight, see } from './drill-look.ts'
import { partOf, play, worked } from './drill-runs.ts'
import type { Scene } from './drill-setting.ts'

/** What has become of an environment that was to be as it was. */
export interface Back {
  readonly back: boolean
  readonly by: readonly Way[]
  readonly differences: readonly DifferenceReport[]
  readonly problem?: FailureReport
  /** Whether its checks passed; left out when nobody looked after the last change. */
  readonly serves?: boolean
  /** Seconds until all was the same, and then until its checks had passed. */
  readonly seconds: { readonly restore: number; readonly verify: number }
}

/** What is known of the scenario so far. */
export interface Left {
  readonly before: readonly Remembered[]
  /** Release by which it can be gone back to; empty when there is none. */
  readonly name: string
  readonly broke: boolean
  readonly visible: boolean
  /** Id of the rollback, once it was begun. */
  readonly rolling: string | undefined
  /** The rollback was tried already. */
  readonly tried: boolean
}

/**
 * Brings the environment back to how it was before the scenario, whatever has become of it; a person who cancels does not
 * stop this. The same for a scenario that went well, for one that failed, and for the post step. Never throws.
 *
 * @param began told of each run by its id.
 */
export async function bringBack(
  whole: Setting,
  scene: Scene,
  left: Left,
  kindOf: KindOf,
  began: (run: string) => void,
): Promise<Back> {
  const uncancelled = new AbortController().signal
  const title = `${scene.number} ${scene.rollback.name}: back`
  const part = (rollback = scene.rollback, target = scene.scenario.target): Setting => {
    const setting = partOf(whole, rollback, target, title, uncancelled)
    began(setting.run)
    return setting
  }
  const started = performance.now()
  const since = (from: number) => Math.round(performance.now() - from) / 1000
  const tried: Way[] = []
  if (left.tried) tried.push('rollback')
  const by: Way[] = []
  let { rolling } = left
  let serves: boolean | undefined
  let problem: FailureReport | undefined
  let restore = 0
  const done = (back: boolean, seen: readonly DifferenceReport[], found = problem): Back => ({
    back,
    by,
    differences: seen,
    ...(!back && found && { problem: found }),
    ...(serves !== undefined && { serves }),
    seconds: { restore, verify: Math.max(0, Math.round((since(started) - restore) * 1000) / 1000) },
  })

  for (;;) {
    const look = partOf(whole, scene.rollback, scene.scenario.target, title, uncancelled)
    const sight = await see(look, kindOf).catch((error: unknown) => failureOf(error))
    if (!('facts' in sight)) return done(false, [], outOfReach(sight))
    const now = differences(left.before, sight.identities)
    const way = wayBack({
      same: now.length === 0,
      serves,
      rolledBack: isInForce(sight, rolling),
      broke: left.broke,
      visible: left.visible,
      opaque: isOpaque(scene.rollback, kindOf),
      named: left.name !== '',
      tried,
    })
    if (way === 'done') return done(true, [])
    if (way === 'stuck') return done(false, now)
    if (way === 'look') {
      restore = since(started)
      const healthy = await play.steps(part(scene.healthy), kindOf)
      serves = worked(healthy)
      if (!serves) problem = healthy.failure
      continue
    }
    tried.push(way)
    const report = await go(way)
    if (worked(report)) by.push(way)
    else problem = report.failure
    serves = undefined
  }

  function go(way: Way): Promise<RunReport> {
    if (way === 'undo') return play.undo(part(), rolling ?? '', kindOf)
    const setting = way === 'name' ? part(scene.rollback, left.name) : part()
    // Where it goes by its name, an undo would lead away from there again.
    rolling = way === 'name' ? undefined : setting.run
    return play.rollback(setting, kindOf)
  }
}

/** The rollback ended on its target on some host, and was not taken back there. */
const isInForce = ({ facts }: Sight, rolling: string | undefined): boolean =>
  rolling !== undefined &&
  facts.some(({ runs }) =>
    runs.some(
      ({ run, direction, state }) =>
        run === rolling &&
        (direction === 'forward'
          ? state === 'committed' || state === 'kept'
          : state === 'undone' || state === 'refused'),
    ),
  )

const outOfReach = (first: FailureReport): FailureReport => ({
  ...first,
  code: OUT_OF_REACH,
  message: `After it had been broken, the environment could not be looked at any more: ${withoutReassurance(first.message)}`,
})
