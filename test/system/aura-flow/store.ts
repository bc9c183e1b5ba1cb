import { quote } from '../../../src/host/quote.ts'
import type { TestHost } from '../hosts/hosts.ts'
import { must } from '../laravel/must.ts'

export const PASSWORD = `s3cr:t-of-aura 'single' back\\slash`

export type Ask = (sql: string, database?: string) => Promise<string>

/** Which database it is, and one line that is the same only as long as every row is. */
export const CONTENTS = `select (select oid from pg_database where datname = current_database()),
  count(*), md5(string_agg(id || name, ',' order by id)) from flows`

/** Starts PostgreSQL on the host, with the role `aura` and its database. @returns what asks it, as its superuser. */
export const startStore = async (host: TestHost): Promise<Ask> => {
  const ask: Ask = async (sql, database = 'postgres') =>
    (
      await must(host, `psql -X -q -A -t -v ON_ERROR_STOP=1 -d ${database} -c ${quote(sql)}`, 'postgres')
    ).trim()
  await must(host, 'systemctl start postgresql && until pg_isready -q; do sleep 0.1; done')
  await ask(`create role aura login createdb password '${PASSWORD.replaceAll("'", "''")}'`)
  return ask
}

/** A thousand flows, and no database of an earlier test beside them. */
export const fill = async (ask: Ask): Promise<void> => {
  const all = await ask("select datname from pg_database where datname like 'aura%'")
  for (const name of all.split('\n').filter(Boolean)) await ask(`drop database ${name} with (force)`)
  await ask('create database aura owner aura')
  await ask(
    `set role aura; create table flows (id int primary key, name text not null);
     insert into flows select n, 'flow ' || n from generate_series(1, 1000) n`,
    'aura',
  )
}

/** A dump as a nightly job leaves it: nothing of Rollbook's. */
export const dumpOfTheNight = (host: TestHost, folder: string): Promise<string> =>
  must(
    host,
    `PGPASSWORD=${quote(PASSWORD)} pg_dump -Fc -h 127.0.0.1 -U aura -d aura >${folder}/night-2026-11-20.dump`,
    'deploy',
  )
