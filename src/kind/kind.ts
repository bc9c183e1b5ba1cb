import type * as v from 'valibot'
import type { RunnerCheck } from '../check/runner-check.ts'
import type { Variables } from '../check/variables.ts'
import type { Databases } from '../database/database.ts'
import type { Question } from '../engine/greeting.ts'
import type { ShellFiles } from '../engine/shell.ts'
import type { ComponentReport, RecoveryReport } from '../outcome.ts'
import type { Seen } from '../release/facts.ts'
import type { Choice } from '../release/resolve.ts'
import type { Served } from '../serving/question.ts'
import type { Item, Phase } from './item.ts'
import type { Surroundings } from './surroundings.ts'

/**
 * One word that an item of a runbook can start with. What the project supports is a table of these (`table.ts`); the
 * loader, the JSON Schema, the planner and the docs read the table and know no kind by name.
 */
export interface Kind {
  readonly name: string
  /** Phases in which the kind may stand. */
  readonly phases: readonly Phase[]
  /** Schema of what stands behind the kind's word. */
  readonly value: v.GenericSchema
  /** Keys beside the kind's word that only this kind takes. */
  readonly options: v.ObjectEntries
  /** The value is a list of items of these kinds, each with options and modifiers of its own (`any`). */
  readonly holds?: readonly Kind[]
  /** One sentence for the docs table and for editors. */
  readonly says: string
  /** What a person sees when no `as` is given, e.g. `reload nginx`. */
  title(item: Item): string
  /** What is wrong with an item in a phase that the schemas can't say: one sentence, or undefined. */
  problem?(item: Item, phase: Phase): string | undefined
  /** What else its file is called after, when nothing but the line of the item tells that file from others of the run. */
  namedByLine?(item: Item): string | undefined
  /**
   * The item with what the database that it names says of itself, such as the host that it is on and the secret that
   * opens it; one sentence when it can't be had.
   */
  adopt?(item: Item, databases: Databases): Item | string
  /**
   * One item that does what both do, when the two, one after the other in the same phase, would do something twice;
   * undefined when each has to be done for itself. Both are of this kind.
   */
  join?(one: Item, other: Item): Item | undefined
  /** What makes an item impossible in an environment: one sentence, or undefined. */
  misfit?(item: Item, surroundings: Surroundings): string | undefined
  /** `runner`, `host` (each host that the item is for), or the name of one host; `host` when absent. */
  looksFrom?(item: Item): string
  readonly onHost?: HostSide
  /**
   * What its runs leave on a host besides backups, so that they can be undone: `status` shows it, `prune` takes what is
   * older than the newest runs. Shell functions `<name>_left`, which tells each with `tell_left`, and `<name>_remove`,
   * which takes one away after it has looked once more whether it is ours; both are called with `about` first
   * (`leaving/left.sh`). `name` is whose functions they are, where they are another kind's.
   *
   * @param secrets those that this operation was given, by the names that steps know them by.
   */
  leaves?(
    item: Item,
    secrets?: ReadonlyMap<string, string>,
  ): { readonly shell: ShellFiles; readonly about: readonly string[]; readonly name?: string }
  /** How the runner looks; asked only when `looksFrom` says `runner`. */
  fromRunner?(item: Item, place: RunnerPlace): RunnerCheck
  readonly component?: Component
}

/** What a kind does on a host: shell functions `<name>_ready`, `_state`, `_do` and `_undo`, and their data. */
export interface HostSide {
  readonly shell: ShellFiles
  /** Seconds that each of its steps may take when the runbook does not say; those of its phase when absent. */
  timeout?(item: Item): number
  /** One entry for each step that the item becomes on this host. */
  steps(item: Item, place: Place): readonly HostStep[]
  /** What the `_undo` of a step with this data would do, in words for a plan. */
  back?(data: Readonly<Record<string, string>>): string
  /** What a run whose step had this data leaves to people: a sentence each, in which backticks mark names and commands. */
  followUps?(data: Readonly<Record<string, string>>, left: LeftBy): readonly string[]
}

/** The run that a step was of. */
export interface LeftBy {
  readonly run: string
  /** Absolute path of the state folder on the host. */
  readonly stateFolder: string
  /** Where the run ended on this host: on its target, where it began, or in between. */
  readonly ended: 'there' | 'back' | 'between'
}

export interface HostStep {
  /** Read by the functions as `arg_<name>`. */
  readonly data: Readonly<Record<string, string>>
  /** When the item becomes several steps: which one this is. */
  readonly title?: string
  /** Alternatives that this step calls by number; their numbers arrive as `arg_of`. */
  readonly inner?: readonly Item[]
}

/** Where, and between which releases, a step runs. */
export interface Place {
  readonly run: string
  /** Absolute path of the state folder on the host. */
  readonly stateFolder: string
  /** Base of paths in checks. */
  readonly url: string | undefined
  /** For `$ROLLBOOK_…` in expected values. */
  readonly variables: Variables
  /** What the component of the item found out about this host. */
  readonly data: Readonly<Record<string, string>>
}

export type RunnerPlace = Pick<Place, 'url' | 'variables'>

/** What a component says of itself to whoever looks. */
export type Shown = Omit<ComponentReport, 'kind'>

export type Recovery = Omit<RecoveryReport, 'host'>

/** Something that has releases and can be taken back to one. */
export interface Component {
  /** It goes where the runbook says, whatever the target is. */
  readonly fixed?: boolean
  /**
   * What is asked on each host that the item is for.
   *
   * @param target as it was asked for; empty when nothing is to be resolved, only told what is there.
   * @param secrets those that this operation was given, by the names that steps know them by.
   */
  question(item: Item, target: string, secrets?: ReadonlyMap<string, string>): Question
  /** The release that is live on this host. @throws Refusal */
  live(item: Item, facts: Seen): string
  /** The only names that a target can have for it; undefined where its releases can have any. Pure. */
  names?(item: Item): readonly string[] | undefined
  /** Which release this host would go to. Pure. @throws Refusal */
  resolve(item: Item, facts: Seen, target: string): Choice
  /** What `status` tells of it on this host, where links say nothing of it. Pure. Where something is wrong, `problem` says it. */
  shows?(item: Item, facts: Seen): Shown
  /**
   * What is there now, as names with values that are the same only as long as it is the same; `live` under its title
   * when absent. Pure. @throws Refusal
   */
  identity?(item: Item, facts: Seen): Readonly<Record<string, string>>
  /** The backup that it would be restored from: how old it is, and what it holds. Pure. */
  recovers?(item: Item, facts: Seen): Recovery | undefined
  /** The link that a step with this data switches between releases, when processes may still run from the other one. */
  serves?(data: Readonly<Record<string, string>>): Served | undefined
  /** Data of the switch for this host, once the release is agreed. @param anyway what is missing was accepted. */
  data(item: Item, facts: Seen, choice: Choice, anyway: boolean): Readonly<Record<string, string>>
}
