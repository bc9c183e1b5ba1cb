import * as v from 'valibot'

/**
 * One line of `ledger.jsonl` on a host: what was live when, by whom, with what proof. Lines are only ever added; their
 * order is what counts, `at` is for people, because clocks jump.
 *
 * `started`, `good`, `bad`, `free` are told by `operation: record`; `rolled-back`, `kept`, `undone` are written by the
 * program on the host when a run ends; `bad` and `hold` stand beside `rolled-back`.
 */
export interface LedgerEntry {
  /** Seconds since the epoch, by the host's clock. */
  readonly at: number
  readonly event: 'started' | 'good' | 'bad' | 'free' | 'hold' | 'rolled-back' | 'kept' | 'undone'
  /** The release that the entry is about: for `rolled-back`, `kept`, `undone` the one that is live afterwards. */
  readonly release: string
  readonly commit?: string
  /** For `rolled-back`, `kept`, `undone`: the release that was left. For `started`: the one that was live. */
  readonly from?: string
  readonly rollback?: string
  readonly run?: string
  readonly by?: string
  readonly reason?: string
}

/** In place of a release: `hold` keeps every deploy back, `free` lifts every hold. */
export const EVERY_RELEASE = '*'

// Wider than a release folder's name: tags and digests of images stand in ledgers too.
const word = v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,255}$/))
const words = v.pipe(v.string(), v.maxLength(2000))
const LINE = v.object({
  at: v.pipe(v.number(), v.integer(), v.minValue(0)),
  event: v.picklist(['started', 'good', 'bad', 'free', 'hold', 'rolled-back', 'kept', 'undone']),
  release: word,
  commit: v.exactOptional(word),
  from: v.exactOptional(word),
  rollback: v.exactOptional(word),
  run: v.exactOptional(word),
  by: v.exactOptional(words),
  reason: v.exactOptional(words),
})

/** Reads one line of a ledger; undefined when it is cut, foreign or wrong in any field. Unknown keys are dropped. */
export function parseLedgerLine(text: string): LedgerEntry | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  const read = v.safeParse(LINE, value)
  return read.success ? read.output : undefined
}

/**
 * What follows `{"at":<seconds>,` in a line of the ledger, up to its closing brace; the host puts its own clock in
 * front. ASCII only and below 4,096 bytes, so that no reader cuts it: `by` is cut to 80
 * characters and `reason` to 300.
 */
export function ledgerLine(entry: Omit<LedgerEntry, 'at'>): string {
  const { event, release, commit, from, rollback, run, by, reason } = entry
  const short = (text: string | undefined, most: number) => text?.slice(0, most).toWellFormed()
  const told = { event, release, commit, from, rollback, run, by: short(by, 80), reason: short(reason, 300) }
  const json = JSON.stringify(told)
  const ascii = json.replace(/[^ -~]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return ascii.slice(1)
}
