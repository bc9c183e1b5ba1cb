import type { Databases } from '../database/database.ts'
import type { Host } from '../host/host.ts'
import type { Item, Later, Phase, Position } from '../kind/item.ts'
import type { Audit } from './audit.ts'
import type { Drills } from './drills.ts'
import type { Metrics } from './metrics.ts'
import type { Webhook } from './notify.ts'
import type { Trigger, WatchSpan } from './triggers.ts'

export type Hold = 'release' | 'all' | 'none'
/** A number of hosts, or a share of all: `25%`. */
export type BatchSize = number | `${number}%`
export type OnLostContact = 'keep' | 'undo'

/** A runbook whose every name and reference has been checked. The same value comes from a file and from inputs. */
export interface Runbook {
  /** As the user knows it, for messages. */
  readonly file: string
  readonly app: string
  /** In the order of the file. */
  readonly environments: Readonly<Record<string, Environment>>
  /** In the order of the file: the first one is the default. */
  readonly rollbacks: Readonly<Record<string, Rollback>>
  readonly databases: Databases
  readonly metrics?: Metrics | undefined
  /** What `watch` acts on, in the order of the file. */
  readonly triggers: readonly Trigger[]
  readonly watch: WatchSpan
  readonly drills: Drills
  /** Where else it is written down that a release was taken back. */
  readonly audit?: Audit | undefined
  /** Who is told of its runs. */
  readonly notify: readonly Webhook[]
  /** The named lists that `use` stands for, expanded. */
  readonly checks: Readonly<Record<string, readonly Item[]>>
}

export interface Environment {
  readonly name: string
  /** Base of paths in checks. */
  readonly url?: string | undefined
  readonly hosts: readonly Host[]
  /** The phrase that has to be typed before anything runs here. */
  readonly confirm?: string | undefined
  /** Whether drills may run here. */
  readonly drills: boolean
  /** Absolute path of the state folder on the hosts, where it is not the usual one. */
  readonly state?: string | undefined
  readonly onLostContact?: OnLostContact | undefined
  readonly hold?: Hold | undefined
  /** How many hosts are switched before the checks are looked at, step by step; all at once where it is absent. */
  readonly batches?: readonly BatchSize[] | undefined
  /** Names of hosts without which a run goes on when they can't be reached. */
  readonly allowMissing?: readonly string[] | undefined
  /** Connections that are opened at a time. */
  readonly parallel?: number | undefined
}

export interface Rollback {
  readonly name: string
  readonly title?: string | undefined
  /** Target for the duration of a run, in seconds. */
  readonly rto?: number | undefined
  readonly confirm?: string | undefined
  /** It, or a rollback that it includes, can lose data. */
  readonly dataLoss: boolean
  /** Name of the rollback to go on to when this one fails. */
  readonly escalate?: string | undefined
  /** Names of the rollbacks that this one was made of; their items are in `phases` already. */
  readonly include: readonly string[]
  /** What deploys are held from afterwards; the environment's where it is absent, else the release that was left. */
  readonly hold?: Hold | undefined
  readonly onLostContact?: OnLostContact | undefined
  /** `use` and `include` are expanded; each item keeps the position at which it was written. */
  readonly phases: Readonly<Record<Phase, readonly Item[]>>
  /** What is known of the migrations of its application, with those of what it includes. */
  readonly migrations: readonly Migrations[]
  /** What stands in it that this version can't run yet. */
  readonly later: readonly Later[]
}

/** Migrations of an application, which are looked at before it is switched. */
export type Migrations = MigrationsOf & {
  /** What becomes of a run when the database has applied migrations that the target does not know. */
  readonly unknownToTarget: 'refuse' | 'warn'
  /** After the switch, the migrations of the target that the database lacks are applied. */
  readonly forward: boolean
  /** The folders between whose sides the rollback goes, absolute: with `releases/` and `current`, or checkouts. */
  readonly paths: readonly string[]
  readonly position: Position
}

/** Whose migrations they are, and where they lie. */
export type MigrationsOf = LaravelMigrations | PrismaMigrations

/** Paths are relative to the release. */
export interface LaravelMigrations {
  readonly tool: 'laravel'
  readonly artisan: string
  readonly directory: string
}

export interface PrismaMigrations {
  readonly tool: 'prisma'
  /** The folder with `package.json`, absolute. */
  readonly in: string
  /** Relative to that folder. */
  readonly directory: string
  /** The Compose service in which the database is asked, where it is not asked in that folder. */
  readonly through?: { readonly compose: string; readonly service: string } | undefined
}

export type { Later } from '../kind/item.ts'
