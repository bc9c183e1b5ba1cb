import type * as v from 'valibot'
import type { Question } from '../engine/greeting.ts'
import type { Item } from '../kind/item.ts'
import type { MigrationsOf } from '../runbook/runbook.ts'
import type { MigrationFacts } from './facts.ts'

/** Between which sides a host goes, and in which folder: `releases/` and `current`, or a checkout. */
export interface Move {
  readonly path: string
  readonly from: string
  readonly to: string
}

/** A step that applies what the database lacks. */
export interface ForwardStep {
  readonly in: string
  readonly script: string
}

/** What changes schemas by migrations, as far as a rollback has to know it. Nothing of it is ever taken back. */
export interface MigrationTool {
  /** What the runbook says of it. */
  readonly schema: v.GenericSchema
  /** What the runbook says, with what it leaves out. */
  read(given: unknown): MigrationsOf
  /** The folder between whose sides an item of `switch` goes, if it brings this application along. */
  movedBy(item: Item, of: MigrationsOf): string | undefined
  /** What is missing when no item does. */
  unmoved(of: MigrationsOf): string
  /** What all sides are: `releases`, `commits`. */
  readonly sides: string
  /** One of them, as people call it. */
  side(name: string): string
  /** The folder of the migrations, as people call it. */
  folder(of: MigrationsOf): string
  /** Asks a host about both sides and about the database. Changes nothing. */
  question(of: MigrationsOf, move: Move): Question
  /** Reads the answer. Never throws. */
  facts(host: string, move: Move, lines: readonly string[]): MigrationFacts
  /** What a migration did, in words for a table, by its text. It is never run. Never throws. */
  did(text: string): string
  /** What a person calls on the host to ask the database. */
  command(of: MigrationsOf, path: string): string
  /** What to correct when the folder is not there. */
  misplaced(of: MigrationsOf): string
  /** Applies what the database lacks, where the tool can be asked to. */
  forward?(of: MigrationsOf, path: string): ForwardStep
}
