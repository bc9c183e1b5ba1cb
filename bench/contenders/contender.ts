import type { BenchHost, Hosts } from '../hosts.ts'

/** One run of a contender. */
export interface Run {
  /** From just before the start of its process to its exit. */
  readonly milliseconds: number
  readonly exitCode: number
  /** For a person who wants to know why it failed. */
  readonly output: string
  /** What came after it on the runner's account, in milliseconds; not part of the comparison. */
  readonly post?: number
}

/** Which hosts a run is about, and how they are reached. */
export interface Route {
  readonly hosts: readonly BenchHost[]
  readonly port: number
  /** What all the hosts share: keys, known hosts, a folder for configuration. */
  readonly access: Hosts
}

/** What one run is asked for; the previous release when nothing is said. */
export interface Ask {
  readonly target?: string
  /** Its process is killed when this settles. */
  readonly kill?: Promise<unknown>
}

/** A way of rolling back. */
export interface Contender {
  readonly name: string
  /** How the tables tell its version and its configuration. */
  readonly says: string
  /** Whether it can be told which release to go to. */
  readonly takesTarget: boolean
  /** False for one that only shows what everybody pays: it leaves the live release live. */
  readonly goesBack: boolean
  /** Writes its configuration. @returns one rollback of all the hosts of the route; may be called again and again */
  prepare(route: Route): Promise<(ask?: Ask) => Promise<Run>>
}
