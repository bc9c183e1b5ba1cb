import { Refusal } from '../refusal.ts'
import { identifierProblem } from './names.ts'
import type { Access } from './option-file.ts'

/** A secret that should be the address of a database is something else. Never repeats any of it. */
export class DatabaseUrlUnreadable extends Refusal {
  readonly code = 'RB-DATABASE-URL'

  constructor(secret: string, problem: string, example = 'mysql://USER:PASSWORD@127.0.0.1:3306/NAME') {
    super(
      `The secret ${secret} can't be used as the address of a database: ${problem} Nothing was changed.`,
      [
        `Set ${secret} to an address such as ${example}.`,
        'In its parts, characters such as @ : / ? # and % are written as %40 %3A %2F %3F %23 and %25.',
      ],
    )
  }
}

/** Systems whose addresses are taken for each other; naming them tells nothing of the secret. */
const OTHERS = /^(postgres(?:ql)?|sqlserver|mongodb(?:\+srv)?|sqlite|file|jdbc|https?|redis):/i

/**
 * Reads an address such as `mysql://shop:secret@127.0.0.1:3306/shop`, as applications are given it. Of its query, only
 * `socket` is read: the rest is about pools of connections.
 *
 * @param secret name of the secret that it came from.
 * @throws DatabaseUrlUnreadable
 */
export function readMysqlUrl(text: string, secret: string): Access {
  const refuse = (problem: string) => new DatabaseUrlUnreadable(secret, problem)
  const address = text.trim()
  const other = OTHERS.exec(address)?.[1]
  if (other !== undefined) throw refuse(`it begins with ${other.toLowerCase()}:, not with mysql://.`)
  if (!/^(mysql|mariadb):\/\//i.test(address)) throw refuse('it does not begin with mysql:// or mariadb://.')
  // The parser would take line breaks out without a word.
  if (/[\p{Cc}\s]/u.test(address)) throw refuse('it has spaces or line breaks in it.')
  if (!URL.canParse(address)) throw refuse('it is not a URL.')
  const url = new URL(address)
  const part = (what: string, encoded: string): string => {
    try {
      return decodeURIComponent(encoded)
    } catch {
      throw refuse(`its ${what} has a % that stands for nothing; a % itself is written as %25.`)
    }
  }
  if (url.hash !== '') throw refuse('there is a # in it; in a password it is written as %23.')
  const schema = part('database', url.pathname.slice(1))
  if (schema.includes('/') || identifierProblem(schema) !== undefined)
    throw refuse('behind the host, it has no name of one database.')
  const user = part('user', url.username)
  if (user === '') throw refuse('it has no user.')
  const socket = url.searchParams.get('socket')?.replace(/^\((.*)\)$/, '$1') || undefined
  const host = part('host', url.hostname).replace(/^\[(.*)\]$/, '$1')
  if (host === '' && socket === undefined) throw refuse('it has no host.')
  if (/[\p{Cc}\s"'\\]/u.test(host)) throw refuse('its host is not a name or an address.')
  if (socket !== undefined && !/^\/[^\p{Cc}]*$/u.test(socket))
    throw refuse('its socket is not an absolute path.')
  const password = part('password', url.password)
  return {
    schema,
    // The clients only look at a socket when the host is called so.
    host: socket === undefined ? host : 'localhost',
    port: url.port === '' ? 3306 : Number(url.port),
    user,
    password: password === '' ? undefined : password,
    socket,
  }
}
