/** The order in which a rollback runs, whatever the order in the file. `diagnose` runs only when something failed. */
export const PHASES = ['backup', 'stop', 'switch', 'start', 'verify', 'resume', 'diagnose'] as const
export type Phase = (typeof PHASES)[number]

/** A place in the runbook, for messages: 1-based, `file` as the user knows it. */
export interface Position {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** Something that stands in a runbook, and that this version can't act on yet. */
export interface Later {
  readonly kind: string
  readonly position: Position
}

/** A secret that the runner makes of others, so that a step is given what it reads and nothing else. */
export interface MadeSecret {
  /** What the step knows it by. */
  readonly name: string
  /** The secrets that it is made of, and where the runbook names them. */
  readonly of: readonly { readonly name: string; readonly position: Position }[]
  /**
   * @returns its value, and what else must never be shown because of it.
   * @throws Refusal that names the secret at fault, and none of its value.
   */
  make(values: ReadonlyMap<string, string>): { readonly value: string; readonly hidden: readonly string[] }
}

/** One entry of a phase: a kind with its value, the kind's own options, and the modifiers that every kind takes. */
export interface Item {
  readonly kind: string
  /** Validated by the schema of the kind. */
  readonly value: unknown
  /** Keys beside the kind that belong to the kind alone (`lines` of `tail`, `expect` of `http`), validated. */
  readonly options: Readonly<Record<string, unknown>>
  readonly on?: string | undefined
  readonly as?: string | undefined
  /** Seconds. */
  readonly timeout?: number | undefined
  readonly undo?: string | undefined
  readonly severity: 'fail' | 'warn'
  readonly in?: string | undefined
  /** Names of the secrets that the item may read. */
  readonly env: readonly string[]
  /** Those of them that are not given to us as they are. */
  readonly made?: readonly MadeSecret[] | undefined
  /** What keeps this version from doing it, though it knows the kind. */
  readonly later?: readonly Later[] | undefined
  readonly position: Position
}

/** Whether a value that the loader has read is an item. */
export const isItem = (value: unknown): value is Item =>
  typeof value === 'object' && value !== null && 'kind' in value && 'position' in value

/** An item and all that it holds, such as the alternatives of `any`. */
export const withHeld = (item: Item): readonly Item[] => [
  item,
  ...(Array.isArray(item.value) ? item.value.filter(isItem).flatMap(withHeld) : []),
]
