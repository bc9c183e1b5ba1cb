import { rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { freePort, serve } from '../check/serve.ts'
import { type BenchOptions, makeBench } from './fixture.ts'

/** Nobody may be called: whoever tries fails the test. */
const silent = { open: () => Promise.reject(new Error('a host was called')) }

const HASTY = { for: '1s', every: '100ms' }
const ERRORS = { metric: 'errors', above: 0.5 }

/** Answers for Prometheus with what `value` says; undefined is no data. */
const startMetrics = async (value: (asked: number) => string | undefined) => {
  let asked = 0
  const { url } = await serve((_, response) => {
    const number = value(asked++)
    const result = number === undefined ? [] : [{ metric: {}, value: [1, number] }]
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }))
  })
  return { prometheus: url.href, compare: { errors: 'up' } }
}

const trigger = (when: object, action: string) =>
  // A literal with `then` would look like a promise.
  Object.fromEntries(Object.entries({ when, for: '300ms' }).concat([['then', action]]))

const benchOf = (triggers: readonly object[], top: object = {}, more: BenchOptions = {}) =>
  makeBench({ ...more, top: { watch: HASTY, triggers, ...top } })

const BROKEN = { releases: ['1', '2', '3'], live: '3', broken: ['3'] }
const UNWELL = { http: '/healthz', failing: true }

describe('what is wrong is told before any host is looked at', () => {
  test('there are no triggers', async () => {
    await using bench = await makeBench()
    expect(await bench.ask({ operation: 'watch' }, silent)).toMatchObject({
      outcome: 'refused',
      failure: { code: 'RB-NO-TRIGGERS', remedy: [expect.stringContaining('triggers: [')] },
    })
  })

  test.each([
    ['rollback', true],
    ['ask', false],
    ['watch', false],
  ])('the phrase that a rollback would need, where a trigger says %s: %s', async (action, asked) => {
    await using bench = await benchOf([trigger(UNWELL, action)], {}, { environment: { confirm: 'shop' } })
    const watching = bench.ask({ operation: 'watch' }, asked ? silent : {})
    if (asked) await expect(watching).rejects.toMatchObject({ code: 'RB-CONFIRM' })
    else expect(await watching).toMatchObject({ outcome: 'watched' })
  })

  test('the secret of a rollback, and that of Prometheus', async () => {
    const rollback = { start: [{ run: 'true', env: ['TOKEN'] }] }
    await using bench = await benchOf([trigger(UNWELL, 'rollback')], {}, { rollback })
    await expect(bench.ask({ operation: 'watch' }, silent)).rejects.toMatchObject({
      code: 'RB-SECRET-NOT-SET',
    })
    const metrics = { prometheus: 'http://127.0.0.1:9', token: { env: 'PROM' }, compare: { errors: 'up' } }
    await using other = await benchOf([trigger(ERRORS, 'ask')], { metrics })
    expect(await other.ask({ operation: 'watch' }, silent)).toMatchObject({
      failure: { code: 'RB-SECRET-NOT-SET', message: expect.stringMatching(/rollbook\.yml:1:\d+ PROM/) },
    })
  })

  test('a path, where the environment has no address', async () => {
    await using bench = await benchOf([trigger(UNWELL, 'ask')], {}, { environment: { url: undefined } })
    expect(await bench.ask({ operation: 'watch' }, silent)).toMatchObject({
      outcome: 'refused',
      failure: { code: 'RB-RUNBOOK', message: expect.stringContaining('triggers[0].when.http') },
    })
  })

  test('a query that Prometheus does not take', async () => {
    const { url } = await serve((_, response) => {
      response.writeHead(400).end('{"status":"error","errorType":"bad_data","error":"no such function"}')
    })
    const metrics = { prometheus: url.href, compare: { errors: 'summ(up)' } }
    await using bench = await benchOf([trigger(ERRORS, 'ask')], { metrics })
    expect(await bench.ask({ operation: 'watch' }, silent)).toMatchObject({
      outcome: 'refused',
      failure: { code: 'RB-METRIC', message: expect.stringContaining('no such function') },
    })
  })

  test('that a rollback would have nowhere to go', async () => {
    const site = { releases: ['1'], live: '1' }
    await using bench = await benchOf([trigger(UNWELL, 'rollback')], {}, { site })
    const report = await bench.ask({ operation: 'watch' })
    expect(report).toMatchObject({ outcome: 'refused', phases: [{ name: 'Look' }] })
    expect(report.watch).toBeUndefined()
  })

  test('that what it would go back to is live', async () => {
    await using bench = await benchOf([trigger(UNWELL, 'rollback')])
    await bench.ask({ operation: 'record', state: 'good' })
    expect(await bench.ask({ operation: 'watch', target: 'last-good' })).toMatchObject({
      outcome: 'refused',
      failure: { code: 'RB-NOTHING-BEHIND' },
    })
  })
})

