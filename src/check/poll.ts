import { setTimeout as sleepReal } from 'node:timers/promises'
import { unlessAborted } from './abortable.ts'
import type { Verdict } from './expect.ts'

/** How patient a check is. */
export interface Patience {
  /** Tries; a try ends with its first failing probe, or with `consecutive` passing ones. 10 when absent. */
  readonly attempts?: number | undefined
  /** Seconds between tries. When absent: 0.25, doubling up to 5, less a random part of up to a half. */
  readonly every?: number | undefined
  /** Probes in a row, one directly after the other, that have to pass. 3 when absent. */
  readonly consecutive?: number | undefined
}

export interface PollOptions extends Patience {
  /** Nothing is looked at any more after this, and a probe under way is cut off. */
  readonly deadlineSeconds?: number
  readonly signal?: AbortSignal
  readonly clock?: Clock
}

/** Time, for tests that can't wait. */
export interface Clock {
  /** Milliseconds of a clock that only goes forward. */
  now(): number
  sleep(seconds: number, signal: AbortSignal): Promise<void>
  /** 0 up to 1. */
  random(): number
}

export interface PollResult {
  /** `inconclusive` is no success: some probes passed, never enough in a row. `aborted` says nothing at all. */
  readonly state: 'passed' | 'failed' | 'inconclusive' | 'aborted'
  readonly passed: boolean
  readonly attempts: number
  readonly seconds: number
  /** The last probe, its detail put in the light of the whole. */
  readonly last: Verdict
  /** The last ten probes, oldest first. */
  readonly history: readonly Look[]
}

export interface Look extends Verdict {
  /** Seconds since the polling began, when the probe ended. */
  readonly at: number
}

const HISTORY = 10
const FIRST_WAIT = 0.25
const LONGEST_WAIT = 5

/** The time that everybody has. */
export const realClock: Clock = {
  now: () => performance.now(),
  sleep: async (seconds, signal) => {
    await sleepReal(seconds * 1000, undefined, { signal })
  },
  random: () => Math.random(),
}

/**
 * Probes at once, and again until enough probes in a row pass, the tries are used up, the deadline passes or the signal
 * is aborted. Ends within milliseconds of an abort, whatever the probe does.
 *
 * @throws only what `probe` throws on its own account.
 */
export async function poll(
  probe: (signal: AbortSignal) => Promise<Verdict>,
  options: PollOptions = {},
): Promise<PollResult> {
  const { attempts = 10, consecutive = 3, deadlineSeconds = Number.POSITIVE_INFINITY } = options
  const clock = options.clock ?? realClock
  const started = clock.now()
  const elapsed = () => (clock.now() - started) / 1000
  const deadline = new AbortController()
  const timer = Number.isFinite(deadlineSeconds)
    ? setTimeout(() => deadline.abort(), deadlineSeconds * 1000)
    : undefined
  const signal = AbortSignal.any([deadline.signal, ...(options.signal ? [options.signal] : [])])

  const history: Look[] = []
  let probes = 0
  let passes = 0
  let attempt = 0
  let last: Verdict = { passed: false, detail: 'no verdict', proof: 'weak' }

  /** One try. */
  const passesInARow = async (): Promise<boolean> => {
    for (let row = 0; row < consecutive; row++) {
      last = await unlessAborted(probe(signal), signal)
      probes++
      if (last.passed) passes++
      history.push({ at: elapsed(), ...last })
      if (history.length > HISTORY) history.shift()
      if (!last.passed) return false
    }
    return true
  }
  const result = (state: PollResult['state'], detail: string): PollResult => ({
    state,
    passed: state === 'passed',
    attempts: attempt,
    seconds: elapsed(),
    last:
      state === 'passed'
        ? last
        : { passed: false, detail, proof: 'weak', ...(last.load && { load: last.load }) },
    history,
  })
  const notPassed = (why: string): PollResult =>
    passes === 0
      ? result('failed', `${last.detail}${why}`)
      : result(
          'inconclusive',
          `inconclusive: ${passes} of ${probes} probes passed, never ${consecutive} in a row; last: ${last.detail}${why}`,
        )

  try {
    if (deadlineSeconds <= 0) deadline.abort()
    signal.throwIfAborted()
    while (attempt < attempts) {
      if (attempt > 0) {
        const wait = waitBefore(attempt, options.every, clock)
        if (elapsed() + wait >= deadlineSeconds) return notPassed(tooLate(deadlineSeconds))
        await clock.sleep(wait, signal)
      }
      attempt++
      if (await passesInARow()) return result('passed', last.detail)
    }
    return notPassed('')
  } catch (error) {
    if (options.signal?.aborted)
      return result('aborted', `stopped before there was a verdict; last: ${last.detail}`)
    if (deadline.signal.aborted) return notPassed(tooLate(deadlineSeconds))
    throw error
  } finally {
    clearTimeout(timer)
  }
}

/** Seconds before the try after number `attempt`. The random part keeps many runners from probing in step. */
function waitBefore(attempt: number, every: number | undefined, clock: Clock): number {
  if (every !== undefined) return every
  const full = Math.min(FIRST_WAIT * 2 ** (attempt - 1), LONGEST_WAIT)
  return full * (1 - clock.random() / 2)
}

const tooLate = (seconds: number): string => ` (no time left of ${seconds} s)`
