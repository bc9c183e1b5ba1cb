import { describe, expect, test } from 'vitest'
import { compared } from '../../../src/watch/compare.ts'
import { judged, prometheusAt } from '../../../src/watch/prometheus.ts'
import { shownNumber } from '../../../src/watch/reading.ts'
import { report } from '../../support/reports.ts'
import { freePort, serve } from '../check/serve.ts'

const NEVER = new AbortController().signal

const vector = (...values: string[]): string =>
  JSON.stringify({
    status: 'success',
    data: { resultType: 'vector', result: values.map(value => ({ metric: {}, value: [1.5, value] })) },
  })
const error = (errorType: string, said: string): string =>
  JSON.stringify({ status: 'error', errorType, error: said })

/** What the value of one number comes to. */
const readingOf = (body: string) => judged(200, body)

describe('an answer', () => {
  test('with one number is that number', () => {
    expect(readingOf(vector('0.62'))).toEqual({ is: 'read', reading: { value: 0.62, said: '0.62' } })
    const scalar = { status: 'success', data: { resultType: 'scalar', result: [1.5, '7'] } }
    expect(readingOf(JSON.stringify(scalar))).toEqual({ is: 'read', reading: { value: 7, said: '7' } })
    expect(readingOf(vector('+Inf'))).toMatchObject({ reading: { value: Number.POSITIVE_INFINITY } })
  })

  test.each([
    ['no data at all', vector(), 'no data'],
    ['nothing divided by nothing', vector('NaN'), 'no number (NaN)'],
    ['an empty number', vector(''), 'no number (NaN)'],
  ])('with %s has no value, least of all 0', (_, body, said) => {
    expect(readingOf(body)).toEqual({ is: 'read', reading: { said } })
  })

  test('of which a part could not be had has no value; one that only criticises the query has', () => {
    const warned = (warning: string) => JSON.stringify({ ...JSON.parse(vector('0.9')), warnings: [warning] })
    expect(readingOf(warned('No StoreAPIs matched for this query'))).toEqual({
      is: 'read',
      reading: { said: 'not all of the data: "No StoreAPIs matched for this query"' },
    })
    expect(readingOf(warned('PromQL warning: quantile value should be between 0 and 1'))).toMatchObject({
      reading: { value: 0.9 },
    })
  })

  test.each([
    ['several numbers', 200, vector('1', '2'), 'the query gives 2 numbers', 'sum(…)'],
    [
      'a range',
      200,
      JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [] } }),
      'the query gives a matrix',
      'sum(…)',
    ],
    ['a query that it can not read', 400, error('bad_data', 'parse error'), 'parse error', 'Try the query'],
    ['a sign-in page', 200, '<html>', 'what answers is not Prometheus', 'metrics.prometheus'],
    ['nothing there', 404, 'not found', 'it answers 404', 'metrics.prometheus'],
    ['a token that is missing', 401, '', 'it answers 401', 'token'],
    ['a token that may not', 403, '', 'it answers 403', 'token'],
  ])('of %s is refused, with what to do', (_, status, body, why, remedy) => {
    const answered = judged(status, body)
    expect(answered).toMatchObject({ is: 'refused', why: expect.stringContaining(why) })
    expect(answered).toMatchObject({ remedy: expect.stringContaining(remedy) })
  })

  test.each([
    [503, error('timeout', 'query timed out')],
    [500, ''],
    [429, ''],
  ])('of %i is a matter of the moment', (status, body) => {
    expect(judged(status, body)).toMatchObject({ is: 'away' })
  })

  test('of a stranger can not break a line', () => {
    expect(judged(400, error('bad_data', 'one\n::error::two'))).toMatchObject({
      why: 'it says "one\\u{a}::error::two"',
    })
  })
})

test.each([
  [0.123456, '0.1235'],
  [2, '2'],
  [1234.56, '1235'],
  [0, '0'],
  [Number.POSITIVE_INFINITY, 'infinite'],
])('%f is shown as %s', (value, shown) => {
  expect(shownNumber(value)).toBe(shown)
})

