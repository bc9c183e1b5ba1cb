export interface CheckReport {
  readonly title: string
  /** `runner`, or the name of the host that looked. */
  readonly from: string
  readonly status: 'passed' | 'failed' | 'warned' | 'not-run'
  /** How the same check stood before the switch. */
  readonly before: 'passed' | 'failed' | 'not-run'
  readonly attempts: number
  readonly seconds: number
  /** What was seen last, e.g. `503 Service Unavailable, wanted 200`. */
  readonly detail: string
  /** What was seen before the switch, where the same check failed then, too, and otherwise. */
  readonly beforeDetail?: string
  /** `weak` when nothing in the answer proves which release gave it. */
  readonly proof: 'version' | 'weak'
  /** For `load`: what was measured; left out when no load was put on the address. */
  readonly load?: LoadReport
}

/** Many requests to one address. Times are seconds; they are of requests that were answered well or not in time. */
export interface LoadReport {
  /** Wanted; `made` of them came to an end, of which `failed` did not end well. */
  readonly requests: number
  readonly concurrency: number
  readonly made: number
  readonly failed: number
  /** From the first request to the last answer. */
  readonly seconds: number
  /** Left out, as all below, when there is no time to tell. */
  readonly mean?: number
  readonly p50?: number
  readonly p95?: number
  readonly p99?: number
  readonly slowest?: number
  /** How many requests took at most `upTo`, and longer than the entry before. */
  readonly histogram: readonly { readonly upTo: number; readonly count: number }[]
  /** Why requests failed, the most frequent first. */
  readonly failures: readonly { readonly why: string; readonly count: number }[]
}
