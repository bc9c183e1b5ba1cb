import type { Question } from '../engine/greeting.ts'
import { BACKUP_LEVELS, type BackupLevel } from '../engine/wire.ts'
import { readFactLine } from '../release/fact-line.ts'

/** A backup on the list of a host. */
export interface StoredBackup {
  /** Seconds since the epoch, by the host's clock. */
  readonly at: number
  readonly run: string
  readonly sha256: string
  readonly bytes: number
  readonly level: BackupLevel
  /** Of the step that made it. */
  readonly kind: string
  /** Such as `main` or `files`. */
  readonly name: string
  readonly path: string
  /** `changed` when what is there now is not a plain file of that length. */
  readonly found: 'whole' | 'changed' | 'missing'
  readonly runIsOver: boolean
}

/** Asks a host for everything on its list of backups. */
export const storedQuestion = (): Question => ({
  shell: [new URL('./stored.sh', import.meta.url), new URL('../engine/run-ending.sh', import.meta.url)],
  ask: 'backups_stored',
  about: [],
})

const LINE =
  /^(\d{1,12}) ([!-~]{1,64}) ([0-9a-f]{64}) (\d{1,15}) ([a-z]{1,20}) ([a-z-]{1,40}) ([!-~]{1,63}) (whole|changed|missing) (over|open) (\/.*)$/

/**
 * What the host answered, oldest first; what it has removed since is left out, as is what is not in its form.
 */
export function readStored(facts: readonly string[]): readonly StoredBackup[] {
  const found = new Map<string, StoredBackup>()
  for (const fact of facts) {
    const { word, text, exact } = readFactLine(fact)
    if (word !== 'backup' || !exact) continue
    const [, at, run = '', sha256 = '', bytes, said, kind = '', name = '', state, ending, path = ''] =
      LINE.exec(text) ?? []
    if (path === '') continue
    // The last word about a file counts, and comes last.
    found.delete(path)
    const level = BACKUP_LEVELS.find(each => each === said)
    if (level === undefined) continue
    found.set(path, {
      at: Number(at),
      run,
      sha256,
      bytes: Number(bytes),
      level,
      kind,
      name,
      path,
      found: state === 'whole' || state === 'missing' ? state : 'changed',
      runIsOver: ending === 'over',
    })
  }
  return [...found.values()]
}
