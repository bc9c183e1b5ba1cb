import { shownKind } from '../backup/shown-kind.ts'
import type { Step } from '../engine/plan.ts'
import type { JournalEntry } from '../engine/wire.ts'
import type { BackupReport } from '../outcome.ts'
import type { StepMark } from '../report/log.ts'
import type { Chronicle } from './chronicle.ts'

/** The way of one host, for telling about it. */
export interface Way {
  readonly host: string
  readonly from: string
  readonly to: string
  /** The action that leads to `to`. */
  readonly there: 'do' | 'undo'
}

/** Tells what a line of a host's journal says, while the run goes on. */
export function tellChronicle(
  chronicle: Chronicle,
  way: Way,
  entry: JournalEntry,
  steps: ReadonlyMap<number, Step>,
): void {
  const { host } = way
  switch (entry.word) {
    case 'phase':
      if (entry.phase === 'prepared') chronicle.mark(host, 'passed', 'ready, and locked for this run')
      return
    case 'begin':
    case 'end': {
      const step = steps.get(entry.step)
      if (!step) return
      if (entry.word === 'begin') {
        chronicle.stepBegan(host, step, entry.action)
        return
      }
      chronicle.stepEnded(host, step, entry.action, entry.status, entry.tries, entry.took)
      if (step.phase === 'switch' && entry.action === way.there && entry.status === 0)
        chronicle.host(host, { switchedAt: new Date().toISOString() })
      return
    }
    case 'backup':
      chronicle.backup({
        host,
        kind: shownKind(steps.get(entry.step)?.kind ?? ''),
        ...whatOf(steps.get(entry.step)?.data ?? {}),
        path: entry.path,
        sha256: entry.sha256,
        bytes: entry.bytes,
        verified: entry.level !== 'stream',
        level: entry.level,
      })
      return
    case 'outcome':
      chronicle.mark(host, ...outcomeWords(way, entry.outcome))
      return
  }
}

/** Which database, and which of its tables, a step of a backup was given. */
function whatOf({ database, tables = '' }: Step['data']): Pick<BackupReport, 'name' | 'tables'> {
  if (database === undefined) return {}
  return { name: database, ...(tables !== '' && { tables: tables.split('\n') }) }
}

/** The looks of a drill, and what breaks something for it, lead to no release. */
function outcomeWords({ from, to }: Way, outcome: string): [mark: StepMark, words: string] {
  switch (outcome) {
    case 'committed':
      return ['passed', `${to === '' ? 'is done' : `stays on ${to}`}; the lock is free`]
    case 'kept':
      return ['warned', `kept ${to === '' ? 'what was done' : to} by itself; the lock is free`]
    case 'undone':
      return [
        'restored',
        `${from === '' ? 'took back what was done' : `is back on ${from}`}; the lock is free`,
      ]
    case 'refused':
      return ['passed', 'let go: nothing was changed']
    case 'needs-operator':
      return ['failed', 'is in between and needs its operator; the lock is kept']
    default:
      return ['warned', `ended as ${outcome}`]
  }
}
