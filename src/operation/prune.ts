import type { Fate } from '../backup/keeping.ts'
import type { PrunedReport, RunReport } from '../outcome.ts'
import { Refusal } from '../refusal.ts'
import { backupsWords, pruningLines } from '../report/stored-words.ts'
import type { Chronicle } from '../rollback/chronicle.ts'
import type { Looked } from '../rollback/look.ts'
import { lockProblem } from '../rollback/order.ts'
import type { KindOf } from '../rollback/rollback.ts'
import type { Setting } from '../rollback/setting.ts'
import { lookOnly } from './look-only.ts'
import { askForBackups, storedReport } from './stored.ts'

/** A host still has backups that should have gone. */
class BackupsNotRemoved extends Refusal {
  readonly code = 'RB-BACKUPS-NOT-REMOVED'

  constructor(pruned: readonly PrunedReport[], lost: readonly string[]) {
    const left = pruned.filter(({ fate }) => fate === 'failed')
    const removed = pruned.filter(({ fate }) => fate === 'removed').length
    super(
      `${backupsWords(left.length)} could not be removed, or nobody heard that ${left.length === 1 ? 'it was' : 'they were'}; ${backupsWords(removed)} ${removed === 1 ? 'was' : 'were'}. Nothing else was changed.`,
      [
        ...lost.map(
          host => `Contact with ${host} was lost: run it again, which only takes what is still there.`,
        ),
        ...left
          .filter(({ host }) => !lost.includes(host))
          .slice(0, 5)
          .map(({ host, path }) => `On ${host}, look whose it is: \`ls -ld ${folderOf(path)} ${path}\``),
      ],
      {
        head: ['host', 'still there'],
        rows: left.map(({ host, path }) => [host, path]),
      },
    )
  }
}

/** So many in one message: the host has to answer within a minute, and large files take a while to go. */
const AT_ONCE = 20

/**
 * Removes the backups that `keep` does not cover any more, after it has told which; each host decides once more whether
 * a file is what its list says.
 */
export function prune(setting: Setting, chronicle: Chronicle, kindOf: KindOf): Promise<RunReport> {
  return lookOnly(setting, chronicle, kindOf, async looked => {
    for (const { facts } of looked) {
      const problem = lockProblem(facts)
      if (problem) throw problem
    }
    const fates = await askForBackups(setting, looked)
    const all = [...fates].flatMap(([host, of]) => of.map(fate => keptReport(host, fate)))
    for (const line of pruningLines(
      looked.map(({ facts }) => facts.host),
      all,
    ))
      chronicle.preflight(line)
    chronicle.found({ pruned: all })
    const going = looked.filter(({ facts }) => fates.get(facts.host)?.some(({ goes }) => goes))
    if (going.length === 0) return { outcome: 'pruned' }
    chronicle.phase('Prune')
    const done = await Promise.all(going.map(each => removeFrom(each, fates.get(each.facts.host) ?? [])))
    const gone = new Set(done.flatMap(({ host, removed }) => removed.map(path => keyOf(host, path))))
    const pruned = all.map((each): PrunedReport => {
      if (!each.goes) return each
      return { ...each, fate: gone.has(keyOf(each.host, each.path)) ? 'removed' : 'failed' }
    })
    chronicle.found({ pruned })
    for (const { host, path, fate } of pruned)
      if (fate !== 'kept')
        chronicle.mark(
          host,
          fate === 'removed' ? 'passed' : 'failed',
          `${fate === 'removed' ? 'removed' : 'still there:'} ${path}`,
        )
    if (pruned.some(({ fate }) => fate === 'failed'))
      throw new BackupsNotRemoved(
        pruned,
        done.flatMap(({ host, lost }) => (lost ? [host] : [])),
      )
    return { outcome: 'pruned' }
  })
}

const keyOf = (host: string, path: string): string => `${host} ${path}`
const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/'

const keptReport = (host: string, fate: Fate): PrunedReport => ({ host, ...storedReport(fate), fate: 'kept' })

interface Removal {
  readonly host: string
  /** Paths of what is not there any more. */
  readonly removed: readonly string[]
  /** The conversation broke off: what else is gone is not known. */
  readonly lost: boolean
}

async function removeFrom({ facts: { host }, session }: Looked, fates: readonly Fate[]): Promise<Removal> {
  // The oldest first: whatever stops it in the middle leaves the newer ones.
  const lines = fates
    .filter(({ goes }) => goes)
    .map(({ backup: { run, sha256, bytes, path } }) => `${run} ${sha256} ${bytes} ${path}`)
    .reverse()
  const removed: string[] = []
  try {
    for (let at = 0; at < lines.length; at += AT_ONCE) {
      const facts = await session.removeBackups(lines.slice(at, at + AT_ONCE))
      removed.push(...facts.flatMap(fact => /^removed (\/.*)$/.exec(fact)?.slice(1) ?? []))
    }
    return { host, removed, lost: false }
  } catch {
    return { host, removed, lost: true }
  }
}
