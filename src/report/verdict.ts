import { type DrillReport, type HostReport, isGreen, type RunReport } from '../outcome.ts'
import { bytes, count, named } from './amounts.ts'
import { obstacles } from './obstacles.ts'
import { lives } from './status-words.ts'
import { watchedWords } from './watch-words.ts'

/** The answer to "is it over?": a sign and words that go on after "fap-api · production …". */
export interface Verdict {
  readonly sign: '✅' | '❌' | '⚠️' | '❓' | '📋' | '🔒' | '⏸️'
  readonly words: string
}

export function verdict(report: RunReport): Verdict {
  const { outcome } = report
  if (report.drill && !isGreen(outcome)) return drilled(report, report.drill)
  if (outcome === 'refused') return { sign: '❌', words: refused(report) }
  if (outcome === 'restored')
    return { sign: '⚠️', words: `is where it was: on ${report.from || 'the same release'}` }
  if (outcome === 'needs-operator') return { sign: '❌', words: needsOperator(report) }
  if (outcome === 'unknown') return { sign: '❓', words: unknown(report) }
  if (outcome === 'planned') return { sign: '📋', words: planned(report) }
  if (outcome === 'reported' && report.status) return reported(report.status)
  return { sign: '✅', words: done(report) }
}

/**
 * The first line: `shop · production is back on release 41`.
 *
 * @param shown how a part of it is written.
 */
export function headlineWords(report: RunReport, shown: (part: string) => string = part => part): string {
  const { words } = verdict(report)
  const subject = [report.app, report.environment].filter(part => part !== '').map(shown)
  if (subject.length === 0)
    return shown(isGreen(report.outcome) ? words : 'What is live was not changed: the request was refused')
  return `${subject.join(' · ')}${words.startsWith(':') ? ':' : ''} ${shown(words.replace(/^: /, ''))}`
}

/** Hosts in one of `states`. */
export const hostsIn = (report: RunReport, ...states: HostReport['state'][]): HostReport[] =>
  report.hosts.filter(host => states.includes(host.state))

/** A commit is shown by its first digits; a name as it is. */
export const short = (release: string): string =>
  /^[0-9a-f]{12,}$/.test(release) ? release.slice(0, 7) : release

/** A drill that is red: whether anything is left of it comes first. */
function drilled({ outcome, failure }: RunReport, { scenarios }: DrillReport): Verdict {
  if (outcome === 'needs-operator')
    return { sign: '❌', words: 'needs you now: its drill left something behind' }
  if (outcome === 'unknown') return { sign: '❓', words: 'is not confirmed: its drill could not see the end' }
  if (outcome === 'refused') return { sign: '❌', words: 'was not changed: its drill was refused' }
  const late = scenarios.filter(({ rtoMet }) => rtoMet === false).length
  const how =
    failure?.code === 'RB-CANCELLED'
      ? 'the drill was cancelled'
      : failure?.code === 'RB-RTO-MISSED'
        ? `the drill missed ${late === 1 ? 'a target' : `${late} targets`}`
        : 'the drill failed'
  return { sign: '⚠️', words: `is where it was: ${how}` }
}

function done(report: RunReport): string {
  const { outcome, from, to, target, deploying, checks } = report
  const release = to || target
  switch (outcome) {
    case 'rolled-back':
      return `is back on release ${release}${without(report)}`
    case 'undone':
      return `is on release ${release} again${without(report)}: the rollback was undone${unwell(report)}`
    case 'unchanged':
      return `is on ${from || release} already${checks.some(check => check.status === 'passed') ? ' and it works' : ''}: nothing to do`
    case 'recorded':
      return recorded(report)
    case 'clear':
      return `: go ahead, nothing holds deploys${deploying ? ` of ${short(deploying)}` : ''}`
    case 'unlocked':
      return 'is unlocked'
    case 'drilled':
      return 'passed its drill, and is as it was before'
    case 'watched':
      return watchedWords(report)
    case 'pruned':
      return tidied(report)
    default:
      return 'was looked at: nothing was changed'
  }
}

/** Hosts that may be missing, and were: what serves there is another story. */
function without(report: RunReport): string {
  const missing = hostsIn(report, 'left-out')
  return missing.length === 0 ? '' : `, except ${named(missing)}`
}

/** Whether `prune` has removed anything at all. */
export const removedSomething = ({ pruned = [], prunedLeft = [] }: RunReport): boolean =>
  [...pruned, ...prunedLeft].some(({ fate }) => fate === 'removed')

