// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g

/** A line of the probe: the word that says what it is about, and the rest. */
export interface FactLine {
  readonly word: string
  /** Cut to 4,096 characters, without control characters: `?` stands for each. */
  readonly text: string
  /** False when `text` isn't what the host sent; a name or a path is then worth nothing. */
  readonly exact: boolean
}

export function readFactLine(line: string): FactLine {
  const [, word = '', rest = ''] = /^([a-z-]{1,20})(?: (.*))?$/s.exec(line) ?? []
  const text = rest.slice(0, 4096).replace(CONTROL, '?')
  // U+FFFD is where bytes were not UTF-8, so it stands for something else.
  return { word, text, exact: text === rest && !text.includes('\ufffd') }
}

/** Facts that are said once, each in its form; what comes again or has another form is not taken. */
export class Once<Word extends string> {
  readonly #forms: ReadonlyMap<string, RegExp>
  readonly #said = new Map<string, readonly string[]>()

  constructor(forms: Readonly<Record<Word, RegExp>>) {
    this.#forms = new Map(Object.entries<RegExp>(forms))
  }

  take({ word, text, exact }: FactLine): boolean {
    const found = exact && !this.#said.has(word) ? this.#forms.get(word)?.exec(text) : undefined
    if (!found) return false
    this.#said.set(word, found.slice(1))
    return true
  }

  /** What the groups of the form matched; empty when it was never said. */
  of(word: Word): readonly string[] {
    return this.#said.get(word) ?? []
  }
}

/** An absolute path, as one group. */
export const PATH = /^(\/.*)$/
/** Whole numbers that JavaScript holds exactly; `-` is unknown. */
export const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
