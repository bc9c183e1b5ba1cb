import { describe, expect, test } from 'vitest'
import { evidence, owedAfterUndo, takeBaseline } from '../../../src/check/baseline.ts'
import {
  anyCheck,
  type CheckBasics,
  httpCheck,
  type RunnerCheck,
  tcpCheck,
} from '../../../src/check/runner-check.ts'
import { runChecks } from '../../../src/check/suite.ts'
import { afterUndo, type Variables } from '../../../src/check/variables.ts'
import { freePort, type Serving, serve } from './serve.ts'

const variables: Variables = { to: '41', from: '42', app: 'shop', environment: 'production' }
const quick = { attempts: 3, every: 0.01 }
const named = (title: string, given: Partial<CheckBasics> = {}): CheckBasics => ({
  title,
  severity: 'fail',
  options: quick,
  ...given,
})

/** A shop whose release can be switched; `/old` has been broken for weeks, `/new` does not exist in release 41. */
async function shop() {
  const state = { live: '42' }
  const serving = await serve((request, response) => {
    if (request.url === '/release') response.end(JSON.stringify({ release: state.live }))
    else if (request.url === '/ok') response.end('ok')
    else response.writeHead(request.url === '/new' && state.live === '42' ? 200 : 500).end()
  })
  return { serving, state }
}

const at = (serving: Serving, path: string) => new URL(path, serving.url)

test('a rollback that works: the version is proven, and the report has what people read', async () => {
  const { serving, state } = await shop()
  const checks = [
    httpCheck(named('GET /release'), at(serving, '/release'), { json: { release: '$ROLLBOOK_TO' } }),
    tcpCheck(named('port'), '127.0.0.1', serving.port),
  ]
  const baseline = await takeBaseline(checks, { variables })
  state.live = '41'
  const result = await runChecks(checks, { variables, baseline })
  expect(result).toMatchObject({ passed: true, againstRelease: false, aborted: false })
  expect(result.reports[0]).toEqual({
    title: 'GET /release',
    from: 'runner',
    status: 'passed',
    before: 'passed',
    attempts: 1,
    seconds: expect.any(Number),
    detail: '200 OK, names 41',
    proof: 'version',
  })
  expect(result.reports[1]).toMatchObject({ status: 'passed', proof: 'weak' })
})

test('the flip worked but the old process still serves: it answers 200 and does not pass', async () => {
  const { serving } = await shop()
  const checks = [
    httpCheck(named('GET /release'), at(serving, '/release'), { json: { release: '$ROLLBOOK_TO' } }),
  ]
  const baseline = await takeBaseline(checks, { variables })
  const result = await runChecks(checks, { variables, baseline })
  expect(result).toMatchObject({ passed: false, againstRelease: true })
  expect(result.reports[0]).toMatchObject({
    status: 'failed',
    before: 'passed',
    attempts: 3,
    detail: '200 OK, but JSON "release" is "42", wanted "41"',
  })
})

describe('what was failing before', () => {
  test('is no evidence against the release, and still does not pass', async () => {
    const { serving, state } = await shop()
    const checks = [httpCheck(named('GET /old'), at(serving, '/old'), {})]
    const baseline = await takeBaseline(checks, { variables })
    state.live = '41'
    const result = await runChecks(checks, { variables, baseline })
    expect(result).toMatchObject({ passed: false, againstRelease: false })
    expect(result.reports[0]?.detail).toBe(
      '500 Internal Server Error, wanted 200-299 (failed before the switch too: no evidence against the release)',
    )
  })

  test('with another answer shows both, and is not called the same', async () => {
    const answers = [500, 503]
    const server = await serve((_, response) => response.writeHead(answers.shift() ?? 503).end())
    const checks = [httpCheck(named('GET /boot'), at(server, '/boot'), {})]
    const baseline = await takeBaseline(checks, { variables })
    const { reports } = await runChecks(checks, { variables, baseline })
    expect(reports[0]).toMatchObject({
      detail:
        '503 Service Unavailable, wanted 200-299 (before the switch: 500 Internal Server Error, wanted 200-299)',
      beforeDetail: '500 Internal Server Error, wanted 200-299',
    })
  })

  test('does not excuse what fails only now', async () => {
    const { serving, state } = await shop()
    const checks = ['/old', '/new'].map(path => httpCheck(named(path), at(serving, path), {}))
    const baseline = await takeBaseline(checks, { variables })
    state.live = '41'
    expect(await runChecks(checks, { variables, baseline })).toMatchObject({
      passed: false,
      againstRelease: true,
    })
  })

  test('need not pass after an undo; what passed has to, with the release that is back', async () => {
    const { serving } = await shop()
    const checks = [
      httpCheck(named('GET /old'), at(serving, '/old'), {}),
      httpCheck(named('GET /release'), at(serving, '/release'), { json: { release: '$ROLLBOOK_TO' } }),
    ]
    const baseline = await takeBaseline(checks, { variables })
    const owed = owedAfterUndo(checks, baseline)
    expect(owed.map(check => check.title)).toEqual(['GET /release'])
    const result = await runChecks(owed, { variables: afterUndo(variables) })
    expect(result.passed).toBe(true)
    expect(result.reports[0]).toMatchObject({ detail: '200 OK, names 42', proof: 'version' })
  })

  test('a check that hangs costs the baseline its seconds and no more', async () => {
    const { url } = await serve(() => {})
    const checks = [1, 2, 3].map(n => httpCheck(named(`${n}`), url, {}))
    const started = performance.now()
    const baseline = await takeBaseline(checks, { variables, seconds: 0.2 })
    // Not the ten seconds that the check itself would take.
    expect(performance.now() - started).toBeLessThan(8000)
    expect(baseline[0]).toEqual({
      standing: 'failed',
      detail: 'no complete answer within 0.18 s, wanted 200-299',
    })
  })

  test('a baseline that was cancelled has seen nothing', async () => {
    const { url } = await serve(() => {})
    const baseline = takeBaseline([httpCheck(named('one'), url, {})], {
      variables,
      signal: AbortSignal.timeout(30),
    })
    expect((await baseline)[0]?.standing).toBe('not-run')
  })

  test('every pair of before and after', () => {
    const against = { passed: false, againstRelease: true, note: '' }
    const fine = { passed: true, againstRelease: false, note: '' }
    expect(evidence('passed', 'failed')).toEqual(against)
    expect(evidence('not-run', 'failed')).toEqual(against)
    expect(evidence('failed', 'failed')).toMatchObject({ passed: false, againstRelease: false })
    for (const before of ['passed', 'failed', 'not-run'] as const) {
      expect(evidence(before, 'passed')).toEqual(fine)
      expect(evidence(before, 'not-run')).toMatchObject({ passed: false, againstRelease: false })
    }
  })
})

