import type { Chosen, LiveDatabase, RestorableDatabase } from './restore-database-reader.ts'

/** How many tables a person reads through. */
const MOST = 20

/** `2026-11-20 14:10:58 UTC`. */
export const moment = (seconds: number): string =>
  `${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`

/** `22 hours`. */
export function span(seconds: number): string {
  const units: readonly (readonly [number, string])[] = [
    [86_400, 'day'],
    [3600, 'hour'],
    [60, 'minute'],
  ]
  const [unit, name] = units.find(([least]) => seconds >= 2 * least) ?? [1, 'second']
  const number = Math.max(0, Math.round(seconds / unit))
  return `${grouped(number)} ${name}${number === 1 ? '' : 's'}`
}

export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const at = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  const amount = bytes / 1000 ** at
  return `${at === 0 ? amount : amount.toFixed(1)} ${units[at]}`
}

const grouped = (number: number): string => String(number).replace(/\B(?=(\d{3})+(?!\d))/g, ',')

/**
 * What a restore would lose, before anything is done: from when to when, and table by table, as far as it can be known.
 *
 * @param now seconds since the epoch, by the host's clock.
 */
export function lossStatement(
  name: string,
  { problem, live, rowsNow, rowsThen }: RestorableDatabase,
  chosen: Chosen,
  now: number,
): readonly string[] {
  const written = chosen.listed === undefined && chosen.of === undefined ? ' (the time of the file)' : ''
  return [
    `DATA LOSS: everything written to ${name} after ${moment(chosen.from)}${written} and until the switch is not in the restored database: ${span(now - chosen.from)} of writes by now. It stays in the database that is kept beside it.`,
    ...(problem === undefined
      ? []
      : [`How many rows that is can't be told: the server of ${name} was not asked, because ${problem}.`]),
    ...(live === undefined ? [] : [writesOf(live, chosen)]),
    ...rowsIn(rowsNow, rowsThen),
  ]
}

function writesOf({ writes, writesSince, lastCommit }: LiveDatabase, { from }: Chosen): string {
  const estimate = `The server has counted about ${grouped(writes)} rows inserted, changed or deleted${writesSince === undefined ? ' since it was made' : ` since ${moment(writesSince)}`}, which is an estimate.`
  if (lastCommit === undefined)
    return `${estimate} When the last write was, it does not keep (track_commit_timestamp is off).`
  const since = lastCommit > from ? 'after the backup' : 'before the backup'
  return `${estimate} The last commit on the whole server was at ${moment(lastCommit)}, ${since}.`
}

function rowsIn(now: ReadonlyMap<string, number>, then: ReadonlyMap<string, number>): readonly string[] {
  if (now.size === 0) return []
  if (then.size === 0)
    return [
      `Rows now: ${listed([...now].sort(([, a], [, b]) => b - a).map(([table, rows]) => `${table} ${grouped(rows)}`))}. Those of the backup are counted before the switch.`,
    ]
  const tables = [...new Set([...now.keys(), ...then.keys()])]
  const differ = tables.flatMap(table => {
    const [rows, kept] = [now.get(table), then.get(table)]
    if (rows === kept) return []
    if (rows === undefined) return [`${table} is not there now, ${grouped(kept ?? 0)} in the backup`]
    if (kept === undefined) return [`${table} ${grouped(rows)} now, not in the backup`]
    return [
      `${table} ${grouped(rows)} now, ${grouped(kept)} in the backup (${rows > kept ? `${grouped(rows - kept)} fewer` : `${grouped(kept - rows)} more`} after it)`,
    ]
  })
  const same = tables.length - differ.length
  const rest =
    same === 0
      ? ''
      : ` ${same === tables.length ? 'Every table has' : `${grouped(same)} more have`} as many rows now as then; rows that were only changed do not show.`
  return [`Rows: ${differ.length === 0 ? '' : `${listed(differ)}.`}${rest}`.replace(/ {2,}/g, ' ')]
}

const listed = (words: readonly string[]): string =>
  words.length <= MOST
    ? words.join('; ')
    : `${words.slice(0, MOST).join('; ')}; and ${words.length - MOST} more tables`
