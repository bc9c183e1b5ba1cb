import type { Later, MadeSecret, Position } from '../kind/item.ts'

/** How much a backup has to prove before anything is switched; see `BackupLevel` of the engine. */
export const VERIFY = ['stream', 'readback', 'restore'] as const

/** One entry of `databases`: how its host reaches it, and what becomes of its backups. */
export interface Database {
  /** In the runbook. */
  readonly name: string
  /** As the server calls it; undefined where only the secret address knows. */
  readonly schema: string | undefined
  /** The host that its tools run on. */
  readonly on: string | undefined
  readonly system: 'mysql' | 'postgres'
  /** The Compose service in which the tools of PostgreSQL run. */
  readonly through: Through | undefined
  /** What its tools are given to get in, where no part of it is a secret. */
  readonly access: string | undefined
  /** What its tools are given to get in. */
  readonly secret: MadeSecret
  readonly backups: Backups | undefined
  /** What is said of it that this version can't act on yet. */
  readonly later: readonly Later[]
  readonly position: Position
}

/** A service of a Compose project. */
export interface Through {
  /** Absolute path of the project's folder on the host. */
  readonly compose: string
  readonly service: string
}

export interface Backups {
  /** Absolute path of a folder on the host. */
  readonly to: string
  /** Of how many runs they stay; without it all of them do. */
  readonly keep: number | undefined
  readonly verify: (typeof VERIFY)[number]
}

export type Databases = Readonly<Record<string, Database>>
