import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { LookupFunction } from 'node:net'
import { pipeline, type Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { ForbiddenAddress, isMetadataAddress, type Lookup, lookupOnce } from './address.ts'
import type { Answer, HttpAnswer, NoAnswer } from './answer.ts'
import { isRedirect, redirectTarget } from './redirect.ts'
import { troubleOf } from './trouble.ts'

const MAX_REDIRECTS = 5
const MAX_BYTES = 1024 * 1024

export interface HttpProbeOptions {
  /** From the first look-up to the last byte, redirects included. */
  readonly timeoutSeconds: number
  /** Of the body after decompression; the rest is left unread. 1 MiB when absent. */
  readonly maxBytes?: number
  /** `host` also becomes the name that the certificate has to be for. */
  readonly headers?: Readonly<Record<string, string>>
  /** False gives back a redirect itself, for a check that wants to see one. */
  readonly followRedirects?: boolean
  readonly lookup?: Lookup
  readonly signal?: AbortSignal
}

/**
 * Asks once with GET, on sockets of its own: a pooled one can still lead to the process of the release that was left.
 *
 * @returns the answer, or why there is none; a server can't make it throw.
 * @throws the reason of `signal`, once that is aborted.
 */
export async function probeHttp(url: URL, options: HttpProbeOptions): Promise<Answer> {
  options.signal?.throwIfAborted()
  const deadline = new AbortController()
  const timer = setTimeout(() => deadline.abort(), options.timeoutSeconds * 1000)
  const signal = AbortSignal.any(options.signal ? [deadline.signal, options.signal] : [deadline.signal])
  try {
    return await ask(url, options, lookupOnce(options.lookup), signal)
  } catch (error) {
    options.signal?.throwIfAborted()
    if (deadline.signal.aborted) {
      return { trouble: 'timeout', error: `no complete answer within ${options.timeoutSeconds} s` }
    }
    return troubleOf(error)
  } finally {
    clearTimeout(timer)
  }
}

async function ask(
  first: URL,
  options: HttpProbeOptions,
  lookup: LookupFunction,
  signal: AbortSignal,
): Promise<Answer> {
  if (isMetadataAddress(first.hostname)) throw new ForbiddenAddress()
  let url = first
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await send(url, { headers: headersOf(options), lookup, signal })
    const { location } = response.headers
    const status = response.statusCode ?? 0
    if (!isRedirect(status) || location === undefined || options.followRedirects === false) {
      return await read(response, options.maxBytes ?? MAX_BYTES)
    }
    response.destroy()
    const target = redirectTarget(url, location)
    if (!(target instanceof URL)) return target
    url = target
  }
  return { trouble: 'redirect', error: `still redirected after ${MAX_REDIRECTS} redirects` }
}

const headersOf = (options: HttpProbeOptions): Record<string, string> => ({
  'user-agent': 'rollbook',
  accept: '*/*',
  'accept-encoding': 'gzip',
  'cache-control': 'no-cache',
  ...options.headers,
  connection: 'close',
})

function send(url: URL, options: RequestOptions): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp
  return new Promise((resolve, reject) => {
    request(url, { ...options, agent: false }, resolve)
      .on('error', reject)
      .end()
  })
}

async function read(response: IncomingMessage, maxBytes: number): Promise<HttpAnswer | NoAnswer> {
  const ip = response.socket.remoteAddress ?? ''
  const source = decoded(response)
  if (source === undefined) {
    response.destroy()
    return { trouble: 'protocol', error: 'the body is compressed in a way that was not asked for' }
  }
  const chunks: Buffer[] = []
  let bytes = 0
  // Leaving the loop early destroys the stream, and with it the socket.
  for await (const chunk of source) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > maxBytes) break
  }
  return {
    status: response.statusCode ?? 0,
    headers: Object.fromEntries(
      Object.entries(response.headersDistinct).map(([name, values]) => [name, values?.join(', ') ?? '']),
    ),
    body: new TextDecoder().decode(Buffer.concat(chunks).subarray(0, maxBytes)),
    truncated: bytes > maxBytes,
    ip,
  }
}

function decoded(response: IncomingMessage): Readable | undefined {
  const encoding = response.headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  // The callback only keeps an error from being thrown: whoever reads the stream sees it too.
  const through = (decoder: NodeJS.ReadWriteStream & Readable) => pipeline(response, decoder, () => {})
  if (encoding === 'identity' || encoding === '') return response
  if (encoding === 'gzip' || encoding === 'x-gzip') return through(createGunzip())
  if (encoding === 'deflate') return through(createInflate())
  if (encoding === 'br') return through(createBrotliDecompress())
  return undefined
}
