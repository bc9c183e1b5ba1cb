import type { StatusReport } from '../outcome.ts'
import { Refusal } from '../refusal.ts'
import type { DrillFact, HostFacts } from '../release/facts.ts'
import type { Chronicle } from './chronicle.ts'
import type { Looked } from './look.ts'
import { goesOnAnyway, type Setting } from './setting.ts'

/** A drill is under way: what is live, and whether it serves, changes under its hands. */
export class DrillAtWork extends Refusal {
  readonly code = 'RB-DRILL-AT-WORK'

  /**
   * @param run empty when it is not known.
   * @param phrase whether `run anyway` helps here.
   */
  constructor(host: string, run: string, phrase = false) {
    super(
      `${run === '' ? 'Another drill' : `A drill (run ${run})`} is at work on ${host}. Nothing was changed.`,
      [
        'Wait until it is over, or cancel its workflow: it puts everything back. `operation: status` shows how far it is.',
        ...(phrase
          ? [
              'If this cannot wait, run it again with `confirm: run anyway`: the drill then stumbles over what you do.',
            ]
          : []),
      ],
    )
  }
}

/** Refuses what a living drill is in the way of, and says where one was broken off. @throws DrillAtWork */
export function mindDrills(
  looked: readonly Looked[],
  setting: Pick<Setting, 'drill' | 'confirm'>,
  chronicle: Pick<Chronicle, 'warning'>,
): void {
  for (const { facts } of looked) {
    const { host, drill } = facts
    if (drill === undefined || drill.run === setting.drill) continue
    if (!drill.alive) chronicle.warning(brokenOffWords(host, drill))
    else if (!goesOnAnyway(setting)) throw new DrillAtWork(host, drill.run, true)
  }
}

/** An earlier drill was broken off here, and what it broke may still be broken. */
export class DrillBrokenOff extends Refusal {
  readonly code = 'RB-DRILL-BROKEN-OFF'

  constructor(host: string, drill: DrillFact) {
    super(`${brokenOffWords(host, drill)} Nothing was changed now.`, brokenOffRemedy(drill))
  }
}

/** What keeps everybody from building on a host that is in the hands of a drill; undefined when it is in none. */
export function drillProblem({ host, drill }: HostFacts): Refusal | undefined {
  if (drill === undefined) return undefined
  return drill.alive ? new DrillAtWork(host, drill.run) : new DrillBrokenOff(host, drill)
}

/** What `status` tells of a drill. */
export function drillStatus(host: string, drill: DrillFact): NonNullable<StatusReport['drill']> {
  const { run, alive, mark } = drill
  const at =
    mark === undefined ? '' : `, in scenario ${mark.scenario} (${mark.rollback}) at the stage ${mark.stage}`
  return {
    run,
    alive,
    ...(mark && { scenario: mark.scenario, rollback: mark.rollback, stage: mark.stage }),
    said: alive ? `A drill (run ${run}) is at work on ${host}${at}.` : brokenOffWords(host, drill),
    remedy: alive
      ? ['Wait until it is over, or cancel its workflow: it puts everything back.']
      : brokenOffRemedy(drill),
  }
}

/** One sentence about a drill that nobody finished. */
export function brokenOffWords(host: string, { run, mark }: DrillFact): string {
  const drill = mark ? `The drill ${mark.drill} (run ${run})` : `A drill (run ${run})`
  const where = mark ? ` in scenario ${mark.scenario} (${mark.rollback}) at the stage ${mark.stage}` : ''
  const after =
    mark?.broke !== false
      ? 'what it broke may still be broken'
      : mark.rolling === undefined
        ? 'nothing had been broken yet'
        : 'its rollback may be half way'
  return `${drill} was broken off on ${host}${where}: ${after}.`
}

/** What to do about it, a sentence each. */
export function brokenOffRemedy({ run, mark }: DrillFact): readonly string[] {
  const free = `When all is as it should be: \`operation: unlock\` with \`run-id: ${run}\` takes its mark away.`
  if (mark?.broke === false && mark.rolling === undefined) return [free]
  const { rollback = '', rolling, name = '', before = [] } = mark ?? {}
  return [
    ...(before.length > 0
      ? [
          `Before the drill it was: ${before
            .slice(0, 5)
            .map(([what, is]) => `\`${what}\` ${is}`)
            .join('; ')}.`,
        ]
      : []),
    ...(name !== ''
      ? [`To get there: \`operation: rollback\`, \`rollback: ${rollback}\`, \`target: ${name}\`.`]
      : []),
    ...(name === '' && rolling !== undefined
      ? [`If the rollback of the drill is still in force: \`operation: undo\` with \`run-id: ${rolling}\`.`]
      : []),
    ...(name === '' && rollback !== ''
      ? [
          `If the fault is still there: \`operation: rollback\`, \`rollback: ${rollback}\` is made to repair it.`,
        ]
      : []),
    ...(mark?.broke
      ? [`Where that does not help, take back by hand what \`break\` of scenario ${mark.scenario} does.`]
      : []),
    free,
  ]
}
