import { PasswordUnreadable } from './option-file.ts'

/** How a client of PostgreSQL gets in. */
export interface PostgresAccess {
  readonly schema: string
  /** A name, an address or the folder of a socket; empty for the socket of the server itself. */
  readonly host: string
  readonly port: number
  readonly user: string
  /** Undefined for servers that know the user of a socket. */
  readonly password: string | undefined
  /** A word of libpq, such as `require`; empty for its own default. */
  readonly tls: string
}

/** Bytes of a password that clients before 13 read: their line ends at 320, with what stands before it. */
const LONGEST = 300

/**
 * A password file of libpq (`PGPASSFILE`), so that no password stands in a command or in the environment of a process.
 * Its comments tell `postgres-client.sh` where the server is. It is for our own clients alone, so that the password
 * counts for whatever they connect to.
 *
 * @param source name of the secret that the password came from, for messages.
 * @throws PasswordUnreadable
 */
export function passwordFile(access: PostgresAccess, source: string): string {
  const { schema, host, port, user, password, tls } = access
  const lines = [
    `# database: ${schema}`,
    `# host: ${host}`,
    `# port: ${port}`,
    `# user: ${user}`,
    `# tls: ${tls}`,
    ...(password === undefined ? [] : [`*:*:*:*:${readable(password, source)}`]),
  ]
  return `${lines.join('\n')}\n`
}

function readable(password: string, source: string): string {
  const escaped = password.replaceAll('\\', '\\\\').replaceAll(':', '\\:')
  const problem = /[\n\r\0]/.test(password)
    ? 'has a line break in it, which no password file of PostgreSQL can hold'
    : Buffer.byteLength(escaped) > LONGEST
      ? 'is longer than what the clients of PostgreSQL can read'
      : undefined
  if (problem === undefined) return escaped
  throw new PasswordUnreadable(`The secret ${source} ${problem}. Nothing was changed.`, [
    `Look for a line break at its end; or give the user of the database another password, and put it into ${source}.`,
  ])
}
