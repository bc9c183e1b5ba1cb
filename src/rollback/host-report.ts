import type { HostPlan } from '../engine/plan.ts'
import type { HostReport } from '../outcome.ts'
import type { Chronicle } from './chronicle.ts'
import type { Decision } from './decide.ts'
import type { HostRun } from './host-run.ts'
import type { Ending } from './journey.ts'

/** What each host's own journal says became of it. */
export function tellHosts(
  runs: readonly HostRun[],
  decision: Pick<Decision, 'hosts'>,
  ending: Ending,
  chronicle: Chronicle,
): void {
  for (const { plan, state } of runs) {
    const alreadyThere = decision.hosts.get(plan.host)?.alreadyThere === true
    const became = becameOf(state, ending, alreadyThere)
    chronicle.host(plan.host, {
      live: liveIn(became, plan),
      state: became,
      ...(state.lost !== undefined && { message: state.lost }),
      ...(became === 'unknown' && { lostContact: alone(plan) }),
    })
  }
}

function becameOf(state: HostRun['state'], ending: Ending, alreadyThere: boolean): HostReport['state'] {
  if (ending.outcome === 'refused') return 'untouched'
  if (alreadyThere && ending.outcome === 'there') return 'already-there'
  switch (state.outcome) {
    case 'committed':
      return 'switched'
    case 'kept':
      return 'unconfirmed'
    case 'undone':
    case 'refused':
      return 'restored'
    default:
      return state.lost === undefined ? 'needs-operator' : 'unknown'
  }
}

function liveIn(became: HostReport['state'], { from, to }: HostPlan): string {
  switch (became) {
    case 'untouched':
    case 'restored':
      return from
    case 'switched':
    case 'unconfirmed':
    case 'already-there':
      return to
    default:
      return ''
  }
}

/** What the program on the host does when it hears nothing more: `stays` in `engine/program/ending.sh`. */
export function decidesAlone(plan: HostPlan): 'keep' | 'undo' | 'by-checks' {
  if (plan.onLostContact !== 'decide') return plan.onLostContact
  if (plan.steps.some(step => step.phase === 'verify' && !step.inner)) return 'by-checks'
  return plan.hosts === 1 ? 'keep' : 'undo'
}

function alone(plan: HostPlan): NonNullable<HostReport['lostContact']> {
  const deadline = new Date(Date.now() + plan.silence * 1000).toISOString()
  return { decides: decidesAlone(plan), deadline }
}
