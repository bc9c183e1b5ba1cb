import type { BackupReport, CheckReport, FailureReport } from '../outcome.ts'

/** The stages of a scenario, in their order. */
export const DRILL_STAGES = ['healthy', 'break', 'broken', 'rollback', 'restore', 'verify'] as const
export type DrillStage = (typeof DRILL_STAGES)[number]

export interface DrillReport {
  readonly name: string
  readonly scenarios: readonly ScenarioReport[]
  /** Earlier drills of the same name as the hosts remember them, the oldest first. */
  readonly past: readonly PastDrill[]
}

/** One rollback of a drill. All times are seconds. */
export interface ScenarioReport {
  /** 1-based. */
  readonly number: number
  readonly rollback: string
  readonly title?: string
  readonly target: string
  /** Whether a fault was made; else it is a planned rollback. */
  readonly breaks: boolean
  readonly result: 'passed' | 'failed' | 'not-run'
  readonly stages: readonly {
    readonly stage: DrillStage
    readonly passed: boolean
    readonly seconds: number
  }[]
  /** From the fault until its checks saw it. */
  readonly detect?: number
  /** Of the rollback: until it was known which host goes where. */
  readonly decide?: number
  /** Of the rollback: from there until the target served and every check had passed. */
  readonly restore?: number
  /** The whole rollback, which is what `rto` is for. */
  readonly took?: number
  readonly rto?: number
  readonly rtoMet?: boolean
  /** Release before and after the rollback. */
  readonly from: string
  readonly to: string
  /** What brought it back to how it was: nothing had to, or these, in their order. */
  readonly broughtBackBy: readonly ('rollback' | 'undo' | 'name')[]
  /** It was seen to be as it was before; left out when nothing was changed. */
  readonly back?: boolean
  /** What is not as it was before. */
  readonly differences: readonly DifferenceReport[]
  readonly problem?: FailureReport
  readonly runs: readonly string[]
  readonly checks: readonly CheckReport[]
  readonly backups: readonly BackupReport[]
  readonly recovery: readonly RecoveryReport[]
}

/** Something of a host that is not as it was. */
export interface DifferenceReport {
  readonly host: string
  readonly what: string
  readonly before: string
  readonly now: string
}

/** A backup that was brought back, and what would have been lost with it. */
export interface RecoveryReport {
  readonly host: string
  /** Of the database in the runbook. */
  readonly name: string
  readonly path: string
  readonly bytes: number
  /** How old it was when the drill began: everything written since would be gone. */
  readonly ageSeconds: number
  readonly rows: readonly {
    readonly table: string
    readonly backup: number
    readonly live?: number
  }[]
}

/** An earlier drill, as a line on a host. */
export interface PastDrill {
  /** ISO 8601, UTC. */
  readonly at: string
  readonly run: string
  readonly outcome: string
  readonly scenarios: readonly {
    readonly rollback: string
    readonly result: string
    readonly took?: number | undefined
    readonly rto?: number | undefined
  }[]
}
