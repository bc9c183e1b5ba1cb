import { EVERY_RELEASE, type LedgerEntry } from './ledger.ts'

/** Deploys are kept back: of one release and its commit, or of everything. */
export interface Hold {
  /** The release that must not come back, or `*`. */
  readonly release: string
  readonly commit: string | undefined
  readonly all: boolean
  readonly reason: string | undefined
  readonly run: string | undefined
  /** Seconds since the epoch, by the host's clock. */
  readonly at: number
}

/**
 * Every hold that stands, newest first. `free` lifts the hold of its release, or all with `*`; `undone` lifts what its
 * own run set, and a hold on the release that it made live again.
 */
export function holdsOf(ledger: readonly LedgerEntry[]): readonly Hold[] {
  let holds: Hold[] = []
  for (const { event, release, commit, reason, run, at } of ledger) {
    if (event === 'hold') {
      const hold = { release, commit, all: release === EVERY_RELEASE, reason, run, at }
      holds = [hold, ...holds.filter(other => other.release !== release)]
    } else if (event === 'free') {
      holds = release === EVERY_RELEASE ? [] : holds.filter(hold => hold.release !== release)
    } else if (event === 'undone') {
      holds = holds.filter(hold => hold.release !== release && (run === undefined || hold.run !== run))
    }
  }
  return holds
}
