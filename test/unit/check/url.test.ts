import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BadCheckUrl, checkUrl, isLoopback } from '../../../src/check/url.ts'
import { Refusal } from '../../../src/refusal.ts'

const base = 'https://shop.example.com'

function refusal(given: string, from: string | undefined = base): BadCheckUrl {
  try {
    checkUrl(from, given)
  } catch (error) {
    if (error instanceof BadCheckUrl) return error
    throw error
  }
  throw new Error(`${given} was not refused`)
}

test('a path belongs to the url of the environment, a URL stands for itself', () => {
  expect(checkUrl(base, '/healthz').href).toBe('https://shop.example.com/healthz')
  expect(checkUrl(`${base}/`, '/healthz?deep=1').href).toBe('https://shop.example.com/healthz?deep=1')
  expect(checkUrl(undefined, 'http://localhost/api/health').href).toBe('http://localhost/api/health')
  expect(checkUrl(base, 'http://other.example:8080/x').host).toBe('other.example:8080')
})

test('IPv6, names outside ASCII and what is already encoded are kept as they are meant', () => {
  expect(checkUrl(undefined, 'http://[::1]:3000/up').host).toBe('[::1]:3000')
  expect(checkUrl(base, '/a%2fb/%C3%A9').pathname).toBe('/a%2fb/%C3%A9')
  expect(checkUrl(base, '/santé').pathname).toBe('/sant%C3%A9')
  expect(checkUrl(undefined, 'https://bücher.example/').hostname).toBe('xn--bcher-kva.example')
})

describe('refused, before any connection', () => {
  test.each([
    'example.com/health',
    'localhost:3000/health',
    'healthz',
    '',
    '//evil.example/x',
    'javascript:alert(1)',
    'data:text/plain,ok',
  ])('no scheme that a check knows: %s', given => {
    expect(refusal(given).message).toContain('has no scheme')
    expect(refusal(given).remedy.join()).toContain('https://')
  })

  test.each(['file:///etc/passwd', 'gopher://x.example/', 'ftp://x.example/', 'ssh://x.example'])(
    '%s',
    given => {
      expect(refusal(given).message).toContain('only use http or https')
    },
  )

  test.each(['http://', 'https://[::1', 'http://a b/', 'http://x.example:99999/'])('not a URL: %s', given => {
    expect(refusal(given)).toBeInstanceOf(Refusal)
  })

  test.each([
    'http://169.254.169.254/latest/meta-data',
    'http://169.254.169.254./',
    'http://2852039166/',
    'http://0xa9.254.0251.254/',
    'http://[::ffff:169.254.169.254]/',
    'http://[fd00:ec2::254]/',
    'http://[fd00:0ec2:0:0::0254]/',
  ])('the metadata service, however it is written: %s', given => {
    expect(refusal(given).message).toContain('metadata service')
    expect(refusal('/latest', given).message).toContain('The URL of the environment')
  })

  test('a path without a url to put before it', () => {
    try {
      checkUrl(undefined, '/healthz')
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(BadCheckUrl)
      expect(error).toMatchObject({
        code: 'RB-CHECK-URL',
        message: expect.stringContaining('"/healthz" is a path'),
      })
    }
  })

  test.each(['/a b', '/a\r\nHost: evil', 'https://shop.example.com/\t', '/\\evil.example', '/a\u202eb'])(
    'text that the parser of URLs would quietly change: %j',
    given => expect(refusal(given).message).toContain('invisible character'),
  )

  test.each([
    'https://mei:hunter2@shop.example.com/',
    'https://mei:hunter2?@shop.example.com/',
    'https://mei:hunter2#/@shop.example.com/x',
    'ftp://mei:hunter2@shop.example.com/',
    'mei:hunter2@shop.example.com',
    'https://mei:hunter2@shop.example.com:99999/',
    'https://mei:hunter2 @shop.example.com/',
    'example.com/?token=hunter2',
  ])('no password and no query is repeated: %s', given => {
    const { message, remedy } = refusal(given)
    expect(message + remedy.join()).not.toContain('hunter2')
  })
})

test('whatever is given, the outcome is a http URL without credentials or a refusal', () => {
  const text = fc.oneof(
    fc.webUrl(),
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.string().map(s => `/${s}`),
  )
  fc.assert(
    fc.property(fc.option(text, { nil: undefined }), text, (from, given) => {
      try {
        const url = checkUrl(from, given)
        expect(url.protocol).toMatch(/^https?:$/)
        expect(url.username + url.password).toBe('')
      } catch (error) {
        expect(error).toBeInstanceOf(BadCheckUrl)
      }
    }),
  )
})

test('a check of the runner itself is recognised', () => {
  for (const url of ['http://localhost:3000/', 'http://127.0.0.9/', 'http://[::1]/', 'http://a.localhost/']) {
    expect(isLoopback(new URL(url))).toBe(true)
  }
  for (const url of ['http://shop.example.com/', 'http://10.0.0.1/', 'http://localhost.example.com/']) {
    expect(isLoopback(new URL(url))).toBe(false)
  }
})
