import type { Database } from '../database/database.ts'
import type { Shown } from '../kind/kind.ts'
import type { RestorableDatabase } from './restore-database-reader.ts'

/** What `status` tells of a database: its name and size, and what it could be restored from. The backups are listed apart. */
export function databaseShown(
  { name, schema }: Database,
  { problem, live, backups }: RestorableDatabase,
): Shown {
  const whole = backups.filter(({ found }) => found === 'whole')
  const newest = whole.at(-1)
  return {
    title: `database ${live?.name ?? schema ?? name}`,
    live: live?.name ?? '',
    parts: [
      {
        database: live?.name ?? schema ?? name,
        ...(live && { bytes: live.bytes }),
        server: live ? `PostgreSQL ${live.version}` : `not known: ${problem ?? 'it did not answer in time'}`,
        backups: whole.length,
        newest: newest === undefined ? '' : new Date(newest.at * 1000).toISOString(),
      },
    ],
    releases: [],
  }
}
