// How much a host may say in one conversation. What is kept of it is bounded elsewhere; this ends one that never stops,
// which would hold a run up and fill its log. A day of heartbeats is 25 MB, a step's output at most 64 KiB.
const MOST_SAID = 64 * 1024 * 1024
/** What a line costs beside its text: even empty ones take time to read. */
const LINE = 256
/** Lines of the journal of one run. A step writes about eight. */
const MOST_JOURNAL = 10_000

/** Counts what a host says, and tells when that is more than any host has to say. */
export class Said {
  #characters = 0
  #journal = 0

  /** @returns why nothing more is listened to, once that is so. */
  line(text: string): string | undefined {
    this.#characters += text.length + LINE
    return this.#characters > MOST_SAID
      ? `it said more than ${MOST_SAID / 1024 / 1024} MiB, and would not stop`
      : undefined
  }

  /** The same of one more line of a journal. */
  journal(): string | undefined {
    this.#journal += 1
    return this.#journal > MOST_JOURNAL
      ? `its journal has more than ${MOST_JOURNAL.toLocaleString('en')} lines, which no run writes`
      : undefined
  }

  /** So many lines of the journal were told in an earlier conversation. */
  journalSeen(lines: number): void {
    this.#journal = Math.max(this.#journal, lines)
  }
}
