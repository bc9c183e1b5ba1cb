import type { TestHost } from '../hosts/hosts.ts'
import { startDatabase } from '../laravel/database.ts'
import { must } from '../laravel/must.ts'

/** A MariaDB with a schema `fap` that has one of everything. */
export interface Shop {
  /** What a statement answers, asked as root. */
  ask(sql: string, schema?: string): Promise<string>
  schemas(): Promise<string>
  /** From now on, `mend` gives it rows that take a while to dump. */
  grow(): void
  /** Brings back what the test before has broken. */
  mend(): Promise<void>
  /** Makes a user who may do anything in `fap`. */
  letIn(user: string, password: string): Promise<void>
  /** Lets the user `fap` try backups out. */
  allowScratch(): Promise<void>
  /** Loads what a command prints into another schema. @returns what is there then. */
  restored(command: string): Promise<string[]>
  /** Rows and checksum of each table of a schema, and its views, triggers, routines and events. */
  everything(schema: string): Promise<string[]>
  /** Lets jobs come and go in a table until it is stopped. */
  keepBusy(): { stop(): Promise<void> }
  /** Has the server write down what it is asked. `stop` tells all that defines something, a line each, in small letters. */
  logQueries(): Promise<{ stop(): Promise<string> }>
}

// The schema changes its letters in between, so that a dump of the routine has lines that alter the schema.
const SCHEMA = `
create function three() returns int deterministic return 3;
alter database fap character set utf8mb4 collate utf8mb4_unicode_ci;
create procedure nothing() select 1;
create table short (a int);
create table orders (id int primary key, at datetime, note text, picture blob, length int as (length(note)) virtual)
  partition by hash (id) partitions 3;
insert into orders (id, at, note, picture)
  select seq, '2026-01-01' + interval seq minute, concat('it''s "æ 日本 🎓"\\n-- Dump completed\\n),(', seq), random_bytes(40)
  from seq_1_to_300;
create table \`we\`\`ird name\` (id int);
insert into \`we\`\`ird name\` values (1), (2);
create table legacy (id int) engine = MyISAM;
create table jobs (id int auto_increment primary key, payload text);
create sequence numbers;
create trigger seen before insert on short for each row set new.a = new.a + 1, @said = '
-- Table structure for table \`ghost\`
-- Dumping events for database ''fap''
DELIMITER ;
-- Table structure for table \`ghost of a ghost\`
CREATE TABLE \`ghost\` (
';
create table columns (\`a
-- Table structure for table \`\`ghost\`\`
x\` int);
create table prices (id int primary key, price int) with system versioning;
insert into prices values (1, 10), (2, 5); update prices set price = 20 where id = 1; update prices set price = 30 where id = 1;
create event often on schedule every 1 hour do delete from jobs where id < 0;
create view notes as select id, note, three() as three from orders;
`
const SMALL = { attempts: 1500, events: 2500 }
/** Sixty and a hundred megabytes that do not compress to nothing, so that there is a middle of the dump. */
const LARGE = { attempts: 250_000, events: 400_000 }
type Size = typeof SMALL

// The server has to know which is the larger one: it is dumped last.
const fill = ({ attempts, events }: Size): string => `
set global innodb_flush_log_at_trx_commit = 0;
drop table if exists attempts, events;
create table attempts (id int auto_increment primary key, token char(64), answers text);
insert into attempts (token, answers)
  select hex(random_bytes(32)), concat_ws(' ', seq, hex(random_bytes(48)), 'and what was said of it', seq * 7)
  from seq_1_to_${attempts};
create table events (id int auto_increment primary key, session char(64), payload text);
insert into events (session, payload)
  select hex(random_bytes(32)), concat('{"path":"/', seq, '","body":"', hex(random_bytes(48)), '"}')
  from seq_1_to_${events};
analyze table attempts, events;
`
const COUNTS = 'select (select count(*) from attempts), (select count(*) from events)'

const AWAY = ['mariadb-dump', 'zstd']
const UP = 'systemctl is-active -q mariadb || systemctl start mariadb'
const LOG = '/var/lib/mysql/queries.log'

const text = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
const name = (value: string): string => `\`${value.replaceAll('`', '``')}\``
const lines = (value: string): string[] => value.trim().split('\n')

