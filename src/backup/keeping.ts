import type { Databases } from '../database/database.ts'
import { grouped } from '../grouped.ts'
import { type Part, partOf } from './stem.ts'
import type { StoredBackup } from './stored.ts'

/** What becomes of a backup when `keep` is applied. */
export interface Fate {
  readonly backup: StoredBackup
  /** `keep` does not cover it any more. */
  readonly goes: boolean
  /** Words that go on after "it stays: " or "it goes: ". */
  readonly why: string
  /** What of its database it is; undefined when its name does not say. */
  readonly part?: Part | undefined
}

interface Keeping {
  readonly app: string
  readonly environment: string
  readonly databases: Databases
}

/**
 * What stays of the backups of one host, and what may go. In doubt it stays: goes only what one of our runs made, what
 * is still the file that it was, and what is neither among the newest nor the newest that was proved by more than the
 * word of the tools that wrote it. Pure.
 *
 * @param stored oldest first.
 */
export function fatesOf(stored: readonly StoredBackup[], keeping: Keeping): readonly Fate[] {
  const newestFirst = stored.toReversed()
  const series = grouped(newestFirst, backup => seriesOf(backup, keeping))
  const fates = new Map<StoredBackup, Fate>()
  for (const [name, backups] of series) {
    for (const fate of name === undefined ? backups.map(fateOfOther) : fatesIn(backups, keeping)) {
      fates.set(fate.backup, fate)
    }
  }
  return newestFirst.flatMap(backup => {
    const fate = fates.get(backup)
    return fate ? [{ ...fate, part: partIn(backup, keeping) }] : []
  })
}

/** Of so many runs backups of files stay. There is no `keep` for them, because they are small, and as old as what restores them. */
export const FILES_KEPT = 5

/** `<run>-files-<line>.tar.gz`: the same line of the runbook backs up the same files. */
const FILES = /^(\S+)-files-(\d{1,6})\.tar\.gz$/

/**
 * Backups that follow one another: all of a database, or of some of its tables, or of the files of one item. Undefined when
 * nothing is said about how many of it stay.
 */
function seriesOf(backup: StoredBackup, keeping: Keeping): string | undefined {
  if (backup.kind === 'files') {
    const [, run, line] = FILES.exec(nameOf(backup)) ?? []
    return run === backup.run ? `files of ${line}` : undefined
  }
  if (backup.kind !== 'database' || !Object.hasOwn(keeping.databases, backup.name)) return undefined
  const part = partIn(backup, keeping)
  return part && `${part} of ${backup.name}`
}

const partIn = ({ kind, name, path, run }: StoredBackup, { app, environment }: Keeping): Part | undefined =>
  kind === 'files' ? undefined : partOf(nameOf({ path }), { app, environment, database: name, run })

const nameOf = ({ path }: Pick<StoredBackup, 'path'>): string => path.slice(path.lastIndexOf('/') + 1)

/** How many runs `keep` covers of what this is one of; undefined for all of them. */
const keepOf = ({ kind, name }: StoredBackup, { databases }: Keeping): number | undefined =>
  kind === 'files' ? FILES_KEPT : databases[name]?.backups?.keep

function fatesIn(newestFirst: readonly StoredBackup[], keeping: Keeping): readonly Fate[] {
  const [newest] = newestFirst
  const keep = newest && keepOf(newest, keeping)
  const whole = newestFirst.filter(({ found }) => found === 'whole')
  const ended = whole.filter(({ runIsOver }) => runIsOver)
  const runs = new Set([...new Set(ended.map(({ run }) => run))].slice(0, keep))
  const proved = whole.find(({ level }) => level !== 'stream')
  return newestFirst.map(backup => {
    const stays = (why: string): Fate => ({ backup, goes: false, why })
    if (backup.found === 'missing') return stays('it is not there any more')
    if (backup.found === 'changed') return stays('it is not the file any more that it was')
    if (!backup.runIsOver) return stays('its run is not over')
    if (keep === undefined) return stays('its database has no keep')
    if (runs.has(backup.run))
      return stays(keep === 1 ? 'it is of the newest run' : `it is of one of the newest ${keep} runs`)
    if (backup === proved) return stays('it is the newest that was read back')
    return {
      backup,
      goes: true,
      why: keep === 1 ? 'a newer run has its own' : `${keep} newer runs have theirs`,
    }
  })
}

function fateOfOther(backup: StoredBackup): Fate {
  const why =
    backup.found === 'missing'
      ? 'it is not there any more'
      : backup.kind === 'database'
        ? 'it is of no database of this runbook'
        : 'it has a name that we did not give it'
  return { backup, goes: false, why }
}
