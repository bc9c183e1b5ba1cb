import { CREATE_ROLE } from './settings.ts'

type Run = (script: string) => Promise<string>
export type Ask = (sql: string, database?: string) => Promise<string>

const MIGRATIONS = 'backend/prisma/migrations'

/** Starts PostgreSQL, with an empty database for the application. @returns what asks it. */
export const startStore = async (run: Run): Promise<Ask> => {
  await run('docker compose up -d --wait postgres 2>&1')
  const ask: Ask = async (sql, database = 'ssalgten') =>
    (
      await run(
        `docker compose exec -T postgres psql -X -q -A -t -v ON_ERROR_STOP=1 -U postgres -d ${database} -f - <<'END'\n${sql}\nEND`,
      )
    ).trim()
  await ask(`${CREATE_ROLE}; create database ssalgten owner ssalgten`, 'postgres')
  return ask
}

/** Applies the migrations of the live commit; Prisma itself notes that it has them. */
export const migrate = async (run: Run, ask: Ask): Promise<void> => {
  const names = (await run(`ls ${MIGRATIONS} | grep _`)).trim().split('\n')
  for (const name of names.filter(each => /^\d/.test(each))) {
    await ask(`set role ssalgten;\n${await run(`cat ${MIGRATIONS}/${name}/migration.sql`)}`)
    await run(
      `docker compose exec -T backend node_modules/.bin/prisma migrate resolve --applied ${name} 2>&1`,
    )
  }
}

/** A thousand rows, and no database beside the one of the application. */
export const fill = async (ask: Ask): Promise<void> => {
  const beside = await ask("select datname from pg_database where datname like 'ssalgten\\__%'", 'postgres')
  for (const name of beside.split('\n').filter(Boolean)) await ask(`drop database ${name}`, 'postgres')
  await ask('truncate readings; insert into readings select n, n * 2 from generate_series(1, 1000) n')
}

/** What Prisma says of the database, asked in the container of the backend. */
export const migrateStatus = (run: Run): Promise<string> =>
  run('docker compose exec -T backend npx --no-install prisma migrate status 2>&1')
