import type { DrillMark } from './drill-mark.ts'
import type { FactLine } from './fact-line.ts'
import type { LedgerEntry } from './ledger.ts'

/** What one host said of itself. Read once, before anything is decided, and never changed afterwards. */
export interface HostFacts {
  /** Name in the runbook. */
  readonly host: string
  readonly hostname: string
  readonly user: string
  readonly uid: number
  /** `uname -sr`. */
  readonly system: string
  readonly bootId: string
  /** The host's clock, seconds since the epoch. */
  readonly time: number
  /** Absolute path of the state folder on the host. */
  readonly stateFolder: string
  /** Why the state folder can't be trusted (not ours, open to others, a link), if it can't. */
  readonly stateProblem: string | undefined
  /** Absolute path of each tool that is there. */
  readonly tools: Readonly<Record<string, string>>
  readonly lock: LockFact | undefined
  /** A drill that is under way, or that was broken off. */
  readonly drill?: DrillFact | undefined
  readonly ledger: readonly LedgerEntry[]
  /** Newest first. */
  readonly runs: readonly RunFact[]
  readonly symlinks: readonly SymlinkFacts[]
  /** What came behind each question that a component asked, in the order of the questions; for it to read. */
  readonly answers: readonly (readonly FactLine[])[]
  /** Lines of the probe that said nothing we know, or said it in a form that can't be right. */
  readonly ignored: number
}

/** The mark that a drill leaves on a host for as long as it is not over. */
export interface DrillFact {
  /** Id of the run of the drill. */
  readonly run: string
  /** Its runner still speaks to the host. */
  readonly alive: boolean
  /** What it is at; undefined when that can't be read. */
  readonly mark: DrillMark | undefined
}

export interface LockFact {
  readonly run: string
  readonly bootId: string
  readonly pid: number
  readonly startTime: string
  /** False only when the owner is provably dead: another boot, no such process, or the number was used again. */
  readonly alive: boolean
  readonly text: string
}

/** One earlier run as its journal tells it. */
export interface RunFact {
  readonly run: string
  /** `forward` (a rollback) or `back` (its undo). */
  readonly direction: 'forward' | 'back'
  /** Last phase or outcome in the journal: `prepared`, `switched`, `committed`, `undone`, … */
  readonly state: string
  readonly from: string
  readonly to: string
}

export interface SymlinkFacts {
  /** The folder with `releases/` and `current`, as the plan gives it. */
  readonly path: string
  readonly link: 'link' | 'directory' | 'file' | 'missing'
  /** The text of the link, byte for byte; empty unless `link`. */
  readonly text: string
  /** What the link resolves to; undefined when it dangles or isn't a link. */
  readonly resolved: string | undefined
  /** Real path of `releases/`. */
  readonly releasesFolder: string | undefined
  readonly releases: readonly ReleaseFact[]
  /** Entries of `releases/` whose names can't be a release (control characters, spaces, …). */
  readonly unnamable: number
  /** Entries of `releases/` behind the most that are looked at: nobody knows what they are. */
  readonly unlisted?: number
  /** Lines of Capistrano's `revisions.log`, oldest first, the last 200. */
  readonly revisionsLog: readonly string[]
  /** Lines of Deployer's `.dep/releases_log`, oldest first, the last 200. */
  readonly releasesLog: readonly string[]
  /** Lock files of deploy tools that are there now, e.g. `.dep/deploy.lock`. */
  readonly foreignLocks: readonly string[]
  readonly freeBytes: number | undefined
  readonly freeInodes: number | undefined
}

export interface ReleaseFact {
  readonly name: string
  readonly type: 'directory' | 'link' | 'other'
  /** Seconds since the epoch; shown to people, never a reason on its own. */
  readonly modified: number
  readonly empty: boolean
  /** First word of `REVISION`, when there is one. */
  readonly revision: string | undefined
  /** Marked by Deployer's `BAD_RELEASE`. */
  readonly bad: boolean
  /** Marked by Deployer's `DIRTY_RELEASE`: its deploy never finished. */
  readonly dirty: boolean
}

/** A host as one component sees it: what it said of itself, and what it answered to the question of that component. */
export type Seen = HostFacts & { readonly answer: readonly FactLine[] }
