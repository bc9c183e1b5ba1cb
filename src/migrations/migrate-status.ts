import type { MigrationStatus } from './facts.ts'

/** Laravel 9 and newer: `2014_10_12_000000_create_users_table ........ [1] Ran`, or `Pending`. */
const DOTTED = /^([A-Za-z0-9.-]*_[A-Za-z0-9._-]*)(?: +\.*)? +(?:\[(\d{1,9})\] Ran|(Pending))$/
/** Before that, a table: `| Yes | 2014_10_12_000000_create_users_table | 1 |`; Laravel 5.1 wrote `Y`. */
const TABLE = /^\| *(Yes|Y|No|N) *\| *([A-Za-z0-9.-]*_[A-Za-z0-9._-]*) *\|(?: *(\d{0,9}) *\|)?$/

/** Reads one line of `php artisan migrate:status`; undefined when it says nothing of a migration. */
export function readMigrateStatus(line: string): MigrationStatus | undefined {
  const text = line.trim()
  const [, name, batch, pending] = DOTTED.exec(text) ?? []
  if (name !== undefined) return { name, ran: pending === undefined, batch: numberOf(batch) }
  const [, ran = '', listed, of] = TABLE.exec(text) ?? []
  return listed === undefined ? undefined : { name: listed, ran: ran.startsWith('Y'), batch: numberOf(of) }
}

const numberOf = (digits: string | undefined): number | undefined =>
  digits === undefined || digits === '' ? undefined : Number(digits)
