import type { RunReport, ScenarioReport } from '../outcome.ts'

type Timed = Pick<RunReport, 'phases' | 'duration'>
type Measures = Pick<ScenarioReport, 'detect' | 'decide' | 'restore' | 'took' | 'rto' | 'rtoMet'>

const seconds = (milliseconds: number): number => Math.round(milliseconds) / 1000

/** Milliseconds of a phase; undefined when the run did not get that far. */
function lasted({ phases }: Timed, name: string): number | undefined {
  const phase = phases.find(each => each.name === name)
  return phase && phase.to - phase.from
}

/** How long it took until the fault was seen: the break ended when its run began to verify. */
export function detected(breaking: Timed): number | undefined {
  const time = lasted(breaking, 'Verify')
  return time === undefined ? undefined : seconds(time)
}

/** The times of a rollback that worked, and whether it kept to its target. */
export function measured(rollback: Timed, rto: number | undefined): Measures {
  const decide = lasted(rollback, 'Look') ?? 0
  return {
    decide: seconds(decide),
    restore: seconds(rollback.duration * 1000 - decide),
    took: rollback.duration,
    ...(rto !== undefined && { rto, rtoMet: rollback.duration <= rto }),
  }
}
