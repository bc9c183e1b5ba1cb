import { PHASES, type Phase } from '../kind/item.ts'
import type { PlannedStep } from '../outcome.ts'
import { type Shared, shared } from './by-host.ts'

/** The steps of one phase in their order, each once for all hosts that would do exactly the same. */
export interface PlannedPhase {
  readonly phase: Phase
  readonly steps: readonly Shared<PlannedStep>[]
}

/** Phases without a step are left out. */
export const plannedPhases = (planned: readonly PlannedStep[]): PlannedPhase[] =>
  PHASES.flatMap(phase => {
    const own = planned.filter(step => step.phase === phase)
    const steps = shared(
      own,
      ({ host }) => host,
      ({ host: _, ...step }) => step,
    )
    return own.length === 0 ? [] : [{ phase, steps: steps.toSorted((a, b) => a.what.number - b.what.number) }]
  })
