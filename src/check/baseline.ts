import { bounded } from './bounded.ts'
import { poll } from './poll.ts'
import type { RunnerCheck } from './runner-check.ts'
import { beforeSwitch, type Variables } from './variables.ts'

export type Standing = 'passed' | 'failed' | 'not-run'

/** How a check stood before the switch. */
export interface Baseline {
  readonly standing: Standing
  readonly detail: string
}

export interface BaselineOptions {
  /** As for the checks after the switch; the baseline itself puts the release that still serves in place of `to`. */
  readonly variables: Variables
  readonly signal?: AbortSignal
  /** For each check. 3 when absent. */
  readonly seconds?: number
  readonly concurrency?: number
}

/** Looks once at every check before anything is switched; in the order of `checks`. Never fails the run. */
export async function takeBaseline(
  checks: readonly RunnerCheck[],
  options: BaselineOptions,
): Promise<readonly Baseline[]> {
  const { signal, seconds = 3, concurrency = 20 } = options
  const variables = beforeSwitch(options.variables)
  return await bounded(checks.map(lightOf), concurrency, async check => {
    // A little less for the probe than for the whole, so that the word of the probe is what people read.
    const look = (cut: AbortSignal) => check.probe({ variables, signal: cut, withinSeconds: seconds * 0.9 })
    const { state, last } = await poll(look, {
      attempts: 1,
      consecutive: 1,
      deadlineSeconds: seconds,
      ...(signal && { signal }),
    })
    if (state === 'aborted') return { standing: 'not-run', detail: last.detail }
    return { standing: last.passed ? 'passed' : 'failed', detail: last.detail }
  })
}

export interface Evidence {
  readonly passed: boolean
  /** The check passed before and fails now, or was never seen before: the switch is a likely cause. */
  readonly againstRelease: boolean
  /** For the report, after what was seen; empty when there is nothing to add. */
  readonly note: string
}

/** What a check after the switch says about the release, in the light of the same check before it. */
export function evidence(before: Standing, after: Standing): Evidence {
  if (after === 'passed') return { passed: true, againstRelease: false, note: '' }
  if (after === 'not-run') return { passed: false, againstRelease: false, note: '' }
  if (before !== 'failed') return { passed: false, againstRelease: true, note: '' }
  return {
    passed: false,
    againstRelease: false,
    note: 'failed before the switch too: no evidence against the release',
  }
}

/** The checks that have to pass again after an undo: those that passed before the switch, as they were looked at then. */
export const owedAfterUndo = (
  checks: readonly RunnerCheck[],
  baseline: readonly Baseline[],
): readonly RunnerCheck[] => checks.filter((_, index) => baseline[index]?.standing === 'passed').map(lightOf)

const lightOf = (check: RunnerCheck): RunnerCheck => check.light ?? check
