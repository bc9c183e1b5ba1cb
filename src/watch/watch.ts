import { unlessAborted } from '../check/abortable.ts'
import type { Clock } from '../check/poll.ts'
import { ACTIONS, type Action, type Trigger, type WatchSpan } from '../runbook/triggers.ts'
import type { Reading } from './reading.ts'
import { hasLasted, isPending, observe, type Standing, UNSEEN } from './standing.ts'
import type { Watched } from './watched.ts'

/** How a trigger stands, with what was seen of it. */
export interface TriggerState {
  readonly watched: Watched
  readonly standing: Standing
  /** What the last look said. */
  readonly said: string
  /** Seconds after the beginning at which it fired last. */
  readonly firedAt?: number
}

/** How a watch ended. */
export interface Watching {
  /** `over`: nothing fired that ends it. */
  readonly end: 'over' | 'cancelled' | Exclude<Action, 'watch'>
  /** What ended it, where something fired. */
  readonly by?: TriggerState
  /** In the order of the triggers. */
  readonly states: readonly TriggerState[]
  /** For how long it did watch. */
  readonly seconds: number
}

export interface WatchOptions {
  readonly span: Required<Span>
  readonly signal: AbortSignal
  readonly clock: Pick<Clock, 'now' | 'sleep'>
  /** Told when a trigger stands otherwise than at the look before. */
  changed?(before: TriggerState, now: TriggerState): void
}

/** Seconds. */
interface Span {
  readonly for: number
  readonly every: number
}

/** Seconds between two looks, where nobody says and no trigger asks for more. */
const EVERY = 15

/** Looks in the time of the shortest trigger, where nobody says. */
const LOOKS = 4

/** What a runbook leaves open: the longest trigger and a tenth, so that what begins a little late is seen to its end. */
export function spanOf({ for: whole, every }: WatchSpan, triggers: readonly Trigger[]): Span {
  const times = triggers.map(({ for: seconds }) => seconds)
  return {
    for: whole ?? Math.max(...times) * 1.1,
    every: every ?? Math.max(0.1, Math.min(EVERY, Math.min(...times) / LOOKS)),
  }
}

/**
 * Looks at all triggers, over and over, until the time is over or one fires that ends it; the strongest of several that
 * fire at once. What holds when the time is over is followed until it ends or fires.
 */
export async function keepWatch(all: readonly Watched[], options: WatchOptions): Promise<Watching> {
  const { span, signal, clock, changed } = options
  const began = clock.now()
  const elapsed = () => (clock.now() - began) / 1000
  const longest = Math.max(...all.map(({ trigger }) => trigger.for))
  let states: readonly TriggerState[] = all.map(watched => ({ watched, standing: UNSEEN, said: '' }))
  // Of what begins after the end, nobody will see whether it lasts.
  let followed: readonly number[] | undefined
  try {
    for (let tick = 0; ; tick++) {
      const due = tick * span.every
      if (due > elapsed()) await clock.sleep(due - elapsed(), signal)
      const at = elapsed()
      const readings = await lookAtAll(all, signal)
      const before = states
      states = before.map((state, index) => after(state, readings[index], at))
      states.forEach((now, index) => {
        const earlier = before[index]
        if (earlier && isNews(earlier, now)) changed?.(earlier, now)
      })
      const by = ACTIONS.flatMap(action =>
        action === 'watch' ? [] : states.filter(state => state.firedAt === at && actionOf(state) === action),
      )[0]
      if (by) return { end: actionOf(by) === 'rollback' ? 'rollback' : 'ask', by, states, seconds: elapsed() }
      if (at >= span.for) {
        followed = states.flatMap((state, index) =>
          (followed === undefined || followed.includes(index)) && mayStillEndIt(state) ? [index] : [],
        )
        if (followed.length === 0 || at >= span.for + longest)
          return { end: 'over', states, seconds: elapsed() }
      }
      // Looks that took long are not made up for.
      tick = Math.max(tick, Math.ceil(elapsed() / span.every) - 1)
    }
  } catch (error) {
    if (signal.aborted) return { end: 'cancelled', states, seconds: elapsed() }
    throw error
  }
}

const actionOf = ({ watched }: TriggerState): Action => watched.trigger.action

const mayStillEndIt = (state: TriggerState): boolean =>
  actionOf(state) !== 'watch' && isPending(state.standing)

/** One look at each source, all at once. */
async function lookAtAll(all: readonly Watched[], signal: AbortSignal): Promise<readonly Reading[]> {
  const looks = new Map<string, Promise<Reading>>()
  for (const { source, look } of all) if (!looks.has(source)) looks.set(source, look(signal))
  const nothing: Reading = { said: 'nobody looked' }
  return await unlessAborted(
    Promise.all(all.map(async ({ source }) => (await looks.get(source)) ?? nothing)),
    signal,
  )
}

function after(
  { watched, standing, firedAt }: TriggerState,
  reading: Reading | undefined,
  at: number,
): TriggerState {
  const { trigger } = watched
  const seen = reading ?? { said: 'nobody looked' }
  const next = observe(standing, watched.sight(seen), at, trigger.for)
  // Once it has fired, only what began anew fires again.
  const already = firedAt !== undefined && hasLasted(standing, trigger.for)
  const fires = next.sight === 'holds' && hasLasted(next, trigger.for) && !already
  const fired = fires ? at : firedAt
  return { watched, standing: next, said: seen.said, ...(fired !== undefined && { firedAt: fired }) }
}

const isNews = (before: TriggerState, now: TriggerState): boolean =>
  now.firedAt !== before.firedAt ||
  // That all is well at first is no news.
  (before.standing.looks === 0
    ? now.standing.sight !== 'clear'
    : now.standing.sight !== before.standing.sight)
