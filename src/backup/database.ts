import * as v from 'valibot'
import type { Database, Databases } from '../database/database.ts'
import { identifierProblem } from '../database/names.ts'
import { secretFor, unreachedBy } from '../database/postgres-step.ts'
import type { Item } from '../kind/item.ts'
import type { Kind } from '../kind/kind.ts'
import { list, textOf } from '../kind/shape.ts'
import type { Surroundings } from '../kind/surroundings.ts'
import { nameProblem } from '../runbook/names.ts'
import { stemOf } from './stem.ts'

const value = textOf('Expected the name of a database of this runbook.', nameProblem)
const options = {
  tables: v.optional(
    list(
      textOf('Expected the name of a table.', identifierProblem),
      'Expected a list of tables, such as [orders, order_items].',
      1000,
    ),
  ),
}

interface Options {
  readonly tables?: readonly string[]
}

/** As it was written: the database is a name. */
type WrittenItem = Item & { readonly value: string; readonly options: Options }
/** Once it has adopted its database. */
type DatabaseItem = Item & { readonly value: Database; readonly options: Options }

export const database = {
  name: 'database',
  phases: ['backup'],
  value,
  options,
  says: 'Dumps a database, or some of its tables, compressed, with a sha256 beside it, proved complete before anything changes.',
  title({ value: { name, schema }, options: { tables } }: DatabaseItem) {
    if (tables === undefined) return `back up ${name}${schema === undefined ? '' : ` (${schema})`}`
    return tables.length === 1
      ? `back up the table ${tables[0]} of ${name}`
      : `back up ${tables.length} tables of ${name}`
  },
  problem({ options: { tables = [] } }: WrittenItem) {
    const twice = tables.find((table, at) => tables.indexOf(table) !== at)
    return twice === undefined ? undefined : `The table ${twice} is there twice.`
  },
  namedByLine: ({ value: name, options: { tables } }: WrittenItem) =>
    tables === undefined ? undefined : name,
  adopt(item: WrittenItem, databases: Databases): DatabaseItem | string {
    const named = Object.hasOwn(databases, item.value) ? databases[item.value] : undefined
    if (named === undefined) return `There is no database called ${item.value}.`
    if (named.backups === undefined)
      return `Nothing says where its backups go. Write backups: { to: /var/backups/… } in databases.${named.name}.`
    const { secret, later } = named
    if (named.system === 'postgres') {
      if (item.options.tables !== undefined) return 'tables is for MySQL: of PostgreSQL, all is backed up.'
      return { ...item, kind: 'postgres', value: named, on: item.on ?? named.on, ...secretFor(named), later }
    }
    return { ...item, value: named, on: item.on ?? named.on, env: [secret.name], made: [secret], later }
  },
  misfit: (item: DatabaseItem, surroundings: Surroundings) => unreachedBy(item, item.value, surroundings),
  onHost: {
    shell: [
      new URL('./database.sh', import.meta.url),
      new URL('./database-guard.sh', import.meta.url),
      new URL('./database-server.sh', import.meta.url),
      new URL('./database-dump.sh', import.meta.url),
      new URL('./database-scratch.sh', import.meta.url),
      new URL('./database-history.sh', import.meta.url),
    ],
    steps({ value: { name, backups }, options: { tables }, position }: DatabaseItem, { run, variables }) {
      const { app, environment } = variables
      return [
        {
          data: {
            system: 'mysql',
            database: name,
            tables: (tables ?? []).join('\n'),
            folder: backups?.to ?? '',
            stem: stemOf({ app, environment, database: name, run, tablesOf: tables && position.line }),
            verify: backups?.verify ?? 'readback',
          },
        },
      ]
    },
  },
} as const satisfies Kind