describe('a watch', () => {
  test('does not go further back than a rollback went, and leaves it to a person', async () => {
    const metrics = await startMetrics(() => '0.9')
    await using bench = await benchOf([trigger(ERRORS, 'rollback')], { metrics })
    expect(await bench.ask({ operation: 'watch' })).toMatchObject({
      outcome: 'rolled-back',
      from: '3',
      to: '2',
    })
    expect(await bench.ask({ operation: 'watch' })).toMatchObject({
      outcome: 'refused',
      watch: { decision: 'ask' },
      failure: {
        code: 'RB-DECISION-NEEDED',
        message: expect.stringContaining('2 is live because a rollback went there'),
      },
    })
    expect(bench.site.live()).toBe('2')
    await bench.ask({ operation: 'record', state: 'good' })
    expect(await bench.ask({ operation: 'watch' })).toMatchObject({ outcome: 'rolled-back', to: '1' })
  })

  test('that sees nothing is green, has touched no host, and says what it saw', async () => {
    const metrics = await startMetrics(() => '0.1')
    await using bench = await benchOf([trigger(UNWELL, 'rollback'), trigger(ERRORS, 'ask')], { metrics })
    const report = await bench.ask({ operation: 'watch' })
    expect(report).toMatchObject({
      outcome: 'watched',
      from: '3',
      to: '3',
      warnings: [],
      watch: {
        decision: 'none',
        every: 0.1,
        for: 1,
        triggers: [
          { when: 'GET /healthz fails', for: 0.3, action: 'rollback', state: 'clear', seen: '200 OK' },
          { when: 'errors above 0.5', state: 'clear', seen: '0.1', blind: 0 },
        ],
      },
    })
    expect(bench.stages).toEqual([])
    expect(await bench.ledger()).toEqual([])
  })

  test('rolls back in the same run when a condition lasts: the whole rollback, for that reason', async () => {
    await using bench = await benchOf([trigger(UNWELL, 'rollback')], {}, { site: BROKEN })
    const report = await bench.ask({ operation: 'watch', reason: 'after deploy 3' })
    expect(report).toMatchObject({
      outcome: 'rolled-back',
      operation: 'rollback',
      from: '3',
      to: '2',
      reason: expect.stringMatching(
        /^after deploy 3 \(the watch saw GET \/healthz fails \(500 .*\) for 300 ms\)$/,
      ),
      watch: { decision: 'rollback', triggers: [{ state: 'fired' }] },
      hold: { release: '3' },
    })
    expect(bench.site.live()).toBe('2')
    expect(bench.stages.at(-1)).toBe('settled')
    const [, entry] = await bench.ledger()
    expect(entry).toMatchObject({ reason: report.reason, run: report.run })
  })

  test('measures the rollback, not the time that it watched', async () => {
    await using bench = await benchOf(
      [trigger(UNWELL, 'rollback')],
      {},
      { site: BROKEN, rollback: { rto: '10m' } },
    )
    const report = await bench.ask({ operation: 'watch' })
    expect(report.rtoMet).toBe(true)
    expect(report.phases.map(({ name }) => name)).not.toContain('Watch')
  })

  test('rolls back by a metric, and shows it before and after', async () => {
    let back = false
    const metrics = await startMetrics(() => (back ? '0.01' : '0.9'))
    await using bench = await benchOf([trigger(ERRORS, 'rollback')], { metrics })
    const report = await bench.ask(
      { operation: 'watch' },
      {
        remember(stage) {
          if (stage === 'settled') back = true
        },
      },
    )
    expect(report).toMatchObject({
      outcome: 'rolled-back',
      compared: [
        { metric: 'errors', before: { value: 0.9, said: '0.9' }, after: { value: 0.01, said: '0.01' } },
      ],
    })
  })

  test('leaves it to a person: red, with what to press, and nothing is changed', async () => {
    const metrics = await startMetrics(() => '0.9')
    await using bench = await benchOf([trigger(ERRORS, 'ask')], { metrics })
    const report = await bench.ask({ operation: 'watch' }, silent)
    expect(report).toMatchObject({
      outcome: 'refused',
      watch: { decision: 'ask', triggers: [{ state: 'fired', seen: '0.9' }] },
      failure: {
        code: 'RB-DECISION-NEEDED',
        message: expect.stringContaining('errors above 0.5 (0.9) for 300 ms'),
        remedy: [expect.stringContaining('`operation: rollback`'), expect.stringContaining('To stay')],
      },
    })
    expect(bench.site.live()).toBe('3')
  })

  test('goes on after a warning', async () => {
    const metrics = await startMetrics(() => '0.9')
    await using bench = await benchOf([trigger(ERRORS, 'watch')], { metrics })
    const report = await bench.ask({ operation: 'watch' }, silent)
    expect(report).toMatchObject({
      outcome: 'watched',
      watch: { decision: 'none', triggers: [{ state: 'fired', action: 'watch' }] },
    })
    expect(report.warnings).toEqual([expect.stringContaining('errors above 0.5')])
    expect(report.watch?.seconds).toBeGreaterThanOrEqual(1)
  })

  test('takes no data for neither good nor bad: it does not fire by them, and says so', async () => {
    const metrics = await startMetrics(() => undefined)
    const below = { metric: 'errors', below: 0.5 }
    await using bench = await benchOf([trigger(below, 'rollback'), trigger(UNWELL, 'rollback')], { metrics })
    const report = await bench.ask({ operation: 'watch' })
    expect(report).toMatchObject({
      outcome: 'watched',
      watch: { triggers: [{ state: 'unseen', seen: 'no data' }, { state: 'clear' }] },
    })
    expect(report.warnings).toEqual([expect.stringContaining('never seen')])
  })

  test('that saw nothing at all is not green', async () => {
    const metrics = { prometheus: `http://127.0.0.1:${await freePort()}`, compare: { errors: 'up' } }
    await using bench = await benchOf([trigger(ERRORS, 'ask')], { metrics })
    expect(await bench.ask({ operation: 'watch' }, silent)).toMatchObject({
      outcome: 'refused',
      failure: {
        code: 'RB-NOTHING-SEEN',
        table: { rows: [['errors above 0.5', expect.any(String), expect.stringContaining('refused')]] },
      },
    })
  })

  /** Errors begin when something has been done in the middle of the watch. */
  const inTheMiddle = async () => {
    let asked = 0
    let done = false
    const metrics = await startMetrics(at => {
      asked = at
      return done ? '0.9' : '0.1'
    })
    return {
      top: { metrics, watch: { for: '1m', every: '100ms' } },
      // The first question is asked before the watch begins.
      begun: () => expect.poll(() => asked, { timeout: 20_000 }).toBeGreaterThan(0),
      done: () => {
        done = true
      },
    }
  }

  test('does not go back from what somebody has made live meanwhile', async () => {
    const story = await inTheMiddle()
    await using bench = await benchOf([trigger(ERRORS, 'rollback')], story.top)
    const watching = bench.ask({ operation: 'watch' })
    await story.begun()
    await rm(join(bench.site.path, 'current'))
    await symlink('releases/2', join(bench.site.path, 'current'))
    story.done()
    expect(await watching).toMatchObject({
      outcome: 'refused',
      failure: { code: 'RB-LIVE-MOVED' },
      watch: { decision: 'rollback' },
    })
    expect(bench.site.live()).toBe('2')
  })

  test('is not green when it fired, and what it would go back to had become what is live', async () => {
    const story = await inTheMiddle()
    await using bench = await benchOf([trigger(ERRORS, 'rollback')], story.top)
    await bench.ask({ operation: 'record', state: 'good', target: '2' })
    const watching = bench.ask({ operation: 'watch', target: 'last-good' })
    await story.begun()
    await bench.ask({ operation: 'record', state: 'good' })
    story.done()
    expect(await watching).toMatchObject({
      outcome: 'refused',
      failure: { code: 'RB-NOTHING-BEHIND' },
      watch: { decision: 'rollback' },
    })
  })

  test('ends when a person cancels it', async () => {
    await using bench = await benchOf([trigger(UNWELL, 'ask')], { watch: { for: '10m', every: '100ms' } })
    const cancel = new AbortController()
    setTimeout(() => cancel.abort(), 250)
    expect(await bench.ask({ operation: 'watch' }, { cancelled: cancel.signal })).toMatchObject({
      outcome: 'refused',
      failure: { code: 'RB-CANCELLED' },
      watch: { decision: 'none' },
    })
  })
})

describe('a rollback that nobody watched', () => {
  test('has its metrics before and after, too', async () => {
    const metrics = await startMetrics(() => '0.9')
    await using bench = await makeBench({ top: { metrics } })
    expect(await bench.ask()).toMatchObject({
      outcome: 'rolled-back',
      compared: [{ metric: 'errors', before: { value: 0.9 } }],
    })
  })

  test('does without them when their token is not there', async () => {
    const metrics = { prometheus: 'http://127.0.0.1:9', token: { env: 'PROM' }, compare: { errors: 'up' } }
    await using bench = await makeBench({ top: { metrics } })
    const report = await bench.ask()
    expect(report).toMatchObject({ outcome: 'rolled-back', warnings: [expect.stringContaining('PROM')] })
    expect(report.compared).toBeUndefined()
  })

  test('is told the token before it is used', async () => {
    const metrics = { ...(await startMetrics(() => '1')), token: { env: 'PROM' } }
    await using bench = await makeBench({ top: { metrics } })
    await bench.ask({}, { variables: { PROM: 'hush-hush' } })
    expect(new Set(bench.learned)).toEqual(new Set(['hush-hush']))
  })
})
