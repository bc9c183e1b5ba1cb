import { Refusal } from '../refusal.ts'

/** How a client of MySQL or MariaDB gets in. */
export interface Access {
  readonly schema: string
  readonly host: string
  readonly port: number
  readonly user: string
  /** Undefined for servers that know the user of a socket. */
  readonly password: string | undefined
  /** Absolute path of a socket, in place of host and port. */
  readonly socket: string | undefined
}

/** A secret that the clients could not read back as it is. */
export class PasswordUnreadable extends Refusal {
  readonly code = 'RB-DATABASE-PASSWORD'
}

/** The clients read lines of at most 4,094 bytes, and take what is left of a longer one for another option. */
const LONGEST = 4000

/**
 * An option file of MySQL and MariaDB, from which their clients read how to get in, so that no password stands in a
 * command or in the environment of a process. The schema is in a comment: the clients have no common option for it.
 *
 * @param source name of the secret that the password came from, for messages.
 * @throws PasswordUnreadable
 */
export function optionFile({ schema, host, port, user, password, socket }: Access, source: string): string {
  const lines = [
    `# database: ${schema}`,
    '[client]',
    `host=${optionValue(host)}`,
    `port=${port}`,
    `user=${optionValue(user)}`,
    ...(password === undefined ? [] : [`password=${optionValue(password)}`]),
    ...(socket === undefined ? [] : [`socket=${optionValue(socket)}`]),
  ]
  if (lines.some(line => Buffer.byteLength(line) > LONGEST)) {
    throw new PasswordUnreadable(
      `The secret ${source} is longer than what the clients of MySQL and MariaDB can read. Nothing was changed.`,
      [`Give the user of the database a shorter password, and put it into ${source}.`],
    )
  }
  return `${lines.join('\n')}\n`
}

const ESCAPES = new Map([
  ['\\', '\\\\'],
  ['"', '\\"'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\b', '\\b'],
])

/**
 * A value as option files have it. In double quotes, blanks around it stay and `#` begins no comment; of the escapes,
 * these are the ones that every version reads (`search_default_file_with_ext`, in mysys of both servers). What has none
 * of its own, such as a form feed, is read as it is.
 */
export const optionValue = (text: string): string =>
  `"${[...text].map(character => ESCAPES.get(character) ?? character).join('')}"`
