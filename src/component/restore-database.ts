import type { Database, Databases } from '../database/database.ts'
import { POSTGRES_SHELL, postgresData, secretFor, unreachedBy } from '../database/postgres-step.ts'
import type { Item } from '../kind/item.ts'
import type { Kind } from '../kind/kind.ts'
import { text } from '../kind/shape.ts'
import type { Surroundings } from '../kind/surroundings.ts'
import type { Seen } from '../release/facts.ts'
import { readRestorableDatabase } from './restore-database-reader.ts'
import { databaseShown } from './restore-database-status.ts'
import { liveNow, resolveBackup, type Wanted } from './restore-database-target.ts'

/** What the runbook says of a restore: its names are known to be in their forms. */
interface Written {
  readonly database?: string | undefined
  readonly from: string | { readonly suffix: string }
  readonly with?: string | undefined
}

/** Once it has adopted its database. */
type RestoreItem = Item & { readonly value: { readonly database: Database; readonly from: string } }

/** Seconds: a database is loaded and counted within one step. */
const TIMEOUT = 3600

/** An item `restore` with a database, as an item of the kind below; one sentence when it can't be had. */
export function adoptRestoreDatabase(
  item: Item & { readonly value: Written },
  databases: Databases,
): Item | string {
  const { database: name = '', from, with: beside } = item.value
  const database = Object.hasOwn(databases, name) ? databases[name] : undefined
  if (database === undefined) return `There is no database called ${name}.`
  const { position } = item
  const { later } = database
  // Its databases can't be renamed, so that none could be kept beside the restored one.
  if (database.system !== 'postgres')
    return { ...item, later: [...later, { kind: 'restore: mysql', position }] }
  if (typeof from !== 'string') return 'A database is restored from latest, a run, or the path of a file.'
  if (beside !== undefined) return { ...item, later: [...later, { kind: 'restore: with', position }] }
  return {
    ...item,
    kind: 'restore_database',
    value: { database, from },
    on: item.on ?? database.on,
    timeout: item.timeout ?? TIMEOUT,
    ...secretFor(database),
    later,
  } satisfies RestoreItem
}

/** Its name, how to get in (empty where this operation was not given its secret), and the Compose service, if any. */
const wayInto = (
  { name = '', access, secret, through }: Partial<Database> = {},
  secrets: ReadonlyMap<string, string> | undefined,
): readonly string[] => [
  name,
  access ?? secrets?.get(secret?.name ?? '') ?? '',
  through?.compose ?? '',
  through?.service ?? '',
]

const wantedBy = ({ value: { database, from } }: RestoreItem, seen: Seen): Wanted => ({
  name: database.name,
  schema: database.schema,
  from,
  host: seen.host,
  now: seen.time,
})

/** What an item `restore` becomes when it is about a database of PostgreSQL. Nobody writes it. */
export const restoreDatabase = {
  name: 'restore_database',
  phases: [],
  value: text('Expected the name of a database.'),
  options: {},
  says: 'Restores a PostgreSQL database beside the live one, and changes their names.',
  title: ({ value: { database } }: RestoreItem) =>
    `restore the database ${database.schema ?? database.name} from a backup`,
  misfit: (item: RestoreItem, surroundings: Surroundings) =>
    unreachedBy(item, item.value.database, surroundings),
  onHost: {
    shell: [
      new URL('./restore-database.sh', import.meta.url),
      new URL('./restore-database-names.sh', import.meta.url),
      new URL('./restore-database-fit.sh', import.meta.url),
      new URL('./restore-database-swap.sh', import.meta.url),
      new URL('../backup/postgres.sh', import.meta.url),
      new URL('../backup/database.sh', import.meta.url),
      new URL('../backup/database-guard.sh', import.meta.url),
      new URL('../backup/database-dump.sh', import.meta.url),
      ...POSTGRES_SHELL,
    ],
    steps: (_, { data }) => [{ data }],
    back: ({ database = '' }) =>
      `give the database of ${database} that is live now its name back; the restored one is kept beside it`,
  },
  leaves: ({ value: { database } }: RestoreItem, secrets) => ({
    shell: [
      new URL('./restore-database-left.sh', import.meta.url),
      new URL('./restore-database-names.sh', import.meta.url),
      new URL('./restore-database-open.sh', import.meta.url),
      ...POSTGRES_SHELL,
    ],
    about: wayInto(database, secrets),
  }),
  component: {
    fixed: true,
    shows: ({ value: { database } }: RestoreItem, seen) =>
      databaseShown(database, readRestorableDatabase(seen.answer)),
    question({ value: { database, from } }: RestoreItem, target, secrets) {
      return {
        shell: [
          new URL('./restore-database-probe.sh', import.meta.url),
          new URL('./restore-database-open.sh', import.meta.url),
          new URL('./restore-database-found.sh', import.meta.url),
          ...POSTGRES_SHELL,
        ],
        ask: 'probe_restore_database',
        about: [
          ...wayInto(database, secrets),
          typeof from === 'string' && target !== '' ? from : '',
          database?.backups?.to ?? '',
        ],
      }
    },
    live: (item: RestoreItem, seen) => liveNow(wantedBy(item, seen)),
    resolve: (item: RestoreItem, seen) =>
      resolveBackup(wantedBy(item, seen), readRestorableDatabase(seen.answer)),
    identity({ value: { database } }: RestoreItem, seen) {
      const { live, oid, problem } = readRestorableDatabase(seen.answer)
      return {
        [`database ${database.name}`]: live && oid ? `${live.name}, oid ${oid}` : (problem ?? 'not known'),
      }
    },
    recovers({ value: { database } }: RestoreItem, seen) {
      const { chosen, rowsThen, rowsNow } = readRestorableDatabase(seen.answer)
      if (chosen === undefined) return undefined
      return {
        name: database.name,
        path: chosen.path,
        bytes: chosen.bytes,
        ageSeconds: Math.max(0, seen.time - chosen.from),
        rows: [...rowsThen].map(([table, backup]) => {
          const rows = rowsNow.get(table)
          return { table, backup, ...(rows !== undefined && { live: rows }) }
        }),
      }
    },
    data({ value: { database } }: RestoreItem, seen) {
      const { chosen } = readRestorableDatabase(seen.answer)
      return {
        ...postgresData(database),
        file: chosen?.path ?? '',
        sha256: chosen?.sha256 ?? '',
        bytes: String(chosen?.bytes ?? 0),
      }
    },
  },
} as const satisfies Kind
