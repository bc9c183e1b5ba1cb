/** A table that belongs to a message: what each host has, which migrations are unknown, … */
export interface Table {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/**
 * Something is wrong and nothing was changed because of it. Every decision that a person on call has to make has a
 * subclass of its own, beside the code that finds it out; nothing ever looks at the words of a message.
 */
export abstract class Refusal extends Error {
  /** Stable name for searching the docs, e.g. `RB-LOCK-HELD`. */
  abstract readonly code: string
  /** What to do now, one imperative sentence each. */
  readonly remedy: readonly string[]
  readonly table: Table | undefined

  constructor(message: string, remedy: readonly string[] = [], table?: Table, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.remedy = remedy
    this.table = table
  }
}

/** A message without its last sentence, that nothing was changed, for where that is said already or is not so. */
export const withoutReassurance = (message: string): string => message.replace(/ Nothing was changed\.$/, '')
