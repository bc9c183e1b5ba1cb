import { quote } from '../../../src/host/quote.ts'
import type { TestHost } from '../hosts/hosts.ts'
import { must } from '../laravel/must.ts'

/** A password with every character that libpq's password file, a shell or SQL reads in its own way. */
export const PASSWORD = `s3cr:t "double" 'single' back\\slash $HOME %25 ;&`

/** A PostgreSQL with a database `store` that has one of everything, owned by the role `store`. */
export interface Store {
  /** What a statement answers, rows as lines with `|` between columns, asked as the superuser. */
  ask(sql: string, database?: string): Promise<string>
  /** Rows of each table of a database, its extensions, owners and settings. */
  everything(database?: string): Promise<string[]>
  /** Names of all databases but those of the server itself. */
  databases(): Promise<string[]>
  /** As it was at first: every other database goes. */
  mend(): Promise<void>
}

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`

// A database with a locale, settings and rights of its own, which no archive has.
const DATABASE = `
create database store owner store template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C.UTF-8' connection limit 50;
alter database store set search_path = "$user", public, audit;
alter database store set work_mem = '7MB';
alter role store in database store set statement_timeout = '9min';
revoke all on database store from public;
grant connect on database store to reader;
`
const SCHEMA = `
create extension pg_trgm;
set role store;
create schema audit;
create table orders (id int generated always as identity primary key, at timestamptz default now(), note text, picture bytea);
insert into orders (note, picture) select E'it''s "æ 日本 🎓"\\n\\\\.\\nCOPY public.fake FROM stdin;' || n, sha256(n::text::bytea) from generate_series(1, 300) n;
create table audit."we""ird (name)" (id int);
insert into audit."we""ird (name)" values (1), (2);
create table events (id int, day date) partition by range (day);
create table events_2026 partition of events for values from ('2026-01-01') to ('2027-01-01');
insert into events select n, '2026-05-01' from generate_series(1, 50) n;
create table empty ();
create view notes as select id, note from orders;
create materialized view lengths as select id, length(note) as length from orders;
create function three() returns int language sql as 'select 3';
`
const OBJECTS = `
select 'table', n.nspname, c.relname, pg_get_userbyid(c.relowner), c.relkind from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'S') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' order by 2, 3;
select 'extension', extname from pg_extension order by 2;
select 'database', pg_get_userbyid(datdba), datcollate, datctype, datconnlimit, datallowconn, datacl from pg_database where datname = current_database();
select 'setting', setrole::regrole, setconfig from pg_db_role_setting where setdatabase = (select oid from pg_database where datname = current_database()) order by 2;
select 'orders', count(*), md5(string_agg(id || note || encode(picture, 'hex'), ',' order by id)) from orders;
select 'weird', count(*) from audit."we""ird (name)";
select 'events', count(*) from events;
`

/** Starts it on a host. */
export const startStore = async (host: TestHost): Promise<Store> => {
  const ask = (sql: string, database = 'postgres'): Promise<string> =>
    must(host, `psql -X -q -A -t -v ON_ERROR_STOP=1 -d ${database} -c ${quote(sql)}`, 'postgres')
  const script = (sql: string, database = 'postgres'): Promise<string> =>
    must(
      host,
      `psql -X -q -A -t -v ON_ERROR_STOP=1 -d ${database} <<'END_OF_SQL'\n${sql}\nEND_OF_SQL`,
      'postgres',
    )
  await must(host, 'systemctl start postgresql && until pg_isready -q; do sleep 0.1; done')
  await ask(`create role store login createdb password ${text(PASSWORD)}`)
  await ask('create role reader login')
  const databases = async (): Promise<string[]> =>
    (
      await ask(
        "select datname from pg_database where not datistemplate and datname <> 'postgres' order by 1",
      )
    )
      .split('\n')
      .filter(Boolean)
  return {
    ask,
    databases,
    everything: async (database = 'store') => (await script(OBJECTS, database)).trim().split('\n'),
    mend: async () => {
      await must(host, 'systemctl is-active -q postgresql@17-main || systemctl start postgresql@17-main')
      for (const each of await databases())
        await ask(`drop database "${each.replaceAll('"', '""')}" with (force)`)
      await script(DATABASE)
      await script(SCHEMA, 'store')
    },
  }
}
