import { COMPUTED } from './deeds.ts'
import type { SqlToken } from './sql-tokens.ts'

/** A part of a statement that is read from its start on. */
export class SqlPhrase {
  readonly #tokens: readonly SqlToken[]
  #at = 0

  constructor(tokens: readonly SqlToken[]) {
    this.#tokens = tokens
  }

  get ended(): boolean {
    return this.#at >= this.#tokens.length
  }

  /** Goes on behind these words, when they are what comes next. */
  takes(...words: readonly string[]): boolean {
    const next = this.#tokens.slice(this.#at, this.#at + words.length)
    const fits = words.every((word, at) => next[at]?.kind === 'word' && next[at].text === word)
    if (fits) this.#at += words.length
    return fits
  }

  /** The name that comes next, without the schema in front of it. */
  named(): string {
    const name = this.#tokens[this.#at]?.name
    if (name === undefined) return COMPUTED
    this.#at++
    const dot = this.#tokens[this.#at]
    if (dot?.kind !== 'mark' || dot.text !== '.') return name
    this.#at++
    return this.named()
  }

  /** All that is left. */
  rest(): readonly SqlToken[] {
    return this.#tokens.slice(this.#at)
  }
}