describe('a Prometheus', () => {
  test('is asked below its own path, with the query as it stands and the token', async () => {
    const asked: unknown[] = []
    const { url } = await serve(({ url: path, headers }, response) => {
      asked.push([new URL(path ?? '', 'http://x').pathname, headers.authorization])
      asked.push(new URL(path ?? '', 'http://x').searchParams.get('query'))
      response.end(vector('1'))
    })
    const compare = { errors: 'sum(rate(x{code=~"5.."}[5m])) + 1 & 2' }
    const prometheus = prometheusAt({ prometheus: `${url}metrics/`, compare }, 'hush')
    expect(await prometheus.read('errors', NEVER)).toEqual({ value: 1, said: '1' })
    expect(asked).toEqual([['/metrics/api/v1/query', 'Bearer hush'], compare.errors])
  })

  test('that sends elsewhere is not followed, and no other host sees the token', async () => {
    const seen: unknown[] = []
    const other = await serve(({ headers }, response) => {
      seen.push(headers.authorization)
      response.end(vector('1'))
    })
    const { url } = await serve((_, response) => {
      response.writeHead(302, { location: `${other.url}api/v1/query` }).end()
    })
    const prometheus = prometheusAt({ prometheus: url.href, compare: { errors: 'up' } }, 'hush')
    expect(await prometheus.read('errors', NEVER)).toMatchObject({
      said: expect.stringContaining('another host'),
    })
    await expect(prometheus.prove('errors', NEVER)).rejects.toMatchObject({ code: 'RB-METRIC' })
    expect(seen).toEqual([])
  })

  test('whose name server is silent keeps one look-up waiting, however many metrics there are', async () => {
    let asked = 0
    const lookup = async () => {
      asked++
      await new Promise(setImmediate)
      return [{ address: '127.0.0.1', family: 4 }]
    }
    const { port } = await serve((_, response) => response.end(vector('1')))
    const names = Array.from({ length: 20 }, (_, at) => `m${at}`)
    const prometheus = prometheusAt(
      {
        prometheus: `http://prometheus.test:${port}`,
        compare: Object.fromEntries(names.map(name => [name, 'up'])),
      },
      undefined,
      lookup,
    )
    const readAll = () => Promise.all(names.map(name => prometheus.read(name, NEVER)))
    expect((await readAll()).map(({ value }) => value)).toEqual(names.map(() => 1))
    expect(asked).toBe(1)
    // Hours later it may be somewhere else.
    await readAll()
    expect(asked).toBe(2)
  })

  test('that is not there has no value, before a watch as well as in it', async () => {
    const gone = { prometheus: `http://127.0.0.1:${await freePort()}`, compare: { errors: 'up' } }
    const prometheus = prometheusAt(gone, undefined)
    const said = { said: expect.stringContaining('connection refused') }
    expect(await prometheus.read('errors', NEVER)).toEqual(said)
    expect(await prometheus.prove('errors', NEVER)).toEqual(said)
  })
})

describe('before and after a run', () => {
  const makePrometheus = () => {
    let value = 0.9
    return {
      read: async (metric: string) => (metric === 'gone' ? { said: 'no data' } : { value, said: `${value}` }),
      prove: async () => ({ said: '' }),
      settle: () => {
        value = 0.1
      },
    }
  }

  test('metrics stand beside each other, and what can not be read says why', async () => {
    const prometheus = makePrometheus()
    const done = await compared(prometheus, ['errors', 'gone'], NEVER, async () => {
      await Promise.resolve()
      prometheus.settle()
      return report()
    })
    expect(done.compared).toEqual([
      { metric: 'errors', before: { value: 0.9, said: '0.9' }, after: { value: 0.1, said: '0.1' } },
      { metric: 'gone', before: { said: 'no data' }, after: { said: 'no data' } },
    ])
  })

  test('a run that changed nothing has none', async () => {
    const done = await compared(makePrometheus(), ['errors'], NEVER, async () =>
      report({ outcome: 'refused' }),
    )
    expect(done.compared).toBeUndefined()
  })

  test('nobody waits for a Prometheus that does not answer before the run begins', async () => {
    const silent = { ...makePrometheus(), read: () => new Promise<never>(() => {}) }
    let ran = false
    void compared(silent, ['errors'], NEVER, async () => {
      ran = true
      return report()
    })
    await Promise.resolve()
    expect(ran).toBe(true)
  })
})
