import type { FailureReport, Outcome, ScenarioReport } from '../outcome.ts'
import { duration } from '../report/amounts.ts'

interface Ending {
  readonly outcome: Outcome
  readonly failure?: FailureReport
}

/** What a scenario came to, from the worst to the best. */
type Standing = 'unknown' | 'needs-operator' | 'failed' | 'refused' | 'late' | 'passed'

const ORDER: readonly Standing[] = ['unknown', 'needs-operator', 'failed', 'refused', 'late', 'passed']

/** How a whole drill ended, by its scenarios. Pure. */
export function endingOf(scenarios: readonly ScenarioReport[], cancelled: boolean): Ending {
  const found = scenarios.map(each => ({ each, standing: standingOf(each) }))
  const [worst] = found.toSorted((one, two) => ORDER.indexOf(one.standing) - ORDER.indexOf(two.standing))
  const touched = scenarios.some(({ back }) => back !== undefined)
  if (worst?.standing === 'passed' && !cancelled) return { outcome: 'drilled' }
  const left =
    worst?.standing === 'unknown' || worst?.standing === 'needs-operator' ? worst.standing : undefined
  const failure =
    cancelled && left === undefined ? cancelledFailure() : worst && failureFor(worst.each, worst.standing)
  return { outcome: left ?? (touched ? 'restored' : 'refused'), ...(failure && { failure }) }
}

function standingOf({ result, back, rtoMet, problem }: ScenarioReport): Standing {
  if (back === false) return problem?.code === OUT_OF_REACH ? 'unknown' : 'needs-operator'
  if (result === 'failed') return back === undefined ? 'refused' : 'failed'
  if (result === 'not-run') return 'refused'
  return rtoMet === false ? 'late' : 'passed'
}

/** Code of a scenario after whose fault a host could not be reached any more. */
export const OUT_OF_REACH = 'RB-DRILL-OUT-OF-REACH'

function failureFor(scenario: ScenarioReport, standing: Standing): FailureReport | undefined {
  const { number, rollback, took = 0, rto = 0, problem } = scenario
  if (standing !== 'late') {
    if (problem === undefined) return undefined
    return { ...problem, message: `Scenario ${number} (${rollback}): ${problem.message}` }
  }
  return {
    code: 'RB-RTO-MISSED',
    message: `Scenario ${number} (${rollback}) took ${duration(took)}, and its target is ${duration(rto)}. Everything is as it was before the drill.`,
    remedy: [
      'Look at the table of the stages for what took the time; the record has every step.',
      'Make it faster, or change `rto` to what can be kept.',
    ],
  }
}

const cancelledFailure = (): FailureReport => ({
  code: 'RB-CANCELLED',
  message: 'The drill was cancelled.',
  remedy: ['Run it again when you are ready.'],
})
