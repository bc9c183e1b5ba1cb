import type { CheckReport } from './outcome/checks.ts'
import type { DrillReport } from './outcome/drill.ts'
import type { EndedRun, HostReport } from './outcome/hosts.ts'
import type { ChecklistReport, PlannedStep, ScriptReport } from './outcome/plan.ts'
import type { PrunedLeftReport, PrunedReport, StatusReport } from './outcome/status.ts'
import type { PhaseReport, StepReport } from './outcome/steps.ts'
import type { ComparedReport, WatchReport } from './outcome/watch.ts'
import type { Table } from './refusal.ts'

export * from './outcome/checks.ts'
export * from './outcome/drill.ts'
export * from './outcome/hosts.ts'
export * from './outcome/plan.ts'
export * from './outcome/status.ts'
export * from './outcome/steps.ts'
export * from './outcome/watch.ts'

/** How an operation can end; `docs/outcomes.md` says what each means for the person on call. */
export const GREEN = [
  'rolled-back',
  'unchanged',
  'planned',
  'recorded',
  'clear',
  'undone',
  'unlocked',
  'drilled',
  'watched',
  'pruned',
  'reported',
] as const
export const RED = ['refused', 'restored', 'needs-operator', 'unknown'] as const
export type Outcome = (typeof GREEN)[number] | (typeof RED)[number]

export const isGreen = (outcome: Outcome): boolean => (GREEN as readonly string[]).includes(outcome)

/** What is known of a run when it begins to touch the hosts: who, why, and from where to where. */
export type RunHeading = Pick<
  RunReport,
  | 'operation'
  | 'run'
  | 'app'
  | 'environment'
  | 'rollback'
  | 'title'
  | 'target'
  | 'reason'
  | 'actor'
  | 'workflowRun'
  | 'started'
  | 'rto'
  | 'from'
  | 'to'
  | 'hosts'
>

/** Everything that is told about a run: the record is this value as JSON, the summary is this value as Markdown. */
export interface RunReport {
  /** Version of this shape; `docs/record.md` describes it. */
  readonly schema: 1
  readonly operation: string
  readonly outcome: Outcome
  readonly run: string
  readonly app: string
  readonly environment: string
  readonly rollback: string
  readonly title?: string
  /** What was asked for, as it was asked: `previous`, `41`, … */
  readonly target: string
  readonly reason: string
  /** The phrases with which it was confirmed. */
  readonly confirm?: string
  readonly actor: string
  /** Path of the workflow run below the server, e.g. `/acme/shop/actions/runs/17`; empty on the command line. */
  readonly workflowRun: string
  /** ISO 8601 with milliseconds, UTC. */
  readonly started: string
  /** Seconds. */
  readonly duration: number
  /** Target for `duration`, seconds. */
  readonly rto?: number
  readonly rtoMet?: boolean
  readonly from: string
  readonly to: string
  readonly hosts: readonly HostReport[]
  readonly phases: readonly PhaseReport[]
  readonly steps: readonly StepReport[]
  readonly checks: readonly CheckReport[]
  readonly backups: readonly BackupReport[]
  /** What other operations than a rollback and its plan found before the first change, in sentences. */
  readonly preflight: readonly string[]
  /** For `rollback` and `plan`: the pre-flight checklist, in the order of `CHECKLIST`. */
  readonly checklist?: readonly ChecklistReport[]
  readonly warnings: readonly string[]
  readonly failure?: FailureReport
  readonly diagnosis: readonly DiagnosisReport[]
  /** The release that deploys are held from, after a rollback. */
  readonly hold?: { readonly release: string; readonly commit?: string }
  /** Commands, one a line, with which a person on a host undoes this run; the host's name first. */
  readonly undo: readonly { readonly host: string; readonly command: string }[]
  /** Releases besides `from` and `to` that every host could go back to, the newest first. */
  readonly alternatives?: readonly string[]
  /** For `plan`: every step that a run would take, in its order. */
  readonly planned?: readonly PlannedStep[]
  /** For `plan`: what the runner would look at after the switch. */
  readonly plannedChecks?: readonly string[]
  /** For `plan`: the shell functions of each kind that the steps use. */
  readonly scripts?: readonly ScriptReport[]
  /** For `plan`: path on the runner of the file with the full program of each host. */
  readonly planFile?: string
  /** For `status`: what each host said of itself. */
  readonly status?: readonly StatusReport[]
  /** For `prune`: every backup on the lists of the hosts, the newest of each host first, and what became of it. */
  readonly pruned?: readonly PrunedReport[]
  /** For `prune`: everything else that runs left on the hosts, and what became of it; left out when there was nothing. */
  readonly prunedLeft?: readonly PrunedLeftReport[]
  /** For `record`: what the ledgers were told. */
  readonly recorded?: {
    readonly state: 'started' | 'good' | 'bad' | 'free'
    readonly release: string
    readonly commit?: string
  }
  /** Dead runs that were dealt with before anything else. */
  readonly ended?: readonly EndedRun[]
  /** For `guard`: the release or commit that is about to be deployed; empty when that isn't known. */
  readonly deploying?: string
  /** For `watch`, and for the rollback that one came to: what it saw. */
  readonly watch?: WatchReport
  /** The metrics of the runbook before and after a run that changed something. */
  readonly compared?: readonly ComparedReport[]
  /** For `drill`: what was tried, how long it took, and how earlier drills went. */
  readonly drill?: DrillReport
  /** What ran from which release after the switch, where it was looked at. */
  readonly serving?: readonly ServingReport[]
  /** What people still have to do or know afterwards; `done` when the run itself shows that it is. */
  readonly followUp?: readonly { readonly text: string; readonly done: boolean }[]
  /** Migrations that the target does not know, and with which it goes on all the same: why, and a table of them. */
  readonly goesOnWith?: readonly { readonly said: string; readonly table?: Table }[]
}

