import type { FailureReport, Outcome } from '../outcome.ts'
import type { Served } from '../serving/question.ts'
import type { Chronicle } from './chronicle.ts'
import type { HostRun } from './host-run.ts'
import type { Plan } from './plan.ts'
import type { Setting } from './setting.ts'

/** How a run over all hosts ended. */
export interface Ending {
  /** `there`: where it was meant to go. */
  readonly outcome: 'there' | Extract<Outcome, 'refused' | 'restored' | 'needs-operator' | 'unknown'>
  readonly failure?: FailureReport
}

/** All hosts between two releases, there and, when it fails, back. */
export interface FleetRun {
  readonly setting: Setting
  readonly plan: Pick<Plan, 'checks' | 'variables'>
  readonly runs: readonly HostRun[]
  readonly chronicle: Chronicle
  /**
   * Whether a check that fails turns the hosts round. Not for an undo: whoever asks to be back where it started gets
   * there, also when that release is the one that did not serve, and is told what the checks see.
   */
  readonly checksDecide: boolean
  /** The links that a host switches between releases. */
  serves(run: HostRun): readonly Served[]
  /** Lets one host's program begin. @param ahead words that travel right behind it, for what it comes to by itself. */
  begin(run: HostRun, ahead: readonly Word[]): Promise<void>
}

export type Word = Parameters<HostRun['tell']>[0]

export const someLost = (runs: readonly HostRun[]): boolean => runs.some(run => run.state.lost !== undefined)

export const isStuck = ({ state }: HostRun): boolean => state.stuck

export const hasSteps = (run: HostRun, phase: string): boolean =>
  run.plan.steps.some(step => step.phase === phase && !step.inner)