/** Starts it on a host; its user is `fap`, from everywhere. */
export const startShop = async (host: TestHost): Promise<Shop> => {
  const { ask } = await startDatabase(host)
  await ask('create database fap character set latin1')
  await ask(SCHEMA, 'fap')

  const rows = async (schema: string): Promise<string[]> => {
    const sql = (types: string) => `select table_name from information_schema.tables
      where table_schema = ${text(schema)} and table_type in (${types}) order by 1`
    const tables = lines(await ask(sql("'BASE TABLE', 'SYSTEM VERSIONED'")))
    const versioned = lines(await ask(sql("'SYSTEM VERSIONED'")))
    const counts = tables.map(
      table =>
        `select ${text(table)}, count(*) from ${name(table)}${versioned.includes(table) ? ' for system_time all' : ''}`,
    )
    const sums = await ask(`checksum table ${tables.map(name).join(', ')}`, schema)
    return [
      ...lines(await ask(counts.join(' union all '), schema)),
      ...lines(sums).map(line => line.replace(`${schema}.`, '')),
    ]
  }
  const programs = async (schema: string): Promise<string[]> => {
    const of = (what: string) =>
      `select '${what}', ${what}_name from information_schema.${what}s where ${what}_schema = ${text(schema)}`
    const views = `select 'view', table_name from information_schema.views where table_schema = ${text(schema)}`
    return lines(await ask([views, ...['trigger', 'routine', 'event'].map(of)].join(' union '))).sort()
  }

  let size: Size = SMALL
  return {
    ask,
    grow: () => {
      size = LARGE
    },
    schemas: async () => {
      await must(host, UP)
      return ask('show databases')
    },
    mend: async () => {
      const homes = AWAY.map(
        tool => `[ ! -e /usr/bin/${tool}.away ] || mv /usr/bin/${tool}.away /usr/bin/${tool}`,
      )
      await must(
        host,
        `! mountpoint -q /var/backups/shop || umount /var/backups/shop
         ${homes.join('\n')}
         rm -f /usr/local/bin/mariadb-dump /usr/local/bin/tee /home/deploy/.my.cnf /etc/mysql/conf.d/99-own.cnf
         ln -sf dash /bin/sh
         ${UP}`,
      )
      await ask(
        `drop view if exists newest; alter table short rename column if exists b to a;
         grant all on \`rollbook\\_scratch\\_%\`.* to fap@'%'; revoke all on \`rollbook\\_scratch\\_%\`.* from fap@'%'`,
        'fap',
      )
      const found = await ask(COUNTS, 'fap').catch(() => '')
      if (found !== `${size.attempts}\t${size.events}\n`) await ask(fill(size), 'fap')
      for (const left of lines(await ask("show databases like 'rollbook\\_scratch\\_%'")))
        if (left !== '') await ask(`drop database ${left}`)
    },
    letIn: async (user, password) => {
      await ask(
        `create or replace user ${user}@'%' identified by ${text(password)}; grant all on fap.* to ${user}@'%'`,
      )
    },
    allowScratch: async () => {
      await ask("grant all on `rollbook\\_scratch\\_%`.* to fap@'%'")
    },
    restored: async command => {
      await ask('drop database if exists again; create database again')
      await must(host, `${command} | mariadb again`)
      return [...(await rows('again')), ...(await programs('again'))]
    },
    everything: async schema => [...(await rows(schema)), ...(await programs(schema))],
    keepBusy: () => {
      let busy = true
      const working = (async () => {
        while (busy)
          await ask(
            "insert into jobs (payload) select 'x' from seq_1_to_20; do sleep(0.05); delete from jobs",
            'fap',
          )
      })()
      return {
        stop: async () => {
          busy = false
          await working
        },
      }
    },
    logQueries: async () => {
      await ask(`set global general_log_file = '${LOG}', global general_log = 1`)
      return {
        stop: async () => {
          await ask('set global general_log = 0')
          return must(
            host,
            `grep -avi 'show create' ${LOG} | grep -aoiE '(create|alter|drop)\\*?/? .*(database|event|trigger|function|procedure|table).{0,40}' | tr A-Z a-z; rm ${LOG}`,
          )
        },
      }
    },
  }
}
