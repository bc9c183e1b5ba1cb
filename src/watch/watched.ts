import { type Lookup, lookupTogether } from '../check/address.ts'
import { judge } from '../check/expect.ts'
import { probeHttp } from '../check/http-probe.ts'
import { looksAtItself } from '../check/look.ts'
import { PROBE_SECONDS } from '../check/runner-check.ts'
import { checkUrl } from '../check/url.ts'
import type { Surroundings } from '../kind/surroundings.ts'
import { type Problem, RunbookInvalid } from '../runbook/problem.ts'
import type { Condition, Trigger } from '../runbook/triggers.ts'
import type { Prometheus } from './prometheus.ts'
import { type Reading, shownNumber } from './reading.ts'
import type { Sight } from './standing.ts'

/** A trigger with the means to look at what it is about. */
export interface Watched {
  readonly trigger: Trigger
  /** `GET /health fails`, `error-rate above 0.5`. */
  readonly title: string
  /** What is looked at; triggers of one source share one look. */
  readonly source: string
  look(signal: AbortSignal): Promise<Reading>
  sight(reading: Reading): Sight
}

/** Everything that a watch looks at. @throws RunbookInvalid when the environment does not allow an address. */
export function watchedOf(
  triggers: readonly Trigger[],
  file: string,
  surroundings: Surroundings,
  prometheus: Prometheus | undefined,
  lookup?: Lookup,
): readonly Watched[] {
  const together = lookupTogether(lookup)
  const misfits = triggers.flatMap(({ when, position }, at): Problem[] => {
    const message = 'http' in when ? misfit(when.http, surroundings) : undefined
    return message === undefined ? [] : [{ position, field: `triggers[${at}].when.http`, message }]
  })
  if (misfits.length > 0) throw new RunbookInvalid(file, misfits)
  return triggers.map(trigger => {
    const { when } = trigger
    const title = titleOf(when)
    if ('http' in when) {
      const url = checkUrl(surroundings.url, when.http)
      return {
        trigger,
        title,
        source: url.href,
        look: signal => lookAtUrl(url, together, signal),
        sight: ({ value }) => (value === undefined ? 'unknown' : value === FAILS ? 'holds' : 'clear'),
      }
    }
    const asked = prometheus
    if (asked === undefined) throw new Error(`there is no Prometheus for the metric ${when.metric}`)
    return {
      trigger,
      title,
      source: when.metric,
      look: signal => asked.read(when.metric, signal),
      sight: ({ value }) => (value === undefined ? 'unknown' : isBeyond(value, when) ? 'holds' : 'clear'),
    }
  })
}

function titleOf(when: Condition): string {
  if ('http' in when) return `GET ${when.http.replace(/\?.*$/s, '?…')} fails`
  return 'above' in when
    ? `${when.metric} above ${shownNumber(when.above)}`
    : `${when.metric} below ${shownNumber(when.below)}`
}

const isBeyond = (value: number, when: Exclude<Condition, { readonly http: string }>): boolean =>
  'above' in when ? value > when.above : value < when.below

function misfit(http: string, surroundings: Surroundings): string | undefined {
  if (http.startsWith('/') && surroundings.url === undefined)
    return `${http} is a path, and the environment has no url to put before it. Give it one, or write the whole URL.`
  return looksAtItself(checkUrl(surroundings.url, http), surroundings)
    ? 'From the runner this address is the runner itself. Give the address that users have.'
    : undefined
}

const FAILS = 1
const ANSWERS = 0

/** One look at an address: whether it answers with a status from 200 to 299. */
async function lookAtUrl(url: URL, lookup: Lookup, signal: AbortSignal): Promise<Reading> {
  let resolving = false
  const answer = await probeHttp(url, {
    timeoutSeconds: PROBE_SECONDS,
    signal,
    async lookup(name) {
      resolving = true
      const addresses = await lookup(name)
      resolving = false
      return addresses
    },
  })
  // What was never sent says nothing of the server; nor does a name server, and no release can mend that.
  if ('trouble' in answer) {
    if (answer.trouble === 'timeout' && resolving) return { said: 'the name server does not answer' }
    if (answer.trouble === 'not-sent' || answer.trouble === 'resolve') return { said: answer.error }
  }
  const { passed, detail } = judge(answer, {}, { to: '', from: '', app: '', environment: '' })
  return { value: passed ? ANSWERS : FAILS, said: detail }
}
