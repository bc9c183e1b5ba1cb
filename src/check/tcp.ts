import { isIP } from 'node:net'
import * as v from 'valibot'
import type { ItemOf } from '../kind/item-of.ts'
import type { Kind } from '../kind/kind.ts'
import type { Surroundings } from '../kind/surroundings.ts'
import { isMetadataAddress } from './address.ts'
import { fromRunner, LOOK, looksAtItself, patienceOf, patienceOnHost } from './look.ts'
import { type RunnerCheck, tcpCheck } from './runner-check.ts'

/** `host` is absent when only a port was given: then each host looks at itself. */
export interface TcpValue {
  readonly host?: string
  readonly port: number
}

const EXPECTED = 'Expected host:port, such as db.example.com:5432, or a port from 1 to 65535 alone.'

/** Reads `db:5432`, `[::1]:5432`, `5432` or 5432. */
export function parseTcp(given: string | number): TcpValue | undefined {
  const [, bracketed, plain, digits] =
    /^(?:(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)):)?([1-9]\d{0,4})$/.exec(
      String(given),
    ) ?? []
  const port = Number(digits)
  if (digits === undefined || port > 65_535) return undefined
  if (bracketed !== undefined && isIP(bracketed) !== 6) return undefined
  // `22:22` is a slip; a resolver would read the number as an address.
  if (plain !== undefined && /^[\d.]+$/.test(plain) && isIP(plain) === 0) return undefined
  const host = bracketed ?? plain
  if (host === undefined) return { port }
  return isMetadataAddress(host) ? undefined : { host, port }
}

const value = v.pipe(
  v.union([v.string(), v.number()], EXPECTED),
  v.check(given => parseTcp(given) !== undefined, EXPECTED),
  v.transform((given): TcpValue => parseTcp(given) ?? { port: 0 }),
)
type TcpItem = ItemOf<typeof value, typeof LOOK>

const shown = ({ host, port }: TcpValue): string =>
  host === undefined ? `port ${port}` : `${host.includes(':') ? `[${host}]` : host}:${port}`

const title = ({ value }: TcpItem): string => `connect to ${shown(value)}`

export const tcp = {
  name: 'tcp',
  phases: ['verify'],
  value,
  options: LOOK,
  says: 'Looks whether something accepts connections on a port.',
  title,
  looksFrom: ({ value, options: { from } }: TcpItem) =>
    from ?? (value.host === undefined ? 'host' : 'runner'),
  onHost: {
    shell: new URL('./tcp.sh', import.meta.url),
    steps: ({ value, options }: TcpItem) => [
      { data: { host: value.host ?? '127.0.0.1', port: String(value.port), ...patienceOnHost(options) } },
    ],
  },
  fromRunner(item: TcpItem): RunnerCheck {
    const { value, options, severity, timeout } = item
    return tcpCheck(
      { title: item.as ?? title(item), severity, options: patienceOf(options) },
      value.host ?? '',
      value.port,
      timeout === undefined ? {} : { timeoutSeconds: timeout },
    )
  },
  problem({ value, options: { from } }: TcpItem) {
    return value.host === undefined && from === 'runner'
      ? `From the runner a port alone is not an address. Write host:${value.port}, or "from: host".`
      : undefined
  },
  misfit({ value, options: { from } }: TcpItem, surroundings: Surroundings) {
    if (value.host === undefined || !fromRunner(from)) return undefined
    const url = URL.parse(`http://${shown(value)}`)
    return url !== null && looksAtItself(url, surroundings)
      ? 'From the runner this address is the runner itself. To look from the servers, add "from: host".'
      : undefined
  },
} as const satisfies Kind
