// What is kept of an answer, so that a host can't fill our memory. The longest fact is one value of a plan.
const MOST_FACTS = 5000
const LONGEST_FACT = 65_536
/** Bytes of all facts of one answer together. */
const LONGEST_ANSWER = 4_194_304

/** The last fact of an answer of which something was dropped: what its reader must not take for the whole. */
export const CUT = 'cut'

/** The facts that came so far. */
export class KeptAnswer {
  readonly #facts: string[] = []
  /** Bytes that may still come; below 0 once something was dropped. */
  #room = LONGEST_ANSWER

  get facts(): readonly string[] {
    return this.#facts
  }

  /** Keeps one more, as long as there is room for it; nothing behind the first that was dropped is kept. */
  add(fact: string): void {
    if (this.#room < 0) return
    const text = fact.slice(0, LONGEST_FACT)
    this.#room = this.#facts.length < MOST_FACTS ? this.#room - Buffer.byteLength(text) : -1
    this.#facts.push(this.#room < 0 ? CUT : text)
  }
}

/** What came so far of texts that are longer than one line, by the message that they belong to. */
export class Pieces {
  readonly #texts = new Map<number, string>()

  add(message: number, piece: string): void {
    const text = this.#texts.get(message) ?? ''
    if (text.length < LONGEST_FACT) this.#texts.set(message, text + piece)
  }

  take(message: number): string {
    const text = this.#texts.get(message) ?? ''
    this.#texts.delete(message)
    return text
  }
}