describe('any', () => {
  test('passes with the first alternative that does, and says which', async () => {
    const { serving } = await shop()
    const alternatives = ['/healthz', '/ok'].map(path => httpCheck(named(path), at(serving, path), {}))
    const { passed, reports } = await runChecks([anyCheck(named('health'), alternatives)], { variables })
    expect(passed).toBe(true)
    expect(reports[0]?.detail).toBe('/ok: 200 OK')
  })

  test('when none does, each has its say', async () => {
    const { serving } = await shop()
    const alternatives = ['/a', '/b'].map(path => httpCheck(named(path), at(serving, path), {}))
    const { passed, reports } = await runChecks([anyCheck(named('health'), alternatives)], { variables })
    expect(passed).toBe(false)
    expect(reports[0]?.detail).toMatch(/^\/a: 500 .*; \/b: 500 /)
  })

  test('in a baseline an alternative that hangs leaves time for the next', async () => {
    const { serving } = await shop()
    const silent = await serve(() => {})
    const check = anyCheck(named('health'), [
      httpCheck(named('silent'), silent.url, {}),
      httpCheck(named('silent too'), silent.url, {}),
      httpCheck(named('ok'), at(serving, '/ok'), {}),
    ])
    expect(await takeBaseline([check], { variables, seconds: 1 })).toEqual([
      { standing: 'passed', detail: 'ok: 200 OK' },
    ])
  })
})

test('a warning is seen and never fails the run', async () => {
  const { serving } = await shop()
  const checks = [httpCheck(named('metrics', { severity: 'warn' }), at(serving, '/old'), {})]
  const result = await runChecks(checks, { variables })
  expect(result).toMatchObject({ passed: true, againstRelease: false })
  expect(result.reports[0]?.status).toBe('warned')
})

test('the service is still starting: refused, then up', async () => {
  const port = await freePort()
  const check = httpCheck(named('up', { options: {} }), new URL(`http://127.0.0.1:${port}/`), {})
  const looked = runChecks([check], { variables })
  await new Promise(resolve => setTimeout(resolve, 150))
  await serve((_, response) => response.end('ok'), port)
  const { passed, reports } = await looked
  expect(passed).toBe(true)
  expect(reports[0]?.attempts).toBeGreaterThan(1)
})

test('a redirect can be what is wanted', async () => {
  const { url } = await serve((_, response) =>
    response.writeHead(301, { location: 'https://www.example.com/' }).end(),
  )
  const wants = httpCheck(named('redirect'), url, { status: [{ from: 301, to: 301 }] })
  expect((await runChecks([wants], { variables })).passed).toBe(true)
})

test('ten thousand checks are looked at twenty at a time', async () => {
  let running = 0
  let most = 0
  const check: RunnerCheck = {
    ...named('one'),
    probe: async () => {
      most = Math.max(most, ++running)
      await new Promise(resolve => setImmediate(resolve))
      running--
      return { passed: true, detail: 'ok', proof: 'weak' }
    },
  }
  const { passed, reports } = await runChecks(Array(10_000).fill(check), { variables })
  expect(passed).toBe(true)
  expect(reports).toHaveLength(10_000)
  expect(most).toBe(20)
})

test('the deadline holds for all together, and what was not looked at did not pass', async () => {
  const silent = await serve(() => {})
  const checks = Array.from({ length: 40 }, (_, n) => httpCheck(named(`${n}`), silent.url, {}))
  const started = performance.now()
  const result = await runChecks(checks, { variables, deadlineSeconds: 0.3 })
  expect(performance.now() - started).toBeLessThan(8000)
  expect(result.passed).toBe(false)
  expect(result.reports[0]?.status).toBe('failed')
  expect(result.reports.at(-1)).toMatchObject({ status: 'not-run', attempts: 0 })
})

test('cancelled: all end at once and none of them accuses the release', async () => {
  const silent = await serve(() => {})
  const checks = Array.from({ length: 30 }, (_, n) => httpCheck(named(`${n}`), silent.url, {}))
  const abort = new AbortController()
  const looked = runChecks(checks, { variables, signal: abort.signal })
  await new Promise(resolve => setTimeout(resolve, 50))
  const aborted = performance.now()
  abort.abort()
  const result = await looked
  expect(performance.now() - aborted).toBeLessThan(5000)
  expect(result).toMatchObject({ passed: false, aborted: true, againstRelease: false })
  expect(new Set(result.reports.map(report => report.status))).toEqual(new Set(['not-run']))
})
