import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestHost } from '../../test/system/hosts/hosts.ts'

/** A database worth backing up, on a host. */
export interface Subject {
  readonly host: TestHost
  /** The server and the tools that took part, as they call themselves. */
  readonly versions: readonly string[]
  /** What the server says that its rows take, without indexes. */
  readonly bytes: number
}

export const FOLDER = '/var/backups/bench'
export const PASSWORD = 'correct-horse'

// Memory for all of it, as the host of a database has: we measure backups, not a cold start.
const SETTINGS = `\
[mariadbd]
innodb_buffer_pool_size = 2G
innodb_log_file_size = 256M
`

/** Runs a script on the host as root. @throws with its own words when it fails. */
export const must = async (host: TestHost, script: string): Promise<string> => {
  const said = await host.run(`set -e\n${script}`)
  if (said.code !== 0) throw new Error(`exit ${said.code}: ${said.stderr}${said.stdout}`)
  return said.stdout
}

/** Fills the database `fap` of a host with more than 1 GiB. */
export const makeSubject = async (host: TestHost): Promise<Subject> => {
  await host.write('/etc/mysql/mariadb.conf.d/99-bench.cnf', SETTINGS)
  await host.write('/root/load.sql', readFileSync(join(import.meta.dirname, 'load.sql'), 'utf8'))
  await must(
    host,
    `systemctl restart mariadb
     install -d -m 0700 ${FOLDER}
     mariadb -e "create database fap; set global innodb_flush_log_at_trx_commit = 2;
       create user fap@'%' identified by '${PASSWORD}'; grant all on fap.* to fap@'%';
       grant all on \\\`rollbook\\_scratch\\_%\\\`.* to fap@'%'"
     mariadb fap </root/load.sql >/dev/null
     mariadb -e 'set global innodb_flush_log_at_trx_commit = 1'
     mariadb-dump fap >/dev/null`,
  )
  const bytes = Number(
    await must(
      host,
      `mariadb -BN -e "select sum(data_length) from information_schema.tables where table_schema = 'fap'"`,
    ),
  )
  const versions = await must(
    host,
    'mariadbd --version; mariadb-dump --version; zstd --version | tr -d "*"; gzip --version | head -n 1; sha256sum --version | head -n 1',
  )
  return { host, bytes, versions: versions.trim().split('\n') }
}
