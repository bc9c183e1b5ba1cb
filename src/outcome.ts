import type { Phase } from './kind/item.ts'
import type { DrillReport } from './outcome/drill.ts'
import type { PrunedLeftReport, PrunedReport, StatusReport } from './outcome/status.ts'
import type { ComparedReport, WatchReport } from './outcome/watch.ts'
import type { Table } from './refusal.ts'

export * from './outcome/drill.ts'
export * from './outcome/status.ts'
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

/** What is looked at before anything is touched, in the order in which a person goes through it. */
export const CHECKLIST = [
  'target',
  'why',
  'releases',
  'changes',
  'migrations',
  'disk',
  'locks',
  'approvals',
  'reason',
] as const
export type ChecklistTopic = (typeof CHECKLIST)[number]

/** One line of the checklist. A topic may have several, such as one for each host. */
export interface ChecklistReport {
  readonly what: ChecklistTopic
  /** A sentence without its full stop, in which backticks mark names. */
  readonly said: string
  /** What it is about, a line each; a stranger's text, such as the subjects of commits. */
  readonly items?: readonly string[]
}

export interface PlannedStep {
  readonly host: string
  readonly number: number
  readonly phase: Phase
  readonly kind: string
  readonly title: string
  /** What the functions of the kind would be given. */
  readonly data: Readonly<Record<string, string>>
  /** What would take it back, in words. */
  readonly undo: string
  /** An alternative inside the step before it: it runs only when that one tries it. */
  readonly inner?: true
}

/** The functions `<kind>_ready`, `_state`, `_do` and `_undo`, as they run on a host. */
export interface ScriptReport {
  readonly kind: string
  readonly text: string
}

export interface HostReport {
  readonly name: string
  /** Before. */
  readonly from: string
  readonly fromCommit?: string
  /** Wanted. */
  readonly to: string
  readonly toCommit?: string
  /** Seen at the end; empty when it could not be looked at. */
  readonly live: string
  readonly liveCommit?: string
  readonly state:
    | 'untouched'
    | 'already-there'
    | 'switched'
    | 'restored'
    | 'unconfirmed'
    | 'needs-operator'
    | 'unknown'
    /** It could not be reached, and the runbook allows it to be missing. */
    | 'left-out'
  /** When the switch was made, ISO 8601, by the runner's clock. */
  readonly switchedAt?: string
  readonly message?: string
  /** Why this release is the one wanted, one sentence without its full stop. */
  readonly why?: string
  /** Releases that were passed over on the way to it. */
  readonly passedOver?: readonly { readonly name: string; readonly why: string }[]
  /** Free on the disk of the releases. */
  readonly freeBytes?: number
  /** Absolute path on the host of the folder of this run, with its journal, its output and `rollbook`. */
  readonly runFolder?: string
  /** For `unknown`: what the host does by itself when it hears nothing more, and until when (ISO 8601, UTC). */
  readonly lostContact?: { readonly decides: 'keep' | 'undo' | 'by-checks'; readonly deadline?: string }
}

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

export interface CheckReport {
  readonly title: string
  /** `runner`, or the name of the host that looked. */
  readonly from: string
  readonly status: 'passed' | 'failed' | 'warned' | 'not-run'
  /** How the same check stood before the switch. */
  readonly before: 'passed' | 'failed' | 'not-run'
  readonly attempts: number
  readonly seconds: number
  /** What was seen last, e.g. `503 Service Unavailable, wanted 200`. */
  readonly detail: string
  /** What was seen before the switch, where the same check failed then, too, and otherwise. */
  readonly beforeDetail?: string
  /** `weak` when nothing in the answer proves which release gave it. */
  readonly proof: 'version' | 'weak'
  /** For `load`: what was measured; left out when no load was put on the address. */
  readonly load?: LoadReport
}

/** Many requests to one address. Times are seconds; they are of requests that were answered well or not in time. */
export interface LoadReport {
  /** Wanted; `made` of them came to an end, of which `failed` did not end well. */
  readonly requests: number
  readonly concurrency: number
  readonly made: number
  readonly failed: number
  /** From the first request to the last answer. */
  readonly seconds: number
  /** Left out, as all below, when there is no time to tell. */
  readonly mean?: number
  readonly p50?: number
  readonly p95?: number
  readonly p99?: number
  readonly slowest?: number
  /** How many requests took at most `upTo`, and longer than the entry before. */
  readonly histogram: readonly { readonly upTo: number; readonly count: number }[]
  /** Why requests failed, the most frequent first. */
  readonly failures: readonly { readonly why: string; readonly count: number }[]
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
  /** Processes that ran from any of its releases before the switch; left out when nobody said. */
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
