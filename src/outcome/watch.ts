/** What a watch saw, and what came of it. */
export interface WatchReport {
  /** What the triggers ask for: `none` as long as none fired that asks for something. */
  readonly decision: 'none' | 'ask' | 'rollback'
  /** Seconds for which it was to watch, and did. */
  readonly for: number
  readonly seconds: number
  /** Seconds between two looks. */
  readonly every: number
  /** In the order of the runbook. */
  readonly triggers: readonly TriggerReport[]
}

export interface TriggerReport {
  /** `GET /health fails`, `error-rate above 0.5`. */
  readonly when: string
  /** Seconds for which it had to hold. */
  readonly for: number
  /** `then` of the runbook. */
  readonly action: 'rollback' | 'ask' | 'watch'
  /** `unseen`: no look brought anything; `blind`: the last one did not. */
  readonly state: 'fired' | 'holds' | 'clear' | 'blind' | 'unseen'
  /** What the last look said. */
  readonly seen: string
  /** The longest time, in seconds, for which it was seen to hold. */
  readonly held: number
  readonly looks: number
  /** Looks that brought nothing. */
  readonly blind: number
}

/** A metric before and after a run. It decides nothing. */
export interface ComparedReport {
  readonly metric: string
  readonly before: MetricReport
  readonly after: MetricReport
}

export interface MetricReport {
  /** Absent when there was no number, or an infinite one. */
  readonly value?: number
  /** The number as people read it, or why there is none. */
  readonly said: string
}
