import type { MadeSecret, Position } from '../kind/item.ts'
import type { Database, Databases } from './database.ts'
import { readMysqlUrl } from './mysql-url.ts'
import { type Access, optionFile } from './option-file.ts'
import { type PostgresAccess, passwordFile } from './postgres-access.ts'
import { readPostgresUrl } from './postgres-url.ts'
import type { DatabasesOutline } from './schema.ts'

type Outline = DatabasesOutline[string]
type Path = readonly string[]

/**
 * The databases of a runbook.
 *
 * @param place where something stands, below `databases`: its key, or else its value.
 */
export function readDatabases(
  outline: DatabasesOutline,
  place: (path: Path, of: 'key' | 'value') => Position,
): Databases {
  return Object.fromEntries(
    Object.entries(outline).map(([name, given]): [string, Database] => [
      name,
      {
        name,
        schema: given.mysql?.name ?? given.postgres?.name,
        on: given.on,
        system: given.postgres === undefined ? 'mysql' : 'postgres',
        through: given.through,
        access: openAccess(given),
        secret: secretOf(name, given, path => place([name, ...path], 'value')),
        backups: given.backups && {
          to: given.backups.to,
          keep: given.backups.keep,
          verify: given.backups.verify,
        },
        later: laterIn(given).map(path => ({
          kind: `databases: ${path.join('.')}`,
          position: place([name, ...path], 'key'),
        })),
        position: place([name], 'key'),
      },
    ]),
  )
}

const laterIn = ({ backups }: Outline): Path[] =>
  backups?.include === undefined ? [] : [['backups', 'include']]

/** What the tools of a database that asks for no secret are given: no part of it has to be hidden. */
const openAccess = ({ postgres, through }: Outline): string | undefined =>
  postgres === undefined || postgres.url !== undefined || postgres.password !== undefined
    ? undefined
    : passwordFile(postgresAccessOf(postgres, through !== undefined, undefined), '')

/** The file that a step of this database reads, made of the secrets that the runbook names. */
function secretOf(name: string, outline: Outline, place: (path: Path) => Position): MadeSecret {
  const { mysql = {}, postgres, through } = outline
  const { url, password } = postgres ?? mysql
  const source = url ?? password
  const path = [postgres === undefined ? 'mysql' : 'postgres', url === undefined ? 'password' : 'url', 'env']
  return {
    name: `database.${name}`,
    of: source === undefined ? [] : [{ name: source.env, position: place(path) }],
    make(values) {
      const given = source && values.get(source.env)
      if (postgres !== undefined) {
        const access =
          url === undefined
            ? postgresAccessOf(postgres, through !== undefined, given)
            : readPostgresUrl(given ?? '', url.env)
        return { value: passwordFile(access, source?.env ?? ''), hidden: [access.password ?? []].flat() }
      }
      const access = url === undefined ? accessOf(mysql, given) : readMysqlUrl(given ?? '', url.env)
      const hidden = [access.password ?? []].flat()
      return { value: optionFile(access, source?.env ?? ''), hidden }
    },
  }
}

/** Inside a service, the server is reached by its own socket unless something else is said. */
function postgresAccessOf(
  { host, port = 5432, name = '', user = '' }: NonNullable<Outline['postgres']>,
  inside: boolean,
  password: string | undefined,
): PostgresAccess {
  return { schema: name, host: host ?? (inside ? '' : '127.0.0.1'), port, user, password, tls: '' }
}

function accessOf(mysql: NonNullable<Outline['mysql']>, password: string | undefined): Access {
  const { host, port = 3306, name = '', user = '', socket } = mysql
  return {
    schema: name,
    // The clients only look at a socket when the host is called so.
    host: host ?? (socket === undefined ? '127.0.0.1' : 'localhost'),
    port,
    user,
    password,
    socket,
  }
}
