import { DatabaseUrlUnreadable } from './mysql-url.ts'
import { identifierProblem } from './names.ts'
import type { PostgresAccess } from './postgres-access.ts'

const EXAMPLE = 'postgresql://USER:PASSWORD@127.0.0.1:5432/NAME'
/** Systems whose addresses are taken for each other; naming them tells nothing of the secret. */
const OTHERS = /^(mysql|mariadb|sqlserver|mongodb(?:\+srv)?|sqlite|file|jdbc|https?|redis|prisma):/i
const TLS = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full']

/**
 * Reads an address such as `postgresql://shop:secret@127.0.0.1:5432/shop`, as applications are given it. Of its query,
 * `sslmode` and `host` (the folder of a socket) are read: the rest is about schemas and pools.
 *
 * @param secret name of the secret that it came from.
 * @throws DatabaseUrlUnreadable
 */
export function readPostgresUrl(text: string, secret: string): PostgresAccess {
  const refuse = (problem: string) => new DatabaseUrlUnreadable(secret, problem, EXAMPLE)
  const address = text.trim()
  const other = OTHERS.exec(address)?.[1]
  if (other !== undefined) throw refuse(`it begins with ${other.toLowerCase()}:, not with postgresql://.`)
  if (!/^postgres(ql)?:\/\//i.test(address))
    throw refuse('it does not begin with postgresql:// or postgres://.')
  // The parser would take line breaks out without a word.
  if (/[\p{Cc}\s]/u.test(address)) throw refuse('it has spaces or line breaks in it.')
  // libpq knows addresses without a host, for a socket; the parser knows none with a user and without one.
  const parsable = address.replace(/^([a-z]+:\/\/[^/?#]*@)(?=[/?])/i, '$1localhost')
  if (!URL.canParse(parsable)) throw refuse('it is not a URL.')
  const url = new URL(parsable)
  const part = (what: string, encoded: string): string => {
    let decoded: string
    try {
      decoded = decodeURIComponent(encoded)
    } catch {
      throw refuse(`its ${what} has a % that stands for nothing; a % itself is written as %25.`)
    }
    if (/\p{Cc}/u.test(decoded)) throw refuse(`its ${what} has a control character in it.`)
    return decoded
  }
  if (url.hash !== '') throw refuse('there is a # in it; in a password it is written as %23.')
  const schema = part('database', url.pathname.slice(1))
  if (schema.includes('/') || identifierProblem(schema) !== undefined || Buffer.byteLength(schema) > 63)
    throw refuse('behind the host, it has no name of one database.')
  const user = part('user', url.username)
  if (user === '') throw refuse('it has no user.')
  const socket = url.searchParams.get('host')
  if (socket !== null && !/^\/[^\p{Cc}]*$/u.test(socket)) throw refuse('the host in its query is no path.')
  const named = part('host', url.hostname).replace(/^\[(.*)\]$/, '$1')
  const host = socket ?? (parsable === address ? named : '')
  if (/[\s"'\\,]/u.test(host) && socket === null) throw refuse('its host is not a name or an address.')
  const tls = url.searchParams.get('sslmode') ?? ''
  if (tls !== '' && !TLS.includes(tls)) throw refuse(`its sslmode is none of ${TLS.join(', ')}.`)
  const password = part('password', url.password)
  return {
    schema,
    host,
    port: url.port === '' ? 5432 : Number(url.port),
    user,
    password: password === '' ? undefined : password,
    tls,
  }
}
