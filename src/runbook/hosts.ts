import { isDeepStrictEqual } from 'node:util'
import { BadAddress, parseHost } from '../host/address.ts'
import type { Host } from '../host/host.ts'
import { isKeyLike } from './given.ts'

/**
 * Reads one address.
 *
 * @param name what the host is called; without it, the text may name it.
 * @returns the host, or what is wrong: sentences that never repeat a password.
 */
export function readHost(text: string, name?: string): Host | string {
  if (isKeyLike(text)) return 'This is a key, and not an address. Expected user@address[:port].'
  if (text.includes('${{')) return 'An expression ({{ … }}) is left in it: nobody expands it here.'
  if (/^([^=\s]*=)?[^@\s/]*:(?!\/\/)[^@\s]*@/.test(text) || /\/\/[^/\s]*:[^/\s]*@/.test(text)) {
    return 'A password has no place in an address: hosts are entered with a key. Expected user@address[:port].'
  }
  if (name !== undefined && text.includes('='))
    return 'The name stands before it already. Expected user@address[:port].'
  // `from: host` and `from: runner` mean something else.
  if (name === 'host') return 'A host cannot be called "host": in checks this word means each host.'
  try {
    return parseHost(text, name)
  } catch (error) {
    if (error instanceof BadAddress) return error.advice
    throw error
  }
}

/** The first host that goes to the same place as the last one of the list: its lock would be in its own way. */
export function twin(hosts: readonly Host[]): Host | undefined {
  const last = hosts.at(-1)
  return hosts.slice(0, -1).find(host => isDeepStrictEqual(host.address, last?.address))
}
