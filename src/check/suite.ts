import type { CheckReport } from '../outcome.ts'
import { type Baseline, evidence } from './baseline.ts'
import { bounded } from './bounded.ts'
import { type Clock, type PollResult, poll } from './poll.ts'
import type { RunnerCheck } from './runner-check.ts'
import type { Variables } from './variables.ts'

export interface SuiteOptions {
  readonly variables: Variables
  /** From `takeBaseline` with the same checks in the same order. */
  readonly baseline?: readonly Baseline[]
  /** For all checks together. */
  readonly deadlineSeconds?: number
  readonly signal?: AbortSignal
  /** Checks at a time. 20 when absent. */
  readonly concurrency?: number
  /** Told of each check as it ends. */
  readonly ended?: (report: CheckReport, result: PollResult) => void
  readonly clock?: Clock
}

export interface SuiteResult {
  /** Every check passed that may fail the run. */
  readonly passed: boolean
  /** One of those fails that did not fail before the switch. */
  readonly againstRelease: boolean
  readonly aborted: boolean
  /** In the order of the checks. */
  readonly reports: readonly CheckReport[]
}

/** Polls all checks side by side until each has passed or is given up. */
export async function runChecks(checks: readonly RunnerCheck[], options: SuiteOptions): Promise<SuiteResult> {
  const { deadlineSeconds, concurrency = 20, signal, clock } = options
  const now = () => clock?.now() ?? performance.now()
  const started = now()
  const looked = await bounded(checks, concurrency, async (check, index) => {
    const result = await poll(cut => check.probe({ variables: options.variables, signal: cut }), {
      ...check.options,
      ...(deadlineSeconds !== undefined && {
        deadlineSeconds: Math.max(0, deadlineSeconds - (now() - started) / 1000),
      }),
      ...(signal && { signal }),
      ...(clock && { clock }),
    })
    const one = reportOf(check, result, options.baseline?.[index])
    options.ended?.(one.report, result)
    return { ...one, decides: check.severity === 'fail' }
  })
  const deciding = looked.filter(one => one.decides)
  return {
    passed: deciding.every(one => one.passed),
    againstRelease: deciding.some(one => one.againstRelease),
    aborted: looked.some(one => one.aborted),
    reports: looked.map(one => one.report),
  }
}

function reportOf(check: RunnerCheck, result: PollResult, baseline: Baseline | undefined) {
  const before = baseline?.standing ?? 'not-run'
  const seen = result.state !== 'aborted' && result.attempts > 0
  const after = result.passed ? 'passed' : seen ? 'failed' : 'not-run'
  const { passed, againstRelease, note } = evidence(before, after)
  // The release that was live may have had a fault of its own: then its failing tells nothing of this one's.
  const other = note !== '' && baseline?.detail !== result.last.detail ? baseline?.detail : undefined
  const remark = other === undefined ? note : `before the switch: ${other}`
  const report: CheckReport = {
    title: check.title,
    from: 'runner',
    status: after === 'failed' && check.severity === 'warn' ? 'warned' : after,
    before,
    attempts: result.attempts,
    seconds: Math.round(result.seconds * 1000) / 1000,
    detail: remark === '' ? result.last.detail : `${result.last.detail} (${remark})`,
    ...(other !== undefined && { beforeDetail: other }),
    proof: result.last.proof,
    ...(result.last.load && { load: result.last.load }),
  }
  return { report, passed, againstRelease, aborted: result.state === 'aborted' }
}
