import * as v from 'valibot'
import type { ItemOf } from '../kind/item-of.ts'
import type { Kind } from '../kind/kind.ts'
import { duration, map, textOf, whole } from '../kind/shape.ts'
import type { Surroundings } from '../kind/surroundings.ts'
import { judge, type Verdict } from './expect.ts'
import { pathOrUrlProblem } from './http.ts'
import { probeHttp } from './http-probe.ts'
import type { LoadLimits } from './load-judge.ts'
import type { Load } from './load-run.ts'
import { fromRunner, LOOK, looksAtItself, patienceOf } from './look.ts'
import { type Patience, poll } from './poll.ts'
import type { Glance, RunnerCheck } from './runner-check.ts'
import { checkUrl } from './url.ts'

/** Seconds for all requests of a load where `timeout` says nothing, and at most. */
const SECONDS = 60
const MOST_SECONDS = 600

/** Seconds for one request; the time that a person at a screen gives up after. */
const SECONDS_EACH = 10

const value = textOf('Expected a path such as /healthz, or a URL.', pathOrUrlProblem)
const expect = v.pipe(
  map({
    mean: v.optional(duration),
    p50: v.optional(duration),
    p95: v.optional(duration),
    p99: v.optional(duration),
    failed: v.optional(whole(0, 100_000)),
  }),
  v.check(given => Object.keys(given).length > 0, 'Expected at least one of mean, p50, p95, p99, failed.'),
)
const options = {
  requests: v.optional(whole(1, 100_000), 1000),
  concurrency: v.optional(whole(1, 500), 10),
  expect: v.optional(expect, { failed: 0 }),
  from: LOOK.from,
  attempts: LOOK.attempts,
  every: LOOK.every,
}
type LoadItem = ItemOf<typeof value, typeof options>

const title = ({ value, options: { requests, concurrency } }: LoadItem): string =>
  `${requests} × GET ${value.replace(/\?.*$/s, '?…')}, ${concurrency} at a time`

export const load = {
  name: 'load',
  phases: ['verify'],
  value,
  options,
  says: 'Measures how fast an address answers many requests, from the runner, after the switch.',
  title,
  looksFrom: () => 'runner',
  fromRunner(item: LoadItem, { url }): RunnerCheck {
    const { value, options, severity, timeout } = item
    const { requests, concurrency, expect } = options
    const patience = patienceOf(options)
    const address = checkUrl(url, value)
    const seconds = timeout ?? SECONDS
    const load = { requests, concurrency, seconds, secondsEach: SECONDS_EACH, failed: expect.failed ?? 0 }
    const once = { severity, options: { attempts: 1, consecutive: 1 }, url: address }
    const one = (glance: Glance) => lookOnce(address, glance)
    const heading = item.as ?? title(item)
    return {
      ...once,
      title: heading,
      probe: glance => probe(address, { load, limits: expect, patience }, glance),
      light: { ...once, options: patience, title: `${heading}: one of them`, probe: one },
    }
  },
  problem({ options: { requests, concurrency, from }, timeout }: LoadItem) {
    if (!fromRunner(from)) return 'A load is put on from the runner only. Leave "from" out.'
    if (concurrency > requests) return `${concurrency} at a time are more than the ${requests} requests.`
    return timeout !== undefined && timeout > MOST_SECONDS
      ? 'A load takes at most 10m: give it a shorter "timeout".'
      : undefined
  },
  misfit({ value }: LoadItem, surroundings: Surroundings) {
    if (value.startsWith('/') && surroundings.url === undefined) {
      return `${value} is a path, and the environment has no url to put before it. Give it one, or write the whole URL.`
    }
    return looksAtItself(checkUrl(surroundings.url, value), surroundings)
      ? 'From the runner this address is the runner itself. Write the address that users have.'
      : undefined
  },
} as const satisfies Kind

/** A redirect is not followed: under a load it would be measured in place of the page behind it. */
async function lookOnce(url: URL, { variables, signal, withinSeconds }: Glance): Promise<Verdict> {
  const timeoutSeconds = Math.min(SECONDS_EACH, withinSeconds ?? SECONDS_EACH)
  const answer = await probeHttp(url, { timeoutSeconds, followRedirects: false, signal })
  return judge(answer, {}, variables)
}

interface Trial {
  readonly load: Load
  readonly limits: LoadLimits
  /** For the first answer; the load itself is put on once. */
  readonly patience: Patience
}

/** Waits until the address answers at all, and only then puts the load on it. */
async function probe(url: URL, { load, limits, patience }: Trial, glance: Glance): Promise<Verdict> {
  const { signal } = glance
  const look = (cut: AbortSignal) => lookOnce(url, { ...glance, signal: cut })
  const awake = await poll(look, { ...patience, consecutive: 1, signal })
  signal.throwIfAborted()
  if (!awake.passed) {
    return { ...awake.last, passed: false, detail: `no load was put on it: ${awake.last.detail}` }
  }
  // Loaded only by those who ask for it.
  const [{ putLoad }, { judgeLoad }] = await Promise.all([import('./load-run.ts'), import('./load-judge.ts')])
  return judgeLoad(await putLoad(url, load, { signal }), load, limits)
}
