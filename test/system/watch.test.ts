import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { expectOutcome, headline, on, recordOf, seen, told } from '../bundle/story.ts'
import { makeProduction, type Production } from '../support/production.ts'
import { type PrometheusProcess, startPrometheus } from './prometheus.ts'

const ERROR_RATE = 'sum(rate(http_requests_total{code=~"5.."}[2s])) / sum(rate(http_requests_total[2s]))'
const HEALTHY = { releases: ['1', '2', '3'], live: '3' }

let prometheus: PrometheusProcess
beforeEach(async () => {
  prometheus = await startPrometheus()
})
afterEach(() => prometheus?.[Symbol.asyncDispose]())

/** One machine, and triggers of which the first is about the error rate. */
const watching = (action: string, more: { below?: number; query?: string } = {}): Promise<Production> => {
  const { below, query = ERROR_RATE } = more
  const limit = below === undefined ? { above: 0.5 } : { below }
  const trigger = (when: object, lasting: string, then: string) =>
    Object.fromEntries(Object.entries({ when, for: lasting }).concat([['then', then]]))
  return makeProduction({
    machines: { web: HEALTHY },
    runbook: () => ({
      top: {
        metrics: {
          prometheus: prometheus.url,
          compare: { 'error-rate': query, throughput: 'sum(rate(http_requests_total[2s]))' },
        },
        watch: { for: '6s', every: '250ms' },
        triggers: [
          trigger({ metric: 'error-rate', ...limit }, '2s', action),
          trigger({ http: '/healthz', failing: true }, '3s', 'rollback'),
        ],
      },
    }),
  })
}

/** Waits until the application has been scraped often enough for a rate. */
const warm = () => expect.poll(() => prometheus.ask(ERROR_RATE), { timeout: 20_000 }).toBe(0)

const watch = (production: Production, job: Parameters<Production['run']>[1] = {}) =>
  production.run({ operation: 'watch' }, job)

describe('after a deploy, with a Prometheus that counts the errors', () => {
  test('release 3 begins to fail while it is watched: the run takes production back to 2', async () => {
    await warm()
    await using production = await watching('rollback')
    const [{ site }] = production.machines
    // A fault that no health check sees, of release 3 alone.
    let broken = false
    prometheus.load.failing = () => (broken && site.live() === '3' ? 8 : 0)
    const run = await watch(production, {
      onLine: line => {
        broken ||= line.includes('a look every')
      },
    })
    expectOutcome(run, 'rolled-back')
    expect(await seen(production.machines)).toEqual(on(production.machines, '2'))
    expect(run.outputs).toMatchObject({ decision: 'rollback', from: '3', to: '2' })
    expect(headline(run)).toContain('is back on release 2')
    expect(run.main.summary).toMatch(
      /\| ❌ \| error-rate above 0.5 \| 2 s \| `rollback` \| `0\.\d+` \| fired/,
    )
    const { watch: saw, compared, reason, hold } = recordOf(run)
    expect(saw?.triggers.map(({ state }) => state)).toEqual(['fired', 'clear'])
    expect(reason).toContain('the watch saw error-rate above 0.5')
    expect(hold).toMatchObject({ release: '3' })
    expect(compared?.map(({ metric }) => metric)).toEqual(['error-rate', 'throughput'])
    expect(compared?.[0]?.before.value).toBeGreaterThan(0.5)
  })

  test('nothing fails: the watch is green, and production is as it was', async () => {
    await warm()
    await using production = await watching('rollback')
    const run = await watch(production)
    expectOutcome(run, 'watched')
    expect(run.outputs).toMatchObject({ decision: 'none', from: '3' })
    expect(recordOf(run).warnings).toEqual([])
    expect(await seen(production.machines)).toEqual(on(production.machines, '3'))
  })

  test('a person has to decide: the next job can read so, and production is as it was', async () => {
    await warm()
    prometheus.load.failing = () => 8
    await using production = await watching('ask')
    const run = await watch(production)
    expectOutcome(run, 'refused')
    expect(run.outputs.decision).toBe('ask')
    expect(recordOf(run).failure?.code).toBe('RB-DECISION-NEEDED')
    expect(await seen(production.machines)).toEqual(on(production.machines, '3'))
  })

  test('nobody comes at night: no requests are no errors, and no proof that there are few', async () => {
    prometheus.load.requests = 0
    await expect.poll(() => prometheus.ask('sum(rate(http_requests_total[2s]))'), { timeout: 20_000 }).toBe(0)
    await using production = await watching('rollback', { below: 0.1 })
    const run = await watch(production)
    expectOutcome(run, 'watched')
    expect(recordOf(run).watch?.triggers[0]).toMatchObject({ state: 'unseen', seen: 'no number (NaN)' })
    expect(headline(run)).toContain('1 of 2 never seen')
  })

  test('Prometheus goes down while errors are many: nothing is rolled back by what nobody saw', async () => {
    await warm()
    prometheus.load.failing = () => 8
    await using production = await watching('rollback')
    let killed = false
    const run = await watch(production, {
      onLine: line => {
        if (killed || !line.includes('when that lasts')) return
        killed = true
        void prometheus.kill()
      },
    })
    expect(killed).toBe(true)
    expectOutcome(run, 'watched')
    expect(recordOf(run).warnings).toEqual([
      expect.stringMatching(/brought nothing; the last one: connection refused/),
    ])
    expect(await seen(production.machines)).toEqual(on(production.machines, '3'))
  })

  test('a query that Prometheus can not read is told before anything is watched', async () => {
    await using production = await watching('rollback', { query: 'summ(up)' })
    const run = await watch(production)
    expectOutcome(run, 'refused')
    expect(recordOf(run).failure).toMatchObject({
      code: 'RB-METRIC',
      message: expect.stringContaining('unknown function with name'),
    })
    expect(told(run)).not.toContain('a look every')
  })
})
