/** The middle value, and the smallest and the largest. */
export interface Spread {
  readonly median: number
  readonly least: number
  readonly most: number
}

/** @throws RangeError for no values at all. */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)]
  const lower = sorted[Math.floor((sorted.length - 1) / 2)]
  const least = sorted.at(0)
  const most = sorted.at(-1)
  if (upper === undefined || lower === undefined || least === undefined || most === undefined)
    throw new RangeError('no values')
  return { median: (lower + upper) / 2, least, most }
}

/**
 * How much longer `ours` took than `theirs`, run by run: what slowed the machine down for a while slowed both runs of
 * a pair down, so that the ratios scatter less than the times.
 */
export function pairedRatios(ours: readonly number[], theirs: readonly number[]): Spread {
  return spread(
    ours.map((value, run) => {
      const other = theirs[run]
      if (other === undefined) throw new RangeError(`run ${run} has no partner`)
      return value / other
    }),
  )
}
