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

/** A run that had died on a host and was brought to its end before anything else: perhaps that changed what is live. */
export interface EndedRun {
  readonly host: string
  readonly run: string
  /** How it ended; absent when nobody saw it. */
  readonly end?: string
}
