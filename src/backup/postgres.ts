import type { Database } from '../database/database.ts'
import { POSTGRES_SHELL, postgresData, unreachedBy } from '../database/postgres-step.ts'
import type { Item } from '../kind/item.ts'
import type { Kind } from '../kind/kind.ts'
import { text } from '../kind/shape.ts'
import type { Surroundings } from '../kind/surroundings.ts'
import { stemOf } from './stem.ts'

type PostgresItem = Item & { readonly value: Database }

/** What an item `database` becomes when its database is one of PostgreSQL. Nobody writes it. */
export const postgres = {
  name: 'postgres',
  phases: [],
  value: text('Expected the name of a database.'),
  options: {},
  says: 'Dumps a PostgreSQL database.',
  title: ({ value: { name, schema } }: PostgresItem) =>
    `back up ${name}${schema === undefined ? '' : ` (${schema})`}`,
  misfit: (item: PostgresItem, surroundings: Surroundings) => unreachedBy(item, item.value, surroundings),
  onHost: {
    shell: [
      new URL('./postgres.sh', import.meta.url),
      new URL('./database.sh', import.meta.url),
      new URL('./database-guard.sh', import.meta.url),
      new URL('./database-dump.sh', import.meta.url),
      ...POSTGRES_SHELL,
    ],
    steps({ value }: PostgresItem, { run, variables: { app, environment } }) {
      const { name, backups } = value
      return [
        {
          data: {
            ...postgresData(value),
            tables: '',
            folder: backups?.to ?? '',
            stem: stemOf({ app, environment, database: name, run }),
            verify: backups?.verify ?? 'readback',
          },
        },
      ]
    },
  },
} as const satisfies Kind
