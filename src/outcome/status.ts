import type { BackupReport, FailureReport } from '../outcome.ts'

/** One host as `status` finds it. */
export interface StatusReport {
  readonly host: string
  /** Absolute path of the state folder on the host. */
  readonly stateFolder: string
  readonly lock?: { readonly run: string; readonly alive: boolean }
  /** A drill that is under way or was broken off there. */
  readonly drill?: {
    readonly run: string
    readonly alive: boolean
    readonly scenario?: number
    readonly rollback?: string
    readonly stage?: string
    /** A sentence, and what to do where it was broken off. */
    readonly said: string
    readonly remedy: readonly string[]
  }
  /** What deploys are held from, newest first; `release` is `*` for every deploy. `since` is ISO 8601, UTC. */
  readonly holds: readonly {
    readonly release: string
    readonly commit?: string
    readonly reason?: string
    readonly run?: string
    readonly since: string
  }[]
  /** The last runs, newest first. `ended` is the last word of its journal, e.g. `committed`, `switched`. */
  readonly runs: readonly {
    readonly run: string
    readonly direction: 'forward' | 'back'
    readonly from: string
    readonly to: string
    readonly ended: string
  }[]
  readonly links: readonly LinkReport[]
  /** What else can be rolled back there, in the order of the runbook; left out when there is nothing. */
  readonly components?: readonly ComponentReport[]
  /** Why the host could not be looked at; the rest is empty then. */
  readonly unreached?: FailureReport
  /** What earlier runs backed up and that is still there, newest first; left out when there is none. */
  readonly backups?: readonly StoredReport[]
  /** What else runs have left, newest first; left out when there is nothing. */
  readonly left?: readonly LeftReport[]
}

/** Something besides a backup that a run left on a host. */
export interface LeftReport {
  /** `run` (its folder), `copies` (of files that it restored), `tag`, `image`, … */
  readonly sort: string
  readonly run: string
  /** A path, the name of an image, a checkout and its tag, … */
  readonly name: string
  readonly bytes: number
  /** It is older than what is kept: `prune` would remove it. */
  readonly goes: boolean
  /** Why it goes or stays, in words that go on after "it goes: " or "it stays: ". */
  readonly why: string
}

export interface PrunedLeftReport extends LeftReport {
  readonly host: string
  /** `failed`: it should have gone, and the host still has it. */
  readonly fate: 'removed' | 'kept' | 'failed'
}

/** A backup on the list of a host. */
export interface StoredReport {
  /** Kind of the step that made it, and what of: `database` and `main`, or `files` twice. */
  readonly kind: string
  readonly name: string
  /** Of a database: all of it, or some of its tables. */
  readonly part?: 'whole' | 'tables'
  readonly run: string
  /** ISO 8601, UTC, by the host's clock. */
  readonly at: string
  readonly path: string
  readonly sha256: string
  readonly bytes: number
  readonly verified: boolean
  readonly level: BackupReport['level']
  /** `keep` does not cover it any more: `prune` would remove it. */
  readonly goes: boolean
  /** Why it goes or stays, in words that go on after "it goes: " or "it stays: ". */
  readonly why: string
}

export interface PrunedReport extends StoredReport {
  readonly host: string
  /** `failed`: it should have gone, and the host still has it. */
  readonly fate: 'removed' | 'kept' | 'failed'
}

/** A link that decides what is live, and what it could point to. */
export interface LinkReport {
  /** The folder with `releases/` and `current`, or the link itself. */
  readonly path: string
  /** Empty when it can't be told; `problem` says why. */
  readonly live: string
  readonly problem?: string
  /** Newest first. */
  readonly releases: readonly ReleaseReport[]
  readonly freeBytes?: number
}

/** Something besides a link that can be rolled back. */
export interface ComponentReport {
  readonly kind: string
  /** `images of web in /srv/app`, `checkout /srv/app`, … */
  readonly title: string
  /** Empty when it can't be told; `problem` says why. */
  readonly live: string
  readonly problem?: string
  /** What it consists of, such as its services; which keys a part has depends on the kind. `bytes` is a size. */
  readonly parts: readonly Readonly<Record<string, string | number>>[]
  /** What it could go back to as far as the host has it, the newest first. */
  readonly releases: readonly ReleaseReport[]
}

export interface ReleaseReport {
  readonly name: string
  readonly commit?: string
  /** What a commit says of itself, its first line. */
  readonly subject?: string
  /** `good` is on record as such; `usable` is only not known to be otherwise. */
  readonly standing: 'live' | 'good' | 'usable' | 'bad' | 'half-made'
  /** For `bad` and `half-made`, and for a live release that is marked bad. */
  readonly why?: string
}
