/** What the host of a database is called where nobody may read it. */
export const NOT_FOR_OTHERS = /postgres:5432|geheim|10\.1\.2\.3|ssalgten_db/

const HEAD = `Environment variables loaded from .env
Prisma schema loaded from prisma/schema.prisma
Datasource "db": PostgreSQL database "ssalgten_db", schema "public" at "postgres:5432"
`

const found = (count: number) =>
  count === 0
    ? 'No migration found in prisma/migrations'
    : `${count} migration${count > 1 ? 's' : ''} found in prisma/migrations`

interface Told {
  /** Migrations of the folder that it looks into. */
  readonly local: readonly string[]
  readonly unapplied?: readonly string[]
  readonly unpersisted?: readonly string[]
  readonly failed?: readonly string[]
  /** The database has a table of migrations. */
  readonly managed?: boolean
}

/** What `prisma migrate status` of versions 5 and 6 prints for people. */
export function statusText({
  local,
  unapplied = [],
  unpersisted = [],
  failed = [],
  managed = true,
}: Told): string {
  const s = (names: readonly string[]) => (names.length > 1 ? 's' : '')
  const head = `${HEAD}\n${found(local.length)}\n`
  if (unpersisted.length > 0 && unapplied.length > 0)
    return `${head}Your local migration history and the migrations table from your database are different:

The last common migration is: ${local[0]}

The migration${s(unapplied)} have not yet been applied:
${unapplied.join('\n')}

The migration${s(unpersisted)} from the database are not found locally in prisma/migrations:
${unpersisted.join('\n')}
`
  if (unapplied.length > 0)
    return `${head}Following migration${s(unapplied)} have not yet been applied:
${unapplied.join('\n')}

To apply migrations in development run prisma migrate dev.
To apply migrations in production run prisma migrate deploy.
`
  if (failed.length > 0)
    return `${head}Following migration${s(failed)} have failed:
${failed.join('\n')}

During development if the failed migration(s) have not been deployed to a production database you can then fix the migration(s) and run prisma migrate dev.

The failed migration(s) can be marked as rolled back or applied:
      
- If you rolled back the migration(s) manually:
prisma migrate resolve --rolled-back "${failed[0]}"

- If you fixed the database manually (hotfix):
prisma migrate resolve --applied "${failed[0]}"

Read more about how to resolve migration issues in a production database:
https://pris.ly/d/migrate-resolve
`
  if (!managed)
    return `${head}The current database is not managed by Prisma Migrate.
        
Read more about how to baseline an existing production database:
https://pris.ly/d/migrate-baseline
`
  return `${head}\n\nDatabase schema is up to date!\n`
}

/** What version 6.19 adds to that when it is asked for its reasons with DEBUG=prisma:migrate:status. */
export function reasons({
  local,
  unapplied = [],
  unpersisted = [],
  failed = [],
  managed = true,
}: Told): string {
  const diagnostic =
    unpersisted.length > 0
      ? unapplied.length > 0
        ? 'historiesDiverge'
        : 'migrationsDirectoryIsBehind'
      : 'databaseIsBehind'
  const history =
    unapplied.length + unpersisted.length === 0
      ? null
      : {
          diagnostic,
          ...(diagnostic === 'historiesDiverge' && { lastCommonMigrationName: local[0] }),
          ...(unpersisted.length > 0 && { unpersistedMigrationNames: unpersisted }),
          ...(unapplied.length > 0 && { unappliedMigrationNames: unapplied }),
        }
  const diagnosis = {
    editedMigrationNames: [],
    failedMigrationNames: failed,
    hasMigrationsTable: managed,
    history,
  }
  const shown = (value: object, after: string) =>
    `prisma:migrate:status ${JSON.stringify(value, undefined, 2)} ${after}\n`
  return (
    shown({ diagnoseResult: JSON.stringify(diagnosis, undefined, 2) }, '+2816ms') +
    shown({ listMigrationDirectoriesResult: { migrations: local } }, '+11ms')
  )
}

/** Version 6 with its Rust engine, which could not reach the database. */
export const UNREACHABLE = `${HEAD}
Error: P1001: Can't reach database server at \`10.1.2.3:5432\`

Please make sure your database server is running at \`10.1.2.3:5432\`.
`
