import { isIPv4, isIPv6 } from 'node:net'
import { domainToASCII } from 'node:url'
import { Refusal } from '../refusal.ts'
import type { Host, SshAddress } from './host.ts'

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/
const USER = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/
const HOST = /^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/
const NUMBERS_ONLY = /^[0-9.]+$/
const PORT = /^[1-9][0-9]{0,4}$/
const EXPECTED = '[name=]user@address[:port][ via user@address[:port],…], or [name=]local'
const EXAMPLE = 'web1=deploy@web1.example.com:22'

/** A host of an environment is not written in a way that says where to go. */
export class BadAddress extends Refusal {
  readonly code = 'RB-HOST-ADDRESS'
  /** What is wrong and what would be right, for a list of problems that says itself what was changed. */
  readonly advice: string

  constructor(given: string, problem: string, nearest: string) {
    const wrong = `Host ${shown(given)}: ${problem}. Expected ${EXPECTED}.`
    const remedy = `Write it like this: ${nearest}`
    super(`${wrong} Nothing was changed.`, [remedy])
    this.advice = `${wrong} ${remedy}`
  }
}

/** `user@address:port`, as messages show it. */
export function formatAddress(address: SshAddress): string {
  return `${address.user}@${isIPv6(address.host) ? `[${address.host}]` : address.host}:${address.port}`
}

/**
 * Reads `[name=]user@address[:port]`, optionally with ` via user@bastion[:port]` (several: comma separated, outermost
 * first), or `[name=]local`. Nothing is trimmed, lower-cased or resolved.
 *
 * @param fallbackName the name when the text has none; without it, the address is the name.
 * @throws BadAddress
 */
export function parseHost(text: string, fallbackName?: string): Host {
  const read = readHost(text, fallbackName)
  if (typeof read !== 'string') return read
  throw new BadAddress(text, read, nearest(text, fallbackName))
}

/** The host, or what is wrong with the text. */
function readHost(text: string, fallbackName: string | undefined): Host | string {
  if (text === '') return 'it is empty'
  const equals = text.indexOf('=')
  const name = equals === -1 ? fallbackName : text.slice(0, equals)
  if (name !== undefined && !NAME.test(name)) {
    return `the name ${shown(name)} may have letters, digits, ".", "_" and "-", up to 63, and starts with a letter or digit`
  }
  const [target = '', route, ...more] = text.slice(equals + 1).split(/ +via +/)
  if (more.length > 0) return '"via" stands there twice; several jump hosts are separated by commas'
  if (target === 'local') {
    if (route !== undefined) return '"local" is this machine, and needs no jump host'
    return { name: name ?? 'local', address: { kind: 'local' } }
  }

  const via: SshAddress[] = []
  for (const jump of route === undefined ? [] : route.split(/ *, */)) {
    const address = readAddress(jump, [])
    if (typeof address === 'string') return `jump host ${shown(jump)}: ${address}`
    via.push(address)
  }
  const address = readAddress(target, via)
  if (typeof address === 'string') return address
  const called = name ?? address.host
  if (!NAME.test(called)) return 'the address cannot serve as a name; put one in front of it'
  return { name: called, address }
}

function readAddress(text: string, via: readonly SshAddress[]): SshAddress | string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return 'it is a URL'
  if (/[\s\p{Cc}]/u.test(text)) return 'it contains a blank or a line break'
  const at = text.indexOf('@')
  if (at === -1) return 'the user is missing'
  const user = text.slice(0, at)
  if (!USER.test(user)) return `${shown(user)} is not a user name`

  const rest = text.slice(at + 1)
  const bracketed = /^\[([^\]]*)\](.*)$/.exec(rest)
  if (bracketed === null && rest.split(':').length > 2) {
    return isIPv6(rest) ? 'an IPv6 address needs brackets' : 'there is more than one ":"'
  }
  const colon = rest.indexOf(':')
  const host = bracketed?.[1] ?? (colon === -1 ? rest : rest.slice(0, colon))
  const behind = bracketed?.[2] ?? (colon === -1 ? '' : rest.slice(colon))
  if (bracketed !== null ? !isIPv6(host) : !isHostName(host)) return `${shown(host)} is not an address`
  if (behind === '') return { kind: 'ssh', user, host, port: 22, via }
  const port = behind.slice(1)
  if (!behind.startsWith(':') || !PORT.test(port) || Number(port) > 65535) {
    return `${shown(port)} is not a port (1 to 65535)`
  }
  return { kind: 'ssh', user, host, port: Number(port), via }
}

/** `1.2.3` is refused: resolvers read it as 1.2.0.3. */
function isHostName(text: string): boolean {
  return isIPv4(text) || (HOST.test(text) && !NUMBERS_ONLY.test(text) && !text.includes('..'))
}

/** The text with the usual slips mended, if that makes it right; else an example. */
function nearest(text: string, fallbackName: string | undefined): string {
  const plain = text
    .trim()
    .replace(/^([^=]*=)?[a-z][a-z0-9+.-]*:\/\//i, '$1')
    .replace(/\/.*$/s, '')
  const mended = [
    plain,
    plain.replace(/\blocal via .*/, 'local'),
    plain.replace(/:[^:\]]*$/, ''),
    plain.replace(/@([^@[\]]*:[^@[\]]*)$/, '@[$1]'),
    plain.replace(/@([^@[\]]*:[^@[\]]*)$/, '@[$1]').replace(/^/, 'web1='),
    plain.replace(/^([^=]*=)?/, '$1deploy@'),
    plain.replace(/@([^@:]*[^\p{ASCII}][^@:]*)/u, (_, host: string) => `@${domainToASCII(host)}`),
    `web1=${plain}`,
  ]
  return mended.find(candidate => typeof readHost(candidate, fallbackName) !== 'string') ?? EXAMPLE
}

/** In quotes, short, and with control characters and look-alikes spelled out. */
function shown(text: string): string {
  const short = text.length > 120 ? `${text.slice(0, 120)}…` : text
  return JSON.stringify(short).replaceAll(
    /[^\x20-\x7e…]/gu,
    character => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  )
}
