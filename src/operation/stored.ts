import { type Fate, fatesOf } from '../backup/keeping.ts'
import { readStored, storedQuestion } from '../backup/stored.ts'
import type { StoredReport } from '../outcome.ts'
import type { Looked } from '../rollback/look.ts'
import type { Setting } from '../rollback/setting.ts'

/**
 * The backups of every host, by its name, each with what `keep` says of it; the newest first.
 *
 * @param warn told of a host that does not answer, where that is not a reason to stop.
 */
export async function askForBackups(
  { runbook, environment }: Setting,
  looked: readonly Looked[],
  warn?: (text: string) => void,
): Promise<ReadonlyMap<string, readonly Fate[]>> {
  const keeping = { app: runbook.app, environment: environment.name, databases: runbook.databases }
  const asked = looked.map(async ({ facts, session }) => {
    try {
      const stored = readStored(await session.ask([storedQuestion()]))
      return [facts.host, fatesOf(stored, keeping)] as const
    } catch (error) {
      if (warn === undefined) throw error
      warn(`${facts.host} did not say which backups it has.`)
      return [facts.host, []] as const
    }
  })
  return new Map(await Promise.all(asked))
}

/** One of them, for people. */
export const storedReport = ({ backup, goes, why, part }: Fate): StoredReport => ({
  kind: backup.kind,
  name: backup.name,
  ...(part !== undefined && { part }),
  run: backup.run,
  at: new Date(backup.at * 1000).toISOString(),
  path: backup.path,
  sha256: backup.sha256,
  bytes: backup.bytes,
  verified: backup.level !== 'stream',
  level: backup.level,
  goes,
  why,
})
