/** What one look at something brought. */
export interface Reading {
  /** Absent when nothing could be read: that is neither good nor bad, and never taken for 0. */
  readonly value?: number
  /** What was seen, or why nothing was; for people, e.g. `0.62` or `connection refused`. */
  readonly said: string
}

/** A number as people read it: four digits that count, none behind the point of a large one. */
export function shownNumber(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'infinite' : '-infinite'
  return Math.abs(value) >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(4)))
}
