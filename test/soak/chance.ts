/** Numbers that look random and are the same for the same seed. */
export interface Chance {
  /** From 0 up to, not including, `limit`. */
  below(limit: number): number
  pick<T>(all: readonly T[]): T
}

/** Mulberry32, which is small and good enough to choose moments with. */
export function chance(seed: number): Chance {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    below: limit => next() * limit,
    pick(all) {
      const chosen = all[Math.floor(next() * all.length)]
      if (chosen === undefined) throw new Error('there is nothing to choose from')
      return chosen
    },
  }
}
