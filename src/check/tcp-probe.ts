import { connect } from 'node:net'
import { ForbiddenAddress, isMetadataAddress, type Lookup, lookupOnce, withoutBrackets } from './address.ts'
import type { Verdict } from './expect.ts'
import { troubleOf } from './trouble.ts'

export interface TcpProbeOptions {
  /** From the look-up of the name until the connection stands. */
  readonly timeoutSeconds: number
  readonly lookup?: Lookup
  readonly signal?: AbortSignal
}

/**
 * Connects and closes again without a word. Passes once the connection stands, which proves that something listens but
 * never which release.
 *
 * @throws the reason of `signal`, once that is aborted.
 */
export async function probeTcp(host: string, port: number, options: TcpProbeOptions): Promise<Verdict> {
  options.signal?.throwIfAborted()
  if (isMetadataAddress(host)) return failed(troubleOf(new ForbiddenAddress()).error)
  return await new Promise((resolve, reject) => {
    const socket = connect({ host: withoutBrackets(host), port, lookup: lookupOnce(options.lookup) })
    const timer = setTimeout(
      () => settle(() => resolve(failed(`no connection within ${options.timeoutSeconds} s`))),
      options.timeoutSeconds * 1000,
    )
    const abort = () => settle(() => reject(options.signal?.reason))
    const settle = (tell: () => void) => {
      clearTimeout(timer)
      options.signal?.removeEventListener('abort', abort)
      socket.destroy()
      tell()
    }
    options.signal?.addEventListener('abort', abort, { once: true })
    socket.once('connect', () => {
      const ip = socket.remoteAddress ?? ''
      settle(() => resolve({ passed: true, detail: `connected to ${ip} port ${port}`, proof: 'weak' }))
    })
    socket.on('error', error => settle(() => resolve(failed(troubleOf(error).error))))
  })
}

const failed = (detail: string): Verdict => ({ passed: false, detail, proof: 'weak' })
