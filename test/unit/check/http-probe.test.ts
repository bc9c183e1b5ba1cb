import { createServer as createTcpServer } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Answer, HttpAnswer } from '../../../src/check/answer.ts'
import { type HttpProbeOptions, probeHttp } from '../../../src/check/http-probe.ts'
import { freePort, serve } from './serve.ts'

const probe = (url: URL, options: Partial<HttpProbeOptions> = {}) =>
  probeHttp(url, { timeoutSeconds: 2, ...options })

function answered(answer: Answer): HttpAnswer {
  if ('trouble' in answer) throw new Error(answer.error)
  return answer
}

/** A server that says these bytes to whoever connects, and nothing more. */
async function raw(bytes: string, end = true): Promise<URL> {
  const server = createTcpServer(socket => {
    socket.on('error', () => {})
    socket.once('data', () => (end ? socket.end(bytes) : socket.write(bytes)))
  })
  const port = await new Promise<number>(resolve =>
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : 0)
    }),
  )
  onTestFinished(() => void server.close())
  return new URL(`http://127.0.0.1:${port}/`)
}

test('a probe says who asks, wants nothing from a cache, and tells which address answered', async () => {
  const seen: Record<string, unknown>[] = []
  const { url } = await serve((request, response) => {
    seen.push(request.headers)
    response.writeHead(200, { 'X-Release': '41' }).end('fine')
  })
  const answer = answered(await probe(url))
  expect(answer).toMatchObject({ status: 200, body: 'fine', truncated: false, ip: '127.0.0.1' })
  expect(answer.headers['x-release']).toBe('41')
  expect(seen[0]).toMatchObject({
    'user-agent': 'rollbook',
    'cache-control': 'no-cache',
    connection: 'close',
  })
  expect(seen[0]).not.toHaveProperty('authorization')
})

test('the process of the old release, still holding its connections, is not asked again', async () => {
  const old = await serve((_, response) => response.end('42'))
  old.server.keepAliveTimeout = 60_000
  expect(answered(await probe(old.url)).body).toBe('42')
  expect(answered(await probe(old.url)).body).toBe('42')
  expect(old.connections()).toBe(2)

  // Stops listening as a graceful reload does: without ending connections that stand.
  old.server.close()
  const fresh = await serve((_, response) => response.end('41'), old.port)
  for (let i = 0; i < 5; i++) expect(answered(await probe(fresh.url)).body).toBe('41')
  expect(fresh.connections()).toBe(5)
  expect(old.connections()).toBe(2)
})

describe('redirects', () => {
  test('are followed within the host', async () => {
    const { url } = await serve((request, response) => {
      if (request.url === '/') response.writeHead(302, { location: '/up' }).end()
      else response.end(`at ${request.url}`)
    })
    expect(answered(await probe(url)).body).toBe('at /up')
  })

  test('a loop ends after five', async () => {
    const server = await serve((_, response) => response.writeHead(301, { location: '/' }).end())
    expect(await probe(server.url)).toEqual({
      trouble: 'redirect',
      error: 'still redirected after 5 redirects',
    })
    expect(server.connections()).toBe(6)
  })

  test('another host is never asked', async () => {
    const other = await serve((_, response) => response.end('ok'))
    for (const location of [
      other.url.href,
      `http://localhost:${other.port}/`,
      `//127.0.0.1:${other.port}/`,
    ]) {
      const { url } = await serve((_, response) => response.writeHead(302, { location }).end())
      const answer = await probe(url, { headers: { authorization: 'Bearer x' } })
      expect(answer).toMatchObject({ trouble: 'redirect', error: expect.stringContaining('another host') })
    }
    expect(other.connections()).toBe(0)
  })

  test.each(['/login', '/en/Sign-In?next=%2F', '/wp-login.php'])(
    '%s is a login page, not a sign of health',
    async location => {
      const { url } = await serve((request, response) => {
        if (request.url === '/') response.writeHead(302, { location }).end()
        else response.end('ok')
      })
      expect(await probe(url)).toMatchObject({ error: expect.stringContaining('login page') })
      expect(answered(await probe(new URL(location, url))).status).toBe(200)
    },
  )

  test.each(['http://', 'file:///etc/passwd', 'javascript:1'])('to %s fails', async location => {
    const { url } = await serve((_, response) => response.writeHead(302, { location }).end())
    expect(await probe(url)).toMatchObject({ trouble: 'redirect' })
  })

  test('to the same host with a password in the URL fails', async () => {
    const { url, connections } = await serve((request, response) =>
      response.writeHead(302, { location: `http://mei:hunter2@${request.headers.host}/` }).end(),
    )
    const answer = await probe(url)
    expect(answer).toEqual({ trouble: 'redirect', error: 'redirected to a URL with a password in it' })
    expect(connections()).toBe(1)
  })

  test('a check of the login page itself may be sent on to it', async () => {
    const { url } = await serve((request, response) => {
      if (request.url === '/login') response.writeHead(301, { location: '/login/' }).end()
      else response.end('ok')
    })
    expect(answered(await probe(new URL('/login', url))).body).toBe('ok')
  })

  test('a check that wants to see the redirect gets it', async () => {
    const { url } = await serve((_, response) =>
      response.writeHead(301, { location: 'https://other.example/' }).end(),
    )
    expect(answered(await probe(url, { followRedirects: false })).status).toBe(301)
  })
})

