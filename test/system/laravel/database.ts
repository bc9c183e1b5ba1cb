import { quote } from '../../../src/host/quote.ts'
import type { TestHost } from '../hosts/hosts.ts'
import { must } from './must.ts'

/** A password as a generator makes them: every character that a shell, an options file, `.env` or SQL reads in its own way. */
export const PASSWORD = `s3cr#t "double" 'single' back\\slash $HOME %25 ;&`

/** The database `fap` of the runbook, on one of the hosts; the application of both uses it. */
export interface Database {
  /** Address of the database for a host of the fleet. */
  addressFor(host: TestHost): string
  /** What a statement answers, rows as lines and columns parted by tabs, asked as root. */
  ask(sql: string, schema?: string): Promise<string>
}

// The other hosts reach this database, too; a big log file would only make the start slow.
const SETTINGS = `\
[mariadbd]
bind-address = 0.0.0.0
innodb_log_file_size = 8M
`

const text = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

/** Starts MariaDB on a host, reachable from the others, with a user `fap` that may do anything in the schema `fap`. */
export const startDatabase = async (host: TestHost): Promise<Database> => {
  const ask = (sql: string, schema = ''): Promise<string> =>
    must(host, `mariadb --batch --skip-column-names ${schema} --execute ${quote(sql)}`)
  await host.write('/etc/mysql/mariadb.conf.d/99-fap-api.cnf', SETTINGS)
  await must(host, 'systemctl restart mariadb')
  await ask(`create or replace user fap@'%' identified by ${text(PASSWORD)}; grant all on fap.* to fap@'%'`)
  const address = (await must(host, 'hostname --ip-address')).trim()
  return { addressFor: other => (other === host ? '127.0.0.1' : address), ask }
}

/** Some hundred rows in the tables of the application, with every letter and every byte that a dump could spoil. */
export const fill = async (database: Database): Promise<void> => {
  await database.ask(
    `insert into attempts (participant, answers, created_at) select concat('Ærø 日本 🎓 ', seq), unhex(sha2(seq, 512)), now() from seq_1_to_300;
     insert into results (attempt_id, score) select id, id % 100 from attempts;
     insert into orders (email) select concat('buyer', seq, '@example.com') from seq_1_to_120;
     insert into order_items (order_id, cents) select seq, 100 + seq from seq_1_to_120;`,
    'fap',
  )
}
