import { BlockList, isIP } from 'node:net'
import { Refusal } from '../refusal.ts'
import { isMetadataAddress, withoutBrackets } from './address.ts'
import { shownText } from './shown.ts'

/** The address of a check can't be used. The message never shows what stands before an `@` or after a `?`. */
export class BadCheckUrl extends Refusal {
  readonly code = 'RB-CHECK-URL'
}

/**
 * Puts the address of a check together. A path starts with `/` and is taken from the root of `base`, the `url` of the
 * environment; what is already percent-encoded stays so.
 *
 * @throws BadCheckUrl
 */
export function checkUrl(base: string | undefined, pathOrUrl: string): URL {
  if (!pathOrUrl.startsWith('/') || pathOrUrl.startsWith('//')) return parse('a check', pathOrUrl)
  if (base === undefined) {
    throw new BadCheckUrl(
      `The check ${shownUrl(pathOrUrl)} is a path, and there is no url to put before it.`,
      ['Give the environment a url, such as https://shop.example.com, or write the whole URL in the check.'],
    )
  }
  refuseOddText('a check', pathOrUrl)
  return new URL(pathOrUrl, parse('the environment', base))
}

function parse(whose: string, text: string): URL {
  refuseOddText(whose, text)
  const schemed = /^[a-z][a-z0-9+.-]*:\/\//i.test(text)
  if (!schemed) {
    throw new BadCheckUrl(`The URL of ${whose} has no scheme: ${shownUrl(text)}.`, [
      'Write it with http:// or https:// in front, or as a path that starts with one /.',
    ])
  }
  const url = URL.parse(text)
  if (url === null) throw new BadCheckUrl(`The URL of ${whose} is not a URL: ${shownUrl(text)}.`, [EXAMPLE])
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new BadCheckUrl(
      `The URL of ${whose} starts with ${shownText(url.protocol)}//; a check can only use http or https.`,
      [EXAMPLE],
    )
  }
  if (url.username !== '' || url.password !== '') {
    throw new BadCheckUrl(`The URL of ${whose} has a user name or password in it: ${shownUrl(text)}.`, [
      'Take out what stands before the @, and check a path that answers without signing in.',
      'If the password was real, change it: it stands in the runbook or in the inputs of the workflow.',
    ])
  }
  if (isMetadataAddress(url.hostname)) {
    throw new BadCheckUrl(`The URL of ${whose} is the metadata service of a cloud: ${shownUrl(text)}.`, [
      'Check an address of the application instead: the metadata service hands out credentials of the machine.',
    ])
  }
  return url
}

const EXAMPLE = 'Write a URL such as https://shop.example.com/healthz.'

/** The parser of URLs quietly drops tabs and line ends and takes `\` for `/`: what is asked would not be what is read. */
function refuseOddText(whose: string, text: string): void {
  if (/[\s\p{C}\\]/u.test(text)) {
    throw new BadCheckUrl(
      `The URL of ${whose} has a space, a line end, a backslash or an invisible character in it: ${shownUrl(text)}.`,
      ['Remove it, or write it percent-encoded (a space is %20).'],
    )
  }
}

function shownUrl(text: string): string {
  const [address = ''] = text.split(/[?#]/, 1)
  const at = text.lastIndexOf('@')
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text)?.[0] ?? ''
  // A password may hold `?`, `#` or `/`, so whatever stands before the last `@` is hidden, wherever that is.
  const safe = at === -1 ? address : `${scheme}***@${text.slice(at + 1).split(/[?#]/, 1)[0]}`
  return `"${shownText(safe)}${at === -1 && address.length < text.length ? '?…' : ''}"`
}

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

/** Whether a check from the runner would look at the runner itself, which is rarely what was meant. */
export function isLoopback(url: URL): boolean {
  const host = withoutBrackets(url.hostname)
  const version = isIP(host)
  if (version === 0) return host === 'localhost' || host.endsWith('.localhost')
  return LOOPBACK.check(host, version === 4 ? 'ipv4' : 'ipv6')
}
