import type { MadeSecret, Position } from '../kind/item.ts'
import type { Database, Databases } from './database.ts'
import { readMysqlUrl } from './mysql-url.ts'
import { type Access, optionFile } from './option-file.ts'
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
        schema: given.mysql?.name,
        on: given.on,
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

const laterIn = ({ postgres, through, backups }: Outline): Path[] => [
  ...(postgres === undefined ? [] : [['postgres']]),
  ...(through === undefined ? [] : [['through']]),
  ...(backups?.include === undefined ? [] : [['backups', 'include']]),
]

/** The option file that a step of this database reads, made of the secrets that the runbook names. */
function secretOf(name: string, { mysql = {} }: Outline, place: (path: Path) => Position): MadeSecret {
  const { url, password } = mysql
  const key = url === undefined ? 'password' : 'url'
  const source = url ?? password
  return {
    name: `database.${name}`,
    of: source === undefined ? [] : [{ name: source.env, position: place(['mysql', key, 'env']) }],
    make(values) {
      const given = source && values.get(source.env)
      const access = url === undefined ? accessOf(mysql, given) : readMysqlUrl(given ?? '', url.env)
      const hidden = [access.password ?? []].flat()
      return { value: optionFile(access, source?.env ?? ''), hidden }
    },
  }
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
