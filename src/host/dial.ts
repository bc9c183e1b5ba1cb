import { connect, type LookupFunction, type Socket } from 'node:net'

/** Milliseconds for one of several addresses of a name, before the next one is tried. */
const PER_ADDRESS = 1000

/**
 * A connection to a host, by the first of its addresses that takes one.
 *
 * @param signal ends the try, and whatever the connection is used for afterwards.
 * @throws the error of Node (`code`: ENOTFOUND, ECONNREFUSED, …).
 */
export function dial(
  host: string,
  port: number,
  signal: AbortSignal,
  lookup?: LookupFunction,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port,
      // Without it each small message waits for a delayed acknowledgement, 40 ms.
      noDelay: true,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: PER_ADDRESS,
      ...(lookup !== undefined && { lookup }),
    })
    const giveUp = () => socket.destroy(new Error('no answer'))
    signal.addEventListener('abort', giveUp, { once: true })
    socket.once('error', reject)
    socket.once('connect', () => {
      signal.removeEventListener('abort', giveUp)
      socket.off('error', reject)
      // The next owner of the socket listens when it gets it; an error in between must not end the process.
      socket.on('error', () => {})
      resolve(socket)
    })
  })
}