describe('a body', () => {
  test('without end is read up to the limit, and the connection is closed', async () => {
    let closed: (sent: number) => void = () => {}
    const sent = new Promise<number>(resolve => {
      closed = resolve
    })
    const chunk = Buffer.alloc(64 * 1024, 'x')
    const { url } = await serve((_, response) => {
      let bytes = 0
      response.writeHead(200, { 'content-length': 1024 ** 3 })
      const more = () => {
        while (!response.destroyed && response.write(chunk)) bytes += chunk.length
      }
      response.on('drain', more).on('close', () => closed(bytes))
      more()
    })
    const answer = answered(await probe(url, { timeoutSeconds: 5 }))
    expect(answer.truncated).toBe(true)
    expect(answer.body).toHaveLength(1024 * 1024)
    expect(await sent).toBeLessThan(64 * 1024 * 1024)
  })

  test('of exactly the limit is whole', async () => {
    const { url } = await serve((_, response) => response.end('x'.repeat(1000)))
    expect(answered(await probe(url, { maxBytes: 1000 }))).toMatchObject({ truncated: false })
    expect(answered(await probe(url, { maxBytes: 999 }))).toMatchObject({ truncated: true })
  })

  test('that trickles for ever ends at the deadline, though no single wait is long', async () => {
    const { url } = await serve((_, response) => {
      const timer = setInterval(() => response.write('.'), 20)
      response.on('close', () => clearInterval(timer))
    })
    const started = performance.now()
    expect(await probe(url, { timeoutSeconds: 0.3 })).toEqual({
      trouble: 'timeout',
      error: 'no complete answer within 0.3 s',
    })
    expect(performance.now() - started).toBeLessThan(10_000)
  })

  test('headers that trickle, and silence, end at the deadline too', async () => {
    const trickling = createTcpServer(socket => {
      socket.write('HTTP/1.1 200 OK\r\n')
      const timer = setInterval(() => socket.write('x: y\r\n'), 20)
      socket.on('error', () => {}).on('close', () => clearInterval(timer))
    })
    await new Promise<void>(resolve => trickling.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void trickling.close())
    const address = trickling.address()
    const port = typeof address === 'object' && address ? address.port : 0
    for (const url of [new URL(`http://127.0.0.1:${port}/`), await raw('', false)]) {
      expect(await probe(url, { timeoutSeconds: 0.2 })).toMatchObject({ trouble: 'timeout' })
    }
  })

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)('in %s is unpacked', async (encoding, pack) => {
    const { url } = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(pack('santé')),
    )
    expect(answered(await probe(url)).body).toBe('santé')
  })

  test('that unpacks to far more than it is stops at the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024))
    const { url } = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    )
    const answer = answered(await probe(url))
    expect(answer.truncated).toBe(true)
    expect(answer.body).toHaveLength(1024 * 1024)
  })

  test.each([
    ['damaged', 'gzip', Buffer.from('this is not gzip')],
    ['cut', 'gzip', gzipSync('x'.repeat(1000)).subarray(0, 20)],
    ['in a way nobody asked for', 'rot13', Buffer.from('x')],
  ])('that is compressed and %s is no answer', async (_, encoding, bytes) => {
    const { url } = await serve((_request, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(bytes),
    )
    expect(await probe(url)).toMatchObject({
      trouble: 'protocol',
      error: expect.stringContaining('compressed'),
    })
  })

  test('that ends before its announced length is no answer', async () => {
    const url = await raw('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf')
    expect(await probe(url)).toMatchObject({ trouble: 'cut-off' })
  })
})

