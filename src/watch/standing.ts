/** What a look says of a condition; `unknown` when it could not be looked at. */
export type Sight = 'holds' | 'clear' | 'unknown'

/** How a condition stands after the looks so far. Times are seconds of one clock. */
export interface Standing {
  /** The last look. */
  readonly sight: Sight
  /** When that was. */
  readonly at: number
  /** For how long it was seen to hold without a look at which it did not. */
  readonly held: number
  /** The longest of these times. */
  readonly longest: number
  readonly looks: number
  /** Looks that brought nothing. */
  readonly blind: number
  /** When the looks that brought nothing began, as long as they go on. */
  readonly blindSince?: number
}

/** Before the first look. */
export const UNSEEN: Standing = {
  sight: 'unknown',
  at: Number.NEGATIVE_INFINITY,
  held: 0,
  longest: 0,
  looks: 0,
  blind: 0,
}

/**
 * How a condition stands after one more look. Only time between two looks that both saw it hold counts. A look that
 * brought nothing is neither good nor bad: the time stands still, and begins anew after a gap as long as `lasting`.
 */
export function observe(before: Standing, sight: Sight, at: number, lasting: number): Standing {
  const looks = before.looks + 1
  if (sight === 'unknown') {
    const blindSince = before.blindSince ?? at
    const held = at - blindSince >= lasting ? 0 : before.held
    return { ...before, sight, at, held, looks, blind: before.blind + 1, blindSince }
  }
  const { blindSince: _, ...seen } = before
  const held = sight === 'clear' ? 0 : before.sight === 'holds' ? before.held + at - before.at : before.held
  return { ...seen, sight, at, held, longest: Math.max(before.longest, held), looks }
}

/** Timers wake a moment early. */
const EARLY = 0.01

/** Whether it was seen to hold for as long as it must not. */
export const hasLasted = ({ held }: Standing, lasting: number): boolean => held >= lasting - EARLY

/** Whether it may still come to that: it was seen to hold, and not to end. */
export const isPending = ({ sight, held }: Standing): boolean => sight === 'holds' || held > 0
