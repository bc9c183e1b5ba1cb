import type { TestHost } from '../hosts/hosts.ts'
import type { Database } from './database.ts'
import { must } from './must.ts'

/** Rows of every table of a schema, `name rows` a line. */
export const rowsIn = async (database: Database, schema: string): Promise<string[]> => {
  const sql = `select table_name from information_schema.tables
    where table_schema = '${schema}' and table_type = 'BASE TABLE' order by 1`
  const tables = (await database.ask(sql)).trim().split('\n')
  const counts = tables.map(table => `select '${table}', count(*) from ${table}`).join(' union all ')
  return (await database.ask(counts, schema)).trim().split('\n')
}

/** Views, triggers and routines of a schema. */
export const programsIn = async (database: Database, schema: string): Promise<string[]> => {
  const sql = `select table_name from information_schema.views where table_schema = '${schema}'
    union select trigger_name from information_schema.triggers where trigger_schema = '${schema}'
    union select routine_name from information_schema.routines where routine_schema = '${schema}'`
  return (await database.ask(sql)).trim().split('\n').sort()
}

/** Restores a dump by hand into a fresh schema. @returns what `rowsIn` says of it. */
export const restore = async (
  host: TestHost,
  database: Database,
  dump: string,
  schema: string,
): Promise<string[]> => {
  await database.ask(`drop database if exists ${schema}; create database ${schema}`)
  const unpack = dump.endsWith('.zst') ? 'zstd' : 'gzip'
  await must(host, `${unpack} -dc ${dump} | mariadb ${schema}`)
  return rowsIn(database, schema)
}