export interface BackupReport {
  readonly host: string
  readonly kind: string
  /** Of a database: its name in the runbook, and its tables where it is not the whole. */
  readonly name?: string
  readonly tables?: readonly string[]
  readonly path: string
  readonly sha256: string
  readonly bytes: number
  /** It was read to its end afterwards, or more. */
  readonly verified: boolean
  /**
   * How it was proved: `stream`, by what its tools said while it was written; `readback`, read to its end afterwards;
   * `restore`, brought back into a place of its own and compared.
   */
  readonly level: 'stream' | 'readback' | 'restore'
}

/** The processes on one host that run from releases, as they were last seen. */
export interface ServingReport {
  readonly host: string
  /** Absolute path of the release that is live. */
  readonly live: string
  /** When it was seen, ISO 8601, by the runner's clock. */
  readonly at?: string
  /** Processes whose folder or program lay in any of its releases before the switch; left out when nobody said. */
  readonly before?: number
  /** Processes that run from it. */
  readonly current: number
  /** Processes that run from another release beside it; `what` of them lies there. */
  readonly old: readonly {
    readonly pid: number
    readonly user: string
    readonly command: string
    readonly what: 'cwd' | 'exe' | 'fd'
    readonly path: string
  }[]
  /** Programs that run applications, of users whose processes may not be looked into. */
  readonly hidden: readonly { readonly user: string; readonly command: string; readonly count: number }[]
  /** The host shows nobody else's processes at all. */
  readonly onlyOwn: boolean
}

export interface FailureReport {
  readonly code: string
  readonly message: string
  readonly remedy: readonly string[]
  readonly table?: Table
}

export interface DiagnosisReport {
  readonly host: string
  readonly title: string
  /** Where the question itself did not come to a good end. */
  readonly status?: 'failed' | 'warned' | 'timed-out' | 'unseen'
  readonly lines: readonly string[]
}