function tidied(report: RunReport): string {
  if (!removedSomething(report)) return `has nothing to remove: ${nothingGoes(report)}`
  const [backups, others] = [report.pruned ?? [], report.prunedLeft ?? []].map(all =>
    all.filter(({ fate }) => fate === 'removed'),
  )
  const size = [...(backups ?? []), ...(others ?? [])].reduce((sum, each) => sum + each.bytes, 0)
  return `is tidied up: ${prunedWords(backups?.length ?? 0, others?.length ?? 0)} removed, ${bytes(size)}`
}

function nothingGoes({ pruned = [], prunedLeft = [] }: RunReport): string {
  if (pruned.length + prunedLeft.length === 0) return 'runs have left no backup, and nothing else'
  return `keep covers every${prunedLeft.length > 0 ? 'thing' : ' backup'}`
}

/** `1 backup and 3 things of old runs`. */
export const prunedWords = (backups: number, others: number): string =>
  [
    ...(backups > 0 || others === 0 ? [count(backups, 'backup')] : []),
    ...(others > 0 ? [`${count(others, 'thing')} of old runs`] : []),
  ].join(' and ')

/** An undo goes back whatever the checks say: then the first line must not sound as if all were well. */
function unwell({ checks }: RunReport): string {
  const missed = checks.filter(({ status }) => status === 'failed' || status === 'warned')
  if (missed.length === 0) return ''
  return `, and ${missed.length === 1 ? 'a check does' : `${missed.length} checks do`} not pass`
}

function planned({ from, to }: RunReport): string {
  if (to === '') return 'was not changed: this is the plan'
  if (from === to) return `would stay on ${to}: it is live already`
  return from === '' ? `would go to ${to}` : `would go ${from} → ${to}`
}

function recorded({ recorded: told }: RunReport): string {
  switch (told?.state) {
    case 'started':
      return `: the deploy of release ${told.release} is on record as begun`
    case 'good':
      return `: release ${told.release} is on record as good`
    case 'bad':
      return `: release ${told.release} is on record as bad`
    case 'free':
      return told.release === '*'
        ? ': every hold is lifted'
        : `: release ${told.release} may be deployed again`
    default:
      return 'has a new entry in its ledger'
  }
}

function reported(status: NonNullable<RunReport['status']>): Verdict {
  const [first] = obstacles(status)
  return first ?? { sign: '✅', words: `is on ${lives(status)}: no lock, no hold` }
}

function refused(report: RunReport): string {
  const { operation, deploying } = report
  // To end a dead run may well be to go back, or to stay: `not changed` would not be true.
  if (report.ended && (operation === 'rollback' || operation === 'undo'))
    return report.ended.every(({ end }) => end !== undefined)
      ? `has a dead run brought to its end, and nothing more: the ${operation} was refused`
      : `has a dead run whose end nobody saw: the ${operation} was refused`
  switch (operation) {
    case 'guard':
      return `: do not deploy${deploying ? ` ${short(deploying)}` : ''}`
    case 'record':
      return report.recorded
        ? 'has it in the ledger of some hosts only'
        : 'has no new entry in its ledger: it was refused'
    case 'unlock':
      return 'keeps its lock: unlocking was refused'
    case 'prune':
      return removedSomething(report) ? 'was tidied up only in part' : 'keeps everything: nothing was removed'
    case 'undo':
      return 'was not changed: the undo was refused'
    case 'plan':
      return 'has no plan: a rollback would be refused'
    case 'status':
      return 'could not be looked at'
    case 'watch':
      return report.watch?.decision === 'ask'
        ? 'waits for your decision: go back, or stay?'
        : 'was not changed'
    default:
      return 'was not changed'
  }
}

function needsOperator(report: RunReport): string {
  const stuck = hostsIn(report, 'needs-operator')
  if (stuck.length === 1) return `needs you now: ${named(stuck)} is in between`
  if (stuck.length > 1) return `needs you now: ${stuck.length} of ${report.hosts.length} hosts are in between`
  const seen = [...new Set(report.hosts.map(({ live }) => live))].filter(live => live !== '')
  if (seen.length > 1) return `needs you now: its hosts serve different releases, ${seen.join(' and ')}`
  if (seen[0] === undefined) return 'needs you now: it is in between'
  return seen[0] === report.to
    ? `needs you now: it stayed on ${seen[0]}, which is not confirmed`
    : `needs you now: it is back on ${seen[0]}, which does not pass its checks any more`
}

function unknown(report: RunReport): string {
  const lost = hostsIn(report, 'unknown')
  if (lost.length === 0) return 'is not confirmed: the run was cut off'
  return `is not confirmed: contact with ${named(lost)} was lost`
}
