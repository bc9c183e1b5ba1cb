import { Agent, request as requestHttp, STATUS_CODES } from 'node:http'
import { request as requestHttps, Agent as SecureAgent } from 'node:https'
import type { LookupFunction } from 'node:net'
import { type Lookup, lookupOnce } from './address.ts'
import { bounded } from './bounded.ts'
import { troubleOf } from './trouble.ts'

export interface Load {
  readonly requests: number
  /** Requests under way at a time, each on a connection that is kept. */
  readonly concurrency: number
  /** For all requests together. */
  readonly seconds: number
  /** For one request, after which it has failed. */
  readonly secondsEach: number
  /** Failures that are accepted. When there are more, and more than a tenth fail, nothing more is sent. */
  readonly failed: number
}

/** How one request ended: `why` when not well; `seconds` where it tells how long an answer took, or was waited for. */
export interface Shot {
  readonly seconds?: number
  readonly why?: string
}

export interface LoadRun {
  readonly shots: readonly Shot[]
  /** From the first request to the last answer. */
  readonly seconds: number
  readonly ended: 'all' | 'out-of-time' | 'failing'
}

/**
 * Sends GET requests, each worker its next one as soon as it has the answer to its last. A request without an answer
 * counts with the time for which it was waited for, so that a server that stands still does not look fast. Whether the
 * address may be asked at all is looked at before.
 *
 * @throws the reason of `signal`, once that is aborted.
 */
export async function putLoad(
  url: URL,
  load: Load,
  { signal, lookup }: { readonly signal: AbortSignal; readonly lookup?: Lookup },
): Promise<LoadRun> {
  signal.throwIfAborted()
  const started = performance.now()
  const sockets = { keepAlive: true, maxSockets: load.concurrency, maxFreeSockets: load.concurrency }
  const agent = url.protocol === 'https:' ? new SecureAgent(sockets) : new Agent(sockets)
  const stop = AbortSignal.any([signal, AbortSignal.timeout(load.seconds * 1000)])
  stop.addEventListener('abort', () => agent.destroy(), { once: true })
  const gun: Gun = { url, agent, lookup: lookupOnce(lookup), secondsEach: load.secondsEach, stop }
  const shots: Shot[] = []
  let failed = 0
  const failing = () => failed > load.failed && failed * 10 > load.requests
  try {
    await bounded(Array.from({ length: load.requests }), load.concurrency, async () => {
      if (stop.aborted || failing()) return
      const shot = await fire(gun)
      if (shot.why !== undefined) failed++
      shots.push(shot)
    })
  } finally {
    agent.destroy()
  }
  signal.throwIfAborted()
  return {
    shots,
    seconds: (performance.now() - started) / 1000,
    ended: stop.aborted ? 'out-of-time' : shots.length < load.requests ? 'failing' : 'all',
  }
}

interface Gun {
  readonly url: URL
  readonly agent: Agent
  readonly lookup: LookupFunction
  readonly secondsEach: number
  readonly stop: AbortSignal
}

/**
 * One request to its last byte. A connection that the server closed while it lay idle is no failure: it is tried anew, on
 * one of its own, because a server that reloads closes all of them at once.
 */
function fire(gun: Gun, again = true): Promise<Shot> {
  const { url, lookup, secondsEach, stop } = gun
  const agent = again && gun.agent
  const started = performance.now()
  const took = () => (performance.now() - started) / 1000
  return new Promise(settle => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp
    const headers = { 'user-agent': 'rollbook', accept: '*/*', 'cache-control': 'no-cache' }
    let late = false
    const request = send(url, { agent, lookup, headers }, response => {
      response.on('error', fail)
      response.on('end', () => {
        const status = response.statusCode ?? 0
        if (status >= 200 && status < 300) resolve({ seconds: took() })
        else resolve({ why: `${status} ${STATUS_CODES[status] ?? ''}`.trimEnd() })
      })
      response.resume()
    })
    const timer = setTimeout(() => {
      late = true
      request.destroy()
    }, secondsEach * 1000)
    const resolve = (shot: Shot | Promise<Shot>) => {
      clearTimeout(timer)
      settle(shot)
    }
    function fail(error: unknown) {
      if (late) resolve({ seconds: took(), why: `no answer within ${secondsEach} s` })
      else if (stop.aborted) resolve({ seconds: took(), why: 'no answer before the time was up' })
      else if (again && request.reusedSocket && isReset(error)) resolve(fire(gun, false))
      else resolve({ why: troubleOf(error).error })
    }
    request.on('error', fail)
    request.end()
  })
}

const isReset = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ECONNRESET'
