import type { LookupAddress } from 'node:dns'
import { lookup as lookupByName } from 'node:dns/promises'
import { BlockList, isIP, type LookupFunction } from 'node:net'

// Machines of a cloud get their credentials from here: nothing that a runbook says may make a runner ask for them.
const METADATA = new BlockList()
METADATA.addAddress('169.254.169.254', 'ipv4')
METADATA.addAddress('fd00:ec2::254', 'ipv6')

/** Whether `host` (a name, or an address with or without brackets) is the metadata service of a cloud. */
export function isMetadataAddress(host: string): boolean {
  const address = withoutBrackets(host)
  const version = isIP(address)
  if (version === 0) return false
  return METADATA.check(address, version === 4 ? 'ipv4' : 'ipv6')
}

/** `[::1]` of a URL is `::1` everywhere else. */
export const withoutBrackets = (host: string): string =>
  host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host

/** A name led to an address that is never asked. */
export class ForbiddenAddress extends Error {}

/** All addresses of a name; rejects with an error of `node:dns`. */
export type Lookup = (name: string) => Promise<readonly LookupAddress[]>

const lookupAll: Lookup = name => lookupByName(name, { all: true })

/**
 * One look-up of a name at a time: whoever asks for it meanwhile waits for the same answer. The process has room for two,
 * and a name server that is silent would keep everybody else's waiting behind them.
 */
export function lookupTogether(lookup: Lookup = lookupAll): Lookup {
  const underWay = new Map<string, ReturnType<Lookup>>()
  return name => {
    const asked =
      underWay.get(name) ??
      lookup(name).finally(() => {
        underWay.delete(name)
      })
    underWay.set(name, asked)
    return asked
  }
}

/**
 * Makes the `lookup` of one probe: a name is resolved once, however many connections the probe needs, and never to the
 * metadata service.
 */
export function lookupOnce(lookup: Lookup = lookupAll): LookupFunction {
  const known = new Map<string, Promise<readonly LookupAddress[]>>()
  return (name, options, callback) => {
    const addresses = known.get(name) ?? lookup(name)
    known.set(name, addresses)
    addresses.then(
      all => {
        const [first] = all
        if (first === undefined) callback(Object.assign(new Error('no address'), { code: 'ENOTFOUND' }), '')
        else if (all.some(({ address }) => isMetadataAddress(address))) callback(new ForbiddenAddress(), '')
        else if (options.all) callback(null, [...all])
        else callback(null, first.address, first.family)
      },
      error => callback(error, ''),
    )
  }
}
