import type { Phase } from '../kind/item.ts'

export interface PhaseReport {
  readonly name: string
  /** Milliseconds since `started`. */
  readonly from: number
  readonly to: number
  readonly critical?: boolean
}

export interface StepReport {
  readonly host: string
  readonly number: number
  readonly phase: Phase
  readonly action: 'ready' | 'do' | 'undo' | 'check'
  readonly title: string
  /** `unseen`: it began, and its end was never heard of. */
  readonly status: 'passed' | 'failed' | 'warned' | 'timed-out' | 'unseen'
  /** Milliseconds since `started`. */
  readonly from: number
  readonly to: number
  /** Last lines of what it printed, already neutralised and masked. */
  readonly output: readonly string[]
}
