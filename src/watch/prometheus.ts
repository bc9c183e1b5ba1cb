import * as v from 'valibot'
import { type Lookup, lookupTogether } from '../check/address.ts'
import { probeHttp } from '../check/http-probe.ts'
import { shownText } from '../check/shown.ts'
import { Refusal } from '../refusal.ts'
import type { Metrics } from '../runbook/metrics.ts'
import { type Reading, shownNumber } from './reading.ts'

/** Prometheus answers, and will not give what is asked for: a query that it can't read, a token that it does not take. */
class MetricRefused extends Refusal {
  readonly code = 'RB-METRIC'
}

/** A Prometheus that was named in a runbook. */
export interface Prometheus {
  /** Asks for one metric. Never throws, but for the reason of the signal. */
  read(metric: string, signal: AbortSignal): Promise<Reading>
  /**
   * Asks for it once before it is relied on.
   *
   * @returns what was read; a Prometheus that can't be reached is a reading without a value.
   * @throws MetricRefused when it answers and asking again would not help.
   */
  prove(metric: string, signal: AbortSignal): Promise<Reading>
}

/** Seconds for one question. */
const PATIENCE = 5

type Answered =
  | { readonly is: 'read'; readonly reading: Reading }
  | { readonly is: 'away'; readonly why: string }
  | { readonly is: 'refused'; readonly why: string; readonly remedy: string }

/**
 * @param token value of the secret that the runbook names for it.
 * @param lookup of its name, of which one at a time is under way, however many questions there are.
 */
export function prometheusAt(
  { prometheus, compare }: Metrics,
  token: string | undefined,
  lookup?: Lookup,
): Prometheus {
  const base = new URL(prometheus)
  const together = lookupTogether(lookup)
  base.pathname = `${base.pathname.replace(/\/+$/, '')}/api/v1/query`

  const ask = async (metric: string, signal: AbortSignal): Promise<Answered> => {
    const url = new URL(base)
    url.search = new URLSearchParams({ query: compare[metric] ?? '', timeout: `${PATIENCE}s` }).toString()
    const answer = await probeHttp(url, {
      timeoutSeconds: PATIENCE,
      lookup: together,
      headers: { accept: 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      signal,
    })
    if (!('trouble' in answer)) return judged(answer.status, answer.body)
    return answer.trouble === 'not-sent' || answer.trouble === 'redirect'
      ? { is: 'refused', why: answer.error, remedy: LOOK_AT_URL }
      : { is: 'away', why: answer.error }
  }
  return {
    async read(metric, signal) {
      const answered = await ask(metric, signal)
      return answered.is === 'read' ? answered.reading : { said: answered.why }
    },
    async prove(metric, signal) {
      const answered = await ask(metric, signal)
      if (answered.is === 'read') return answered.reading
      if (answered.is === 'away') return { said: answered.why }
      throw new MetricRefused(
        `The metric ${metric} can't be read from ${base.origin}: ${answered.why}. Nothing was changed.`,
        [answered.remedy],
      )
    },
  }
}

const LOOK_AT_URL =
  'Look at `metrics.prometheus` in the runbook: it is the address under which its page opens.'
const LOOK_AT_QUERY = 'Try the query on the page of Prometheus, and correct it in `metrics.compare`.'
const ONE_NUMBER = 'Make it one number, in `metrics.compare`: put `sum(…)`, `avg(…)` or `max(…)` around it.'

// https://prometheus.io/docs/prometheus/latest/querying/api/#expression-query-result-formats
const sample = v.tuple([v.number(), v.string()])
const success = v.object({
  status: v.literal('success'),
  warnings: v.optional(v.array(v.string()), []),
  data: v.variant('resultType', [
    v.object({ resultType: v.literal('vector'), result: v.array(v.object({ value: sample })) }),
    v.object({ resultType: v.literal('scalar'), result: sample }),
    v.object({ resultType: v.picklist(['matrix', 'string']), result: v.unknown() }),
  ]),
})
const failure = v.object({ status: v.literal('error'), errorType: v.string(), error: v.string() })

/**
 * Warnings about how the query is written. All others are of data that could not be had, such as from a store that is away:
 * the number that is there all the same is of the rest alone.
 */
const OF_THE_QUERY = /^PromQL (warning|info):/

/** What an answer comes to. Pure. */
export function judged(status: number, body: string): Answered {
  const json = parsed(body)
  const good = v.safeParse(success, json)
  if (status === 200 && good.success) {
    const partial = good.output.warnings.find(warning => !OF_THE_QUERY.test(warning))
    return partial === undefined
      ? readingOf(good.output.data)
      : { is: 'read', reading: { said: `not all of the data: "${shownText(partial)}"` } }
  }
  if (status === 401 || status === 403)
    return {
      is: 'refused',
      why: `it answers ${status}`,
      remedy:
        'Give it a token that may ask: `metrics: { token: { env: NAME } }`, with NAME set for the step.',
    }
  const bad = v.safeParse(failure, json)
  const why = bad.success
    ? `it says "${shownText(bad.output.error)}"`
    : status === 200
      ? 'what answers is not Prometheus'
      : `it answers ${status}`
  // The faults of a moment: too much to do, out of time, being restarted.
  if (status >= 500 || status === 429) return { is: 'away', why }
  return { is: 'refused', why, remedy: bad.success ? LOOK_AT_QUERY : LOOK_AT_URL }
}

function readingOf(data: v.InferOutput<typeof success>['data']): Answered {
  if (data.resultType === 'scalar') return { is: 'read', reading: numberOf(data.result[1]) }
  if (data.resultType !== 'vector')
    return { is: 'refused', why: `the query gives a ${data.resultType}`, remedy: ONE_NUMBER }
  const [first, ...others] = data.result
  if (others.length > 0)
    return { is: 'refused', why: `the query gives ${others.length + 1} numbers`, remedy: ONE_NUMBER }
  return { is: 'read', reading: first ? numberOf(first.value[1]) : { said: 'no data' } }
}

/** Where nothing divides nothing, such as errors by requests at night, there is no number. */
function numberOf(text: string): Reading {
  const value =
    text === '+Inf' ? Number.POSITIVE_INFINITY : text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text)
  return text.trim() === '' || Number.isNaN(value)
    ? { said: 'no number (NaN)' }
    : { value, said: shownNumber(value) }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
