import type { RunReport } from '../outcome.ts'
import type { Chronicle } from '../rollback/chronicle.ts'
import type { Setting } from '../rollback/setting.ts'
import type { Runbook } from '../runbook/runbook.ts'
import { refuseMissing, SecretNotSet } from '../runbook/secrets.ts'
import { compared } from '../watch/compare.ts'
import { type Prometheus, prometheusAt } from '../watch/prometheus.ts'
import type { Means } from './operate.ts'

type Variables = Pick<Means, 'variables' | 'learn'>

/** The Prometheus of a runbook; undefined when it names none. @throws SecretNotSet */
export function prometheusOf(
  { metrics }: Pick<Runbook, 'metrics'>,
  { variables, learn }: Variables,
): Prometheus | undefined {
  if (metrics === undefined) return undefined
  const { token } = metrics
  if (token === undefined) return prometheusAt(metrics, undefined)
  const { env, position } = token
  const value = variables[env] ?? ''
  if (value === '')
    refuseMissing(new Map([[env, `${position.file}:${position.line}:${position.column} ${env}`]]))
  learn(env, value)
  return prometheusAt(metrics, value)
}

/** Does `run`, and puts what the metrics of the runbook say before and after it beside each other. Never throws on its own. */
export async function comparing(
  { runbook, cancelled }: Pick<Setting, 'runbook' | 'cancelled'>,
  variables: Variables,
  chronicle: Pick<Chronicle, 'warning'>,
  run: () => Promise<RunReport>,
): Promise<RunReport> {
  const names = Object.keys(runbook.metrics?.compare ?? {})
  if (names.length === 0) return await run()
  try {
    const prometheus = prometheusOf(runbook, variables)
    if (prometheus) return await compared(prometheus, names, cancelled, run)
  } catch (error) {
    if (!(error instanceof SecretNotSet)) throw error
    chronicle.warning(
      `The metrics before and after are not compared: ${runbook.metrics?.token?.env} is not set.`,
    )
  }
  return await run()
}
