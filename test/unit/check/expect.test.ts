import { describe, expect, test } from 'vitest'
import type { HttpAnswer } from '../../../src/check/answer.ts'
import { type Expectation, judge, parseStatus } from '../../../src/check/expect.ts'
import type { Variables } from '../../../src/check/variables.ts'

const variables: Variables = { to: '41', from: '42', app: 'shop', environment: 'production' }

const answer = (given: Partial<HttpAnswer> = {}): HttpAnswer => ({
  status: 200,
  headers: {},
  body: '',
  truncated: false,
  ip: '192.0.2.1',
  ...given,
})

const look = (given: Partial<HttpAnswer>, expectation: Expectation, replaced: Partial<Variables> = {}) =>
  judge(answer(given), expectation, { ...variables, ...replaced })

describe('status', () => {
  test('without a word about it, anything from 200 to 299 passes and nothing else', () => {
    for (const status of [200, 204, 299]) expect(look({ status }, {}).passed).toBe(true)
    for (const status of [199, 300, 404, 503]) expect(look({ status }, {}).passed).toBe(false)
  })

  test('a failing status is told in one line, in our words and not in those of the server', () => {
    const status = parseStatus(200)
    expect(status && look({ status: 503 }, { status })).toEqual({
      passed: false,
      detail: '503 Service Unavailable, wanted 200',
      proof: 'weak',
      ip: '192.0.2.1',
    })
  })

  test.each([
    [200, [[200, 200]]],
    ['204', [[204, 204]]],
    ['2xx', [[200, 299]]],
    ['2XX', [[200, 299]]],
    ['200-299', [[200, 299]]],
    [
      [200, '3xx'],
      [
        [200, 200],
        [300, 399],
      ],
    ],
  ])('%j is read', (given, ranges) => {
    expect(parseStatus(given)).toEqual(ranges.map(([from, to]) => ({ from, to })))
  })

  test.each([
    999,
    '999',
    0,
    20,
    2000,
    '299-200',
    '2x',
    '2xx-3xx',
    '200-',
    '',
    ' 200',
    [],
    [200, '9xx'],
    null,
    true,
    {},
    200.5,
  ])('%j is no status', given => expect(parseStatus(given)).toBeUndefined())
})

describe('json', () => {
  const boot: Expectation = { json: { ok: true } }

  test('every key given has to match, further keys do not matter', () => {
    expect(look({ body: '{"ok":true,"more":[1]}' }, boot).passed).toBe(true)
    expect(look({ body: '{"ok":false}' }, boot).detail).toBe('200 OK, but JSON "ok" is false, wanted true')
    expect(look({ body: '{}' }, boot).detail).toBe('200 OK, but JSON "ok" is missing, wanted true')
    expect(look({ body: '{"ok":"true"}' }, boot).passed).toBe(false)
  })

  test('maps match deeply, and the message says where they differ', () => {
    const json = { db: { status: 'up' } }
    expect(look({ body: '{"db":{"status":"up","ms":3}}' }, { json }).passed).toBe(true)
    expect(look({ body: '{"db":{"status":"down"}}' }, { json }).detail).toContain(
      'JSON "db.status" is "down", wanted "up"',
    )
  })

  test('lists have to be equal, also in what their maps hold', () => {
    const json = { queues: [{ name: 'mail' }] }
    expect(look({ body: '{"queues":[{"name":"mail"}]}' }, { json }).passed).toBe(true)
    expect(look({ body: '{"queues":[{"name":"mail"},{"name":"sms"}]}' }, { json }).passed).toBe(false)
    expect(look({ body: '{"queues":[{"name":"mail","stuck":true}]}' }, { json }).passed).toBe(false)
    expect(look({ body: '{"queues":{"0":{"name":"mail"},"length":1}}' }, { json }).passed).toBe(false)
  })

  test('what every map inherits is not a key of the answer', () => {
    expect(look({ body: '{}' }, { json: { constructor: {} } }).passed).toBe(false)
    expect(look({ body: '{}' }, { json: JSON.parse('{"__proto__":{}}') }).passed).toBe(false)
  })

  test.each(['<html>Sign in</html>', '', '{"ok":true', '{"ok":true}x'])('%j is not valid JSON', body => {
    expect(look({ body }, boot).detail).toBe('200 OK, but the body is not valid JSON')
  })

  test('a body that was cut is never half understood', () => {
    expect(look({ body: '{"ok":true}', truncated: true }, boot).passed).toBe(false)
  })

  test('an answer that nests without end neither passes nor breaks the check', () => {
    const body = `{"ok":${'['.repeat(300_000)}${']'.repeat(300_000)}}`
    expect(look({ body }, boot).detail).toBe('200 OK, but JSON "ok" is a list of 1, wanted true')
  })

  test('null can be expected', () => {
    expect(look({ body: 'null' }, { json: null }).passed).toBe(true)
    expect(look({ body: '{}' }, { json: null }).passed).toBe(false)
  })
})

