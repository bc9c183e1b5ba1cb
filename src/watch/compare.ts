import type { ComparedReport, MetricReport, Outcome, RunReport } from '../outcome.ts'
import type { Prometheus } from './prometheus.ts'
import type { Reading } from './reading.ts'

/** Outcomes of runs before and after which there is something to compare. */
const CHANGED: readonly Outcome[] = ['rolled-back', 'restored', 'needs-operator', 'unknown']

/** More metrics than this are a page of their own. */
const MOST = 50

/**
 * Puts what metrics say before and after a run beside each other. It decides nothing and never throws: the first
 * questions are asked while hosts are waited for, the others when the run is over, all at once and for five seconds at
 * most.
 */
export async function compared(
  prometheus: Prometheus,
  metrics: readonly string[],
  cancelled: AbortSignal,
  run: () => Promise<RunReport>,
): Promise<RunReport> {
  const names = metrics.slice(0, MOST)
  const over = new AbortController()
  const before = readAll(prometheus, names, AbortSignal.any([over.signal, cancelled]))
  const report = await run()
  if (!CHANGED.includes(report.outcome)) {
    over.abort()
    return report
  }
  const [was, is] = await Promise.all([before, readAll(prometheus, names, cancelled)])
  return {
    ...report,
    compared: names.map(
      (metric, at): ComparedReport => ({ metric, before: told(was[at]), after: told(is[at]) }),
    ),
  }
}

const NOT_ASKED: Reading = { said: 'not asked' }

const readAll = (
  prometheus: Prometheus,
  metrics: readonly string[],
  signal: AbortSignal,
): Promise<readonly Reading[]> =>
  Promise.all(metrics.map(metric => prometheus.read(metric, signal).catch(() => NOT_ASKED)))

/** JSON has no number that is infinite. */
const told = ({ value, said }: Reading = NOT_ASKED): MetricReport =>
  value === undefined || !Number.isFinite(value) ? { said } : { value, said }
