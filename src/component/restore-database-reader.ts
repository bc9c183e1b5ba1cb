import { BACKUP_LEVELS, type BackupLevel } from '../engine/wire.ts'
import type { FactLine } from '../release/fact-line.ts'

/** A backup of the database on the list of its host. */
export interface ListedBackup {
  readonly path: string
  /** Seconds since the epoch, when it was whole. */
  readonly at: number
  readonly bytes: number
  readonly sha256: string
  readonly run: string
  readonly level: BackupLevel
  readonly found: 'whole' | 'changed' | 'missing'
  /** A file with its sum lies beside it. */
  readonly sums: boolean
}

/** What a host knows of a database and of its backups. */
export interface RestorableDatabase {
  /** Why the server could not be asked. */
  readonly problem: string | undefined
  /** Oldest first. */
  readonly backups: readonly ListedBackup[]
  readonly chosen: Chosen | undefined
  readonly live: LiveDatabase | undefined
  /** The number by which the server knows the live database: a name can be given to another one. */
  readonly oid: string | undefined
  /** Rows by table, as SQL names it; tables that could not be counted in time are not there. */
  readonly rowsNow: ReadonlyMap<string, number>
  readonly rowsThen: ReadonlyMap<string, number>
}

/** The file that would be restored. */
export interface Chosen {
  readonly path: string
  readonly bytes: number
  /** Undefined when nothing says what it was. */
  readonly sha256: string | undefined
  /** On the list of backups; undefined for a file from elsewhere. */
  readonly listed: ListedBackup | undefined
  /** When its dump began, seconds since the epoch; for a file that doesn't say so, when it was written. */
  readonly from: number
  /** Name of the database that it was made of; undefined when it could not be read. */
  readonly of: string | undefined
  readonly unreadable: string | undefined
}

export interface LiveDatabase {
  readonly name: string
  readonly version: string
  readonly bytes: number
  /** Rows written, changed and removed since the statistics began; an estimate. */
  readonly writes: number
  /** Seconds since the epoch; undefined when they were never set back. */
  readonly writesSince: number | undefined
  /** Of the whole server; undefined where it does not keep them. */
  readonly lastCommit: number | undefined
}

const LISTED =
  /^(\d{1,12}) (\d{1,15}) ([!-~]{1,64}) ([a-z]{1,20}) (whole|changed|missing) (yes|no) ([0-9a-f]{64}) (\/.*)$/
const FILE = /^(\d{1,12}) (\d{1,15}) ([0-9a-f]{64}|-) (\/.*)$/
const LIVE = /^(\d{1,15}) (\S{1,40}) (\d{1,12}|-) (\d{1,18}) (\d{1,12}|-) (.+)$/
const CREATED = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC$/

/** Reads what `restore-database-probe.sh` printed; lines in another form say nothing. Never throws. */
export function readRestorableDatabase(answer: readonly FactLine[]): RestorableDatabase {
  const of = (word: string) => answer.filter(line => line.word === word && line.exact).map(({ text }) => text)
  const [first = ''] = of('rd-live')
  const [, bytes, version = '', since = '', writes, last = '', name = ''] = LIVE.exec(first) ?? []
  const backups = of('rd-backup').flatMap(readListed)
  return {
    problem: of('rd-problem')[0],
    backups,
    chosen: chosenOf(of, backups),
    live:
      name === ''
        ? undefined
        : {
            name,
            version,
            bytes: Number(bytes),
            writes: Number(writes),
            writesSince: since === '-' ? undefined : Number(since),
            lastCommit: last === '-' ? undefined : Number(last),
          },
    oid: of('rd-oid').find(text => /^\d{1,10}$/.test(text)),
    rowsNow: rowsOf(of('rd-now')),
    rowsThen: rowsOf(of('rd-kept')),
  }
}

function readListed(text: string): ListedBackup[] {
  const [, at, bytes, run = '', said, found, sums, sha256 = '', path] = LISTED.exec(text) ?? []
  const level = BACKUP_LEVELS.find(each => each === said)
  if (path === undefined || level === undefined) return []
  const state = found === 'whole' || found === 'missing' ? found : 'changed'
  return [
    { path, at: Number(at), bytes: Number(bytes), sha256, run, level, found: state, sums: sums === 'yes' },
  ]
}

function chosenOf(
  of: (word: string) => readonly string[],
  backups: readonly ListedBackup[],
): Chosen | undefined {
  const [path] = of('rd-chosen')
  const [, written, length, sum] = FILE.exec(of('rd-file')[0] ?? '') ?? []
  const listed = backups.findLast(each => each.path === path)
  if (path === undefined || (listed === undefined && length === undefined)) return undefined
  const [, day, time] = CREATED.exec(of('rd-created')[0] ?? '') ?? []
  return {
    path,
    bytes: listed?.bytes ?? Number(length),
    sha256: listed?.sha256 ?? (sum === '-' ? undefined : sum),
    listed,
    from: day === undefined ? (listed?.at ?? Number(written)) : Date.parse(`${day}T${time}Z`) / 1000,
    of: of('rd-of')[0],
    unreadable: of('rd-unreadable')[0],
  }
}

function rowsOf(lines: readonly string[]): ReadonlyMap<string, number> {
  return new Map(
    lines.flatMap(text => {
      const [, rows, table] = /^(\d{1,15}) (.+)$/.exec(text) ?? []
      return table === undefined ? [] : [[table, Number(rows)] as const]
    }),
  )
}