describe('text', () => {
  test('is literal: what looks like a pattern is none', () => {
    expect(look({ body: 'all (a+)+$ fine' }, { text: '(a+)+$' }).passed).toBe(true)
    expect(look({ body: 'a'.repeat(100_000) }, { text: '(a+)+$' }).passed).toBe(false)
    expect(look({ body: 'abc' }, { text: 'a.c' }).passed).toBe(false)
  })

  test('the message has what was wanted and nothing of the page', () => {
    const verdict = look({ body: 'token=hunter2' }, { text: 'Welcome' })
    expect(verdict.detail).toBe('200 OK, but the body does not contain "Welcome"')
  })
})

describe('header', () => {
  const header = { 'X-Release': 'r41' }

  test('names in any case, a part of the value is enough', () => {
    expect(look({ headers: { 'x-release': 'shop r41 (web-1)' } }, { header }).passed).toBe(true)
    expect(look({ headers: { 'x-release': 'r42' } }, { header }).detail).toBe(
      '200 OK, but header X-Release is "r42", wanted "r41"',
    )
    expect(look({}, { header }).detail).toBe('200 OK, but header X-Release is missing, wanted "r41"')
  })

  test('a value from the server can not carry controls into a message', () => {
    const { detail } = look({ headers: { 'x-release': '\u001b[2J\r::error::\u202e' } }, { header })
    expect(detail).toContain('\\u{1b}[2J\\u{d}::error::\\u{202e}')
    expect(look({ headers: { 'x-release': 'x'.repeat(10_000) } }, { header }).detail.length).toBeLessThan(200)
  })
})

describe('which release answered', () => {
  test('200 with the wrong version does not pass', () => {
    const json = { release: '$ROLLBOOK_TO' }
    expect(look({ body: '{"release":"42"}' }, { json })).toMatchObject({
      passed: false,
      detail: '200 OK, but JSON "release" is "42", wanted "41"',
      proof: 'weak',
    })
    expect(look({ body: '{"release":"41"}' }, { json })).toMatchObject({ passed: true, proof: 'version' })
    expect(look({ body: '{"release":41}' }, { json })).toMatchObject({ passed: true, proof: 'version' })
  })

  test('header and text prove it as well; an answer without the release is weak', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how a runbook writes it
    const header = { 'x-release': '${ROLLBOOK_TO}' }
    expect(look({ headers: { 'x-release': '41' } }, { header }).proof).toBe('version')
    expect(look({ body: 'v41' }, { text: 'v$ROLLBOOK_TO' }).proof).toBe('version')
    expect(look({ body: '41' }, { text: '41' }).proof).toBe('weak')
    expect(
      look({ body: 'shop in production' }, { text: '$ROLLBOOK_APP in $ROLLBOOK_ENVIRONMENT' }),
    ).toMatchObject({
      passed: true,
      proof: 'weak',
    })
  })

  test('release 4 is not proven by a page that says 42', () => {
    const text = 'release $ROLLBOOK_TO'
    expect(look({ body: 'release 42' }, { text }, { to: '4' }).passed).toBe(false)
    expect(look({ body: 'release 4, was release 42' }, { text }, { to: '4' }).passed).toBe(true)
    expect(look({ body: 'release 42' }, { text }, { to: '42', from: '4' }).proof).toBe('version')
  })

  test('what stands in a variable is data, also when it looks like a variable or a replacement', () => {
    const odd = { to: '$ROLLBOOK_FROM', from: '$&' }
    expect(look({ body: 'is $ROLLBOOK_FROM' }, { text: 'is $ROLLBOOK_TO' }, odd).passed).toBe(true)
    expect(look({ body: 'was $&' }, { text: 'was $ROLLBOOK_FROM' }, odd).passed).toBe(true)
  })

  test('only whole names are variables', () => {
    expect(look({ body: '$ROLLBOOK_TOKEN' }, { text: '$ROLLBOOK_TOKEN' })).toMatchObject({
      passed: true,
      proof: 'weak',
    })
  })

  test('an unknown release proves nothing', () => {
    expect(look({ body: 'anything' }, { text: '$ROLLBOOK_TO' }, { to: '' }).proof).toBe('weak')
  })

  test('a cache may name the release from the days when it was live before', () => {
    const verdict = look({ headers: { age: '120' }, body: '41' }, { text: '$ROLLBOOK_TO' })
    expect(verdict).toMatchObject({ passed: true, proof: 'weak', detail: '200 OK, from a cache, 120 s old' })
  })
})

describe('a fault that has to be seen', () => {
  const failing: Expectation = { failing: true }

  test('an error and a wrong status are seen, a healthy answer is not enough', () => {
    expect(look({ status: 503 }, failing)).toMatchObject({
      passed: true,
      detail: 'fails, as it should: 503 Service Unavailable, wanted 200-299',
    })
    expect(judge({ trouble: 'connect', error: 'connection refused' }, failing, variables).passed).toBe(true)
    expect(look({}, failing)).toMatchObject({ passed: false, detail: '200 OK, wanted it to fail' })
  })

  test('a probe that we never sent has seen no fault', () => {
    expect(judge({ trouble: 'not-sent', error: 'x' }, failing, variables).passed).toBe(false)
    expect(judge({ trouble: 'resolve', error: 'x' }, failing, variables).passed).toBe(false)
  })
})
