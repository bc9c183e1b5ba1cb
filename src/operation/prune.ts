import type { Fate } from '../backup/keeping.ts'
import { unlessAborted } from '../check/abortable.ts'
import type { PrunedLeftReport, PrunedReport, RunReport } from '../outcome.ts'
import { Refusal } from '../refusal.ts'
import { leftName } from '../report/left-words.ts'
import { pruningLines } from '../report/stored-words.ts'
import { prunedWords } from '../report/verdict.ts'
import type { Chronicle } from '../rollback/chronicle.ts'
import type { Looked } from '../rollback/look.ts'
import { lockProblem } from '../rollback/order.ts'
import type { KindOf } from '../rollback/rollback.ts'
import type { Setting } from '../rollback/setting.ts'
import { askForLeft, leftReport } from './left.ts'
import { lookOnly } from './look-only.ts'
import { removeLeftFrom } from './prune-left.ts'
import { askForBackups, storedReport } from './stored.ts'

/** A host still has backups, or other things of old runs, that should have gone. */
class BackupsNotRemoved extends Refusal {
  readonly code = 'RB-BACKUPS-NOT-REMOVED'

  constructor(pruned: readonly PrunedReport[], others: readonly PrunedLeftReport[], lost: readonly string[]) {
    const of = <T extends { readonly fate: string }>(all: readonly T[], wanted: T['fate']) =>
      all.filter(({ fate }) => fate === wanted)
    const [left, things] = [of(pruned, 'failed'), of(others, 'failed')]
    const still = left.length + things.length
    const [gone, more] = [of(pruned, 'removed').length, of(others, 'removed').length]
    super(
      `${prunedWords(left.length, things.length)} could not be removed, or nobody heard that ${still === 1 ? 'it was' : 'they were'}; ${prunedWords(gone, more)} ${gone + more === 1 ? 'was' : 'were'}. Nothing else was changed.`,
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
        rows: [
          ...left.map(({ host, path }) => [host, path]),
          ...things.map(each => [each.host, leftName(each)]),
        ],
      },
    )
  }
}

/** So many in one message: the host has to answer within a minute, and large files take a while to go. */
const AT_ONCE = 20

/**
 * Removes the backups that `keep` does not cover any more, and what else old runs have left, after it has told which;
 * each host decides once more whether each is what it should be.
 */
export function prune(setting: Setting, chronicle: Chronicle, kindOf: KindOf): Promise<RunReport> {
  return lookOnly(setting, chronicle, kindOf, async looked => {
    for (const { facts } of looked) {
      const problem = lockProblem(facts)
      if (problem) throw problem
    }
    const [fates, left] = await Promise.all([
      askForBackups(setting, looked),
      askForLeft(setting, looked, kindOf, text => chronicle.warning(text)),
    ])
    const others = [...left].flatMap(([host, of]) =>
      of.map((fate): PrunedLeftReport => ({ host, ...leftReport(fate), fate: 'kept' })),
    )
    const all = [...fates].flatMap(([host, of]) => of.map(fate => keptReport(host, fate)))
    for (const line of pruningLines(
      looked.map(({ facts }) => facts.host),
      all,
      others,
    ))
      chronicle.preflight(line)
    chronicle.found({ pruned: all, ...(others.length > 0 && { prunedLeft: others }) })
    const going = looked.filter(({ facts: { host } }) =>
      [...(fates.get(host) ?? []), ...(left.get(host) ?? [])].some(({ goes }) => goes),
    )
    if (going.length === 0) return { outcome: 'pruned' }
    chronicle.phase('Prune')
    const done = await Promise.all(
      going.map(each => removeFrom(each, fates.get(each.facts.host) ?? [], setting.cancelled)),
    )
    const alsoDone = await Promise.all(
      going.map(each => removeLeftFrom(each, left.get(each.facts.host) ?? [], setting.cancelled)),
    )
    const gone = new Set(done.flatMap(({ host, removed }) => removed.map(path => keyOf(host, path))))
    const pruned = all.map((each): PrunedReport => {
      if (!each.goes) return each
      return { ...each, fate: gone.has(keyOf(each.host, each.path)) ? 'removed' : 'failed' }
    })
    const away = new Set(alsoDone.flatMap(({ host, removed }) => removed.map(name => keyOf(host, name))))
    const prunedLeft = others.map((each): PrunedLeftReport => {
      if (!each.goes) return each
      return { ...each, fate: away.has(keyOf(each.host, each.name)) ? 'removed' : 'failed' }
    })
    chronicle.found({ pruned, ...(others.length > 0 && { prunedLeft }) })
    for (const { host, fate, what } of [
      ...pruned.map(each => ({ ...each, what: each.path })),
      ...prunedLeft.map(each => ({ ...each, what: leftName(each) })),
    ])
      if (fate !== 'kept')
        chronicle.mark(
          host,
          fate === 'removed' ? 'passed' : 'failed',
          `${fate === 'removed' ? 'removed' : 'still there:'} ${what}`,
        )
    if ([...pruned, ...prunedLeft].some(({ fate }) => fate === 'failed'))
      throw new BackupsNotRemoved(pruned, prunedLeft, [
        ...new Set([...done, ...alsoDone].flatMap(({ host, lost }) => (lost ? [host] : []))),
      ])
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

async function removeFrom(
  { facts: { host }, session }: Looked,
  fates: readonly Fate[],
  cancelled: AbortSignal,
): Promise<Removal> {
  // The oldest first: whatever stops it in the middle leaves the newer ones.
  const lines = fates
    .filter(({ goes }) => goes)
    .map(({ backup: { run, sha256, bytes, path } }) => `${run} ${sha256} ${bytes} ${path}`)
    .reverse()
  const removed: string[] = []
  try {
    for (let at = 0; at < lines.length; at += AT_ONCE) {
      cancelled.throwIfAborted()
      const facts = await unlessAborted(session.removeBackups(lines.slice(at, at + AT_ONCE)), cancelled)
      removed.push(...facts.flatMap(fact => /^removed (\/.*)$/.exec(fact)?.slice(1) ?? []))
    }
    return { host, removed, lost: false }
  } catch {
    return { host, removed, lost: true }
  }
}