describe('what went wrong is said in words', () => {
  test('connection refused, and by whom', async () => {
    const port = await freePort()
    expect(await probe(new URL(`http://127.0.0.1:${port}/`))).toEqual({
      trouble: 'connect',
      error: `connection refused by 127.0.0.1:${port}`,
    })
  })

  test('a name that does not resolve', async () => {
    const lookup = () => Promise.reject(Object.assign(new Error('secret'), { code: 'ENOTFOUND' }))
    expect(await probe(new URL('http://shop.invalid/'), { lookup })).toEqual({
      trouble: 'resolve',
      error: 'the name does not resolve',
    })
  })

  test('a look-up that hangs ends at the deadline', async () => {
    const lookup = () => new Promise<never>(() => {})
    const answer = await probe(new URL('http://shop.invalid/'), { lookup, timeoutSeconds: 0.1 })
    expect(answer).toMatchObject({ trouble: 'timeout' })
  })

  test.each([
    ['SSH-2.0-OpenSSH_9.2\r\n', 'protocol'],
    [`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`, 'protocol'],
    ['', 'cut-off'],
  ])('an answer that is not one', async (bytes, trouble) => {
    expect(await probe(await raw(bytes))).toMatchObject({ trouble })
  })

  test('a header that would smuggle a second one is not sent', async () => {
    const { url, connections } = await serve((_, response) => response.end())
    const answer = await probe(url, { headers: { 'x-a': 'b\r\nx-evil: 1' } })
    expect(answer).toMatchObject({ trouble: 'not-sent' })
    expect(connections()).toBe(0)
  })
})

describe('names', () => {
  test('are resolved once for a probe, also across redirects', async () => {
    const { port } = await serve((request, response) => {
      if (request.url === '/') response.writeHead(302, { location: '/up' }).end()
      else response.end('ok')
    })
    let lookups = 0
    const lookup = async () => {
      lookups++
      return [{ address: '127.0.0.1', family: 4 }]
    }
    const url = new URL(`http://shop.invalid:${port}/`)
    expect(answered(await probe(url, { lookup }))).toMatchObject({ body: 'ok', ip: '127.0.0.1' })
    expect(lookups).toBe(1)
  })

  test('with a dead address are reached through the other', async () => {
    const { port } = await serve((_, response) => response.end('ok'))
    const lookup = async () => [
      { address: '127.0.0.2', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ]
    expect(answered(await probe(new URL(`http://shop.invalid:${port}/`), { lookup })).ip).toBe('127.0.0.1')
  })

  test('that lead to the metadata service are not asked', async () => {
    const lookup = async () => [{ address: '169.254.169.254', family: 4 }]
    for (const url of ['http://metadata.invalid/', 'http://169.254.169.254/']) {
      expect(await probe(new URL(url), { lookup })).toMatchObject({ trouble: 'not-sent' })
    }
  })
})

test('an abort ends the probe at once, by throwing: it says nothing about the server', async () => {
  const { url } = await serve(() => {})
  const reason = new Error('cancelled')
  const abort = new AbortController()
  setTimeout(() => abort.abort(reason), 50)
  const started = performance.now()
  await expect(probe(url, { signal: abort.signal, timeoutSeconds: 10 })).rejects.toBe(reason)
  expect(performance.now() - started).toBeLessThan(8000)
})
