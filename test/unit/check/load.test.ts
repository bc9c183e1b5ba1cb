import { describe, expect, test } from 'vitest'
import { owedAfterUndo, takeBaseline } from '../../../src/check/baseline.ts'
import { load as kind } from '../../../src/check/load.ts'
import { judgeLoad, loadReport } from '../../../src/check/load-judge.ts'
import { type Load, type LoadRun, putLoad } from '../../../src/check/load-run.ts'
import type { RunnerCheck } from '../../../src/check/runner-check.ts'
import { runChecks } from '../../../src/check/suite.ts'
import { isItem } from '../../../src/kind/item.ts'
import { load as loadRunbook, refusal, runbook } from '../runbook/fixture.ts'
import { freePort, serve } from './serve.ts'

const variables = { to: '41', from: '42', app: 'shop', environment: 'production' }

/** The check that a line of a runbook becomes. */
function check(line: string, url: URL): RunnerCheck {
  const { rollbacks } = loadRunbook(runbook(`verify: [ { load: /healthz, ${line} } ]`))
  const item = rollbacks.release?.phases.verify[0]
  if (!isItem(item)) throw new Error('no item')
  return kind.fromRunner(item as Parameters<typeof kind.fromRunner>[0], { url: url.href, variables })
}

describe('a release that serves under a load', () => {
  test('passes, with each request made once, so many at a time, on connections that are kept', async () => {
    let [asked, under, most] = [0, 0, 0]
    const { url, connections } = await serve((_, response) => {
      asked++
      under++
      most = Math.max(most, under)
      setTimeout(() => {
        under--
        response.end('ok')
      }, 2)
    })
    const {
      passed,
      reports: [report],
    } = await runChecks([check('requests: 200, concurrency: 5, expect: { mean: 5s, p99: 9s }', url)], {
      variables,
    })
    expect(passed).toBe(true)
    expect(asked).toBe(201)
    expect(most).toBe(5)
    expect(connections()).toBe(6)
    expect(report).toMatchObject({
      title: '200 × GET /healthz, 5 at a time',
      status: 'passed',
      attempts: 1,
      detail: expect.stringMatching(/^mean .*, p50 .*, p95 .*, p99 .*, 0 of 200 failed$/),
      load: { requests: 200, concurrency: 5, made: 200, failed: 0, failures: [] },
    })
    const { histogram = [], p50 = 0, p99 = 0, slowest = 0 } = report?.load ?? {}
    expect(histogram.reduce((sum, { count }) => sum + count, 0)).toBe(200)
    expect(p50).toBeGreaterThan(0.001)
    expect(p99).toBeGreaterThanOrEqual(p50)
    expect(slowest).toBeGreaterThanOrEqual(p99)
  })

  test('too slow is told with both numbers, and keeps what was measured', async () => {
    const { url } = await serve((_, response) => setTimeout(() => response.end(), 20))
    const { passed, reports } = await runChecks(
      [check('requests: 20, concurrency: 10, expect: { mean: 1ms, p95: 2ms }', url)],
      { variables },
    )
    expect(passed).toBe(false)
    expect(reports[0]?.detail).toMatch(
      /^mean [\d.]+ ms, wanted at most 1 ms; p95 [\d.]+ ms, wanted at most 2 ms \(/,
    )
    expect(reports[0]?.load?.made).toBe(20)
  })

  test('a warning is no failure', async () => {
    const { url } = await serve((_, response) => setTimeout(() => response.end(), 5))
    const result = await runChecks(
      [check('requests: 2, concurrency: 1, expect: { mean: 1ms }, severity: warn', url)],
      { variables },
    )
    expect(result).toMatchObject({ passed: true, reports: [{ status: 'warned', load: { made: 2 } }] })
  })
})

describe('a server that closes connections', () => {
  test('all idle ones at once, as it does when it reloads: no request has failed', async () => {
    // Each of the first ten connections is good for two requests, and is then found closed.
    const served = new Map<unknown, number>()
    const { url } = await serve((request, response) => {
      const { socket } = request
      const number = (served.get(socket) ?? 0) + 1
      served.set(socket, number)
      if (number > 2 && served.size <= 11) socket.resetAndDestroy()
      else response.end('ok')
    })
    const { passed, reports } = await runChecks([check('requests: 100, concurrency: 10', url)], { variables })
    expect(reports[0]?.load).toMatchObject({ made: 100, failed: 0, failures: [] })
    expect(passed).toBe(true)
  })

  test('one that was opened for the request, without an answer: that request has failed', async () => {
    let asked = 0
    const { url } = await serve((request, response) => {
      if (asked++ === 1) request.socket.resetAndDestroy()
      else response.end('ok')
    })
    const { reports } = await runChecks([check('requests: 5, concurrency: 1', url)], { variables })
    expect(reports[0]?.load).toMatchObject({ failed: 1 })
  })
})

describe('requests that fail', () => {
  test('fast errors do not make a release look fast', async () => {
    let asked = 0
    const { url } = await serve((_, response) => response.writeHead(asked++ % 20 === 19 ? 503 : 200).end())
    const { passed, reports } = await runChecks(
      [check('requests: 100, concurrency: 4, expect: { mean: 5s }', url)],
      { variables },
    )
    expect(passed).toBe(false)
    expect(reports[0]).toMatchObject({
      detail: expect.stringContaining('5 failed, 503 Service Unavailable, wanted none ('),
      load: { made: 100, failed: 5, failures: [{ why: '503 Service Unavailable', count: 5 }] },
    })
    const allowed = check('requests: 100, concurrency: 4, expect: { failed: 6 }', url)
    expect(await runChecks([allowed], { variables })).toMatchObject({ passed: true })
  })

  test('a site that breaks under it is not beaten any longer', async () => {
    let asked = 0
    const { url } = await serve((_, response) => response.writeHead(asked++ === 0 ? 200 : 500).end())
    const { reports } = await runChecks([check('requests: 1000, concurrency: 5', url)], { variables })
    expect(reports[0]?.detail).toContain('it was stopped after 10')
    expect(asked).toBeLessThan(120)
  })

  test('connections that are dropped count, and have no time', async () => {
    let asked = 0
    const { url } = await serve((request, response) => {
      if (asked++ % 10 === 5) request.socket.destroy()
      else response.end()
    })
    const gentle: Load = { requests: 50, concurrency: 1, seconds: 30, secondsEach: 5, failed: 50 }
    const run = await putLoad(url, gentle, { signal: new AbortController().signal })
    expect(loadReport(run, gentle)).toMatchObject({ made: 50, failed: expect.any(Number) })
    expect(run.ended).toBe('all')
    for (const { why, seconds } of run.shots) if (why !== undefined) expect(seconds).toBeUndefined()
  })

  test('an answer that does not come counts with the time that it was waited for', async () => {
    let asked = 0
    const { url } = await serve((_, response) => {
      if (asked++ !== 3) response.end()
    })
    const stalled: Load = { requests: 20, concurrency: 2, seconds: 30, secondsEach: 0.3, failed: 0 }
    const run = await putLoad(url, stalled, { signal: new AbortController().signal })
    const report = loadReport(run, stalled)
    expect(report).toMatchObject({ made: 20, failed: 1, failures: [{ why: 'no answer within 0.3 s' }] })
    expect(report.slowest).toBeGreaterThanOrEqual(0.29)
  })

  test('when the time is up, it says how far it got', async () => {
    const { url } = await serve((_, response) => setTimeout(() => response.end(), 50))
    const { reports } = await runChecks([check('requests: 100000, concurrency: 2, timeout: 300ms', url)], {
      variables,
    })
    expect(reports[0]?.detail).toMatch(/the time was up after 0\.3 s with \d+ of 100,000 requests/)
  })

  test('a person who cancels is heard at once', async () => {
    const cancel = new AbortController()
    const { url } = await serve((_, response) => {
      response.end()
      setTimeout(() => cancel.abort(), 20)
    })
    const result = await runChecks([check('requests: 100000, concurrency: 1', url)], {
      variables,
      signal: cancel.signal,
    })
    expect(result).toMatchObject({ passed: false, aborted: true })
  })
})

describe('a site that struggles', () => {
  test('gets one request before the switch, and none of the load while it does not answer', async () => {
    let asked = 0
    const { url } = await serve((_, response) => {
      asked++
      response.writeHead(503).end()
    })
    const [before] = await takeBaseline([check('requests: 1000, concurrency: 10', url)], { variables })
    expect(before).toMatchObject({ standing: 'failed', detail: '503 Service Unavailable, wanted 200-299' })
    expect(asked).toBe(1)
  })

  test('that never answers is told so, and no load is put on it', async () => {
    const port = await freePort()
    const { reports } = await runChecks(
      [check('attempts: 2, every: 10ms', new URL(`http://127.0.0.1:${port}/`))],
      { variables },
    )
    expect(reports[0]).toMatchObject({
      status: 'failed',
      detail: expect.stringMatching(/^no load was put on it: connection refused/),
    })
    expect(reports[0]?.load).toBeUndefined()
  })

  test('that starts slowly is waited for', async () => {
    let asked = 0
    const { url } = await serve((_, response) => response.writeHead(asked++ < 2 ? 502 : 200).end())
    const result = await runChecks([check('requests: 10, concurrency: 2', url)], { variables })
    expect(result).toMatchObject({ passed: true, reports: [{ load: { made: 10, failed: 0 } }] })
  })

  test('is asked lightly again after an undo', async () => {
    let asked = 0
    const { url } = await serve((_, response) => {
      asked++
      response.end()
    })
    const checks = [check('requests: 1000, concurrency: 10', url)]
    const owed = owedAfterUndo(checks, await takeBaseline(checks, { variables }))
    expect(await runChecks(owed, { variables })).toMatchObject({ passed: true })
    expect(asked).toBe(4)
  })
})

test('a redirect is not measured in place of the page behind it', async () => {
  const { url } = await serve((_, response) => response.writeHead(302, { location: '/sign-in' }).end())
  const { reports } = await runChecks([check('attempts: 1', url)], { variables })
  expect(reports[0]?.detail).toBe('no load was put on it: 302 Found, wanted 200-299')
})

test('the numbers are those of a textbook', () => {
  const shots = Array.from({ length: 100 }, (_, at) => ({ seconds: (at + 1) / 1000 }))
  const run: LoadRun = { shots: shots.reverse(), seconds: 1, ended: 'all' }
  const load: Load = { requests: 100, concurrency: 1, seconds: 60, secondsEach: 10, failed: 0 }
  const report = loadReport(run, load)
  expect(report).toMatchObject({ mean: 0.0505, p50: 0.05, p95: 0.095, p99: 0.099, slowest: 0.1 })
  expect(report.histogram).toEqual([
    { upTo: 0.001, count: 1 },
    { upTo: 0.002, count: 1 },
    { upTo: 0.005, count: 3 },
    { upTo: 0.01, count: 5 },
    { upTo: 0.02, count: 10 },
    { upTo: 0.05, count: 30 },
    { upTo: 0.1, count: 50 },
  ])
  expect(judgeLoad(run, load, { mean: 0.0505, p99: 0.099 }).passed).toBe(true)
  expect(judgeLoad(run, load, { mean: 0.0504 }).passed).toBe(false)
})

describe('what cannot be is refused with the line that it stands on', () => {
  test.each([
    ['requests: 100001', 'Expected a whole number from 1 to 100000.'],
    ['concurrency: 501', 'Expected a whole number from 1 to 500.'],
    ['requests: 5, concurrency: 10', '10 at a time are more than the 5 requests.'],
    ['from: host', 'A load is put on from the runner only.'],
    ['from: web-1', 'A load is put on from the runner only.'],
    ['timeout: 11m', 'A load takes at most 10m'],
    ['expect: { means: 200ms }', 'Did you mean "mean"?'],
    ['expect: { mean: 200 }', 'Did you mean 200s?'],
    ['expect: { p90: 1s }', 'Did you mean "p50"?'],
    ['request: 10', 'Did you mean "requests"?'],
    ['consecutive: 3', 'Unknown key.'],
    ['expect: {}', 'Expected at least one of mean, p50, p95, p99, failed.'],
  ])('%s', (line, words) => {
    const { message } = refusal(runbook(`verify: [ { load: /healthz, ${line} } ]`))
    expect(message).toContain(words)
    expect(message).toMatch(/rollbook\.yml:10:\d+/)
  })
})
