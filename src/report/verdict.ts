import type { HostReport, RunReport } from '../outcome.ts'
import { named } from './amounts.ts'

/** The answer to "is it over?": a sign and words that go on after "fap-api · production …". */
export interface Verdict {
  readonly sign: '✅' | '❌' | '⚠️' | '❓'
  readonly words: string
}

export function verdict(report: RunReport): Verdict {
  const { outcome } = report
  if (outcome === 'refused') return { sign: '❌', words: refused(report) }
  if (outcome === 'restored')
    return { sign: '⚠️', words: `is where it was: on ${report.from || 'the same release'}` }
  if (outcome === 'needs-operator') return { sign: '❌', words: needsOperator(report) }
  if (outcome === 'unknown') return { sign: '❓', words: unknown(report) }
  return { sign: '✅', words: done(report) }
}

/** Hosts in one of `states`. */
export const hostsIn = (report: RunReport, ...states: HostReport['state'][]): HostReport[] =>
  report.hosts.filter(host => states.includes(host.state))

function done({ outcome, from, to, target, checks }: RunReport): string {
  const release = to || target
  switch (outcome) {
    case 'rolled-back':
      return `is back on release ${release}`
    case 'undone':
      return `is on release ${release} again: the rollback was undone`
    case 'unchanged':
      return `is on ${from || release} already${checks.some(check => check.status === 'passed') ? ' and it works' : ''}: nothing to do`
    case 'planned':
      return 'was not changed: this is the plan'
    case 'recorded':
      return release === ''
        ? 'has a new entry in its ledger'
        : `has a new entry in its ledger about release ${release}`
    case 'clear':
      return 'is clear: a deploy may go on'
    case 'unlocked':
      return 'is unlocked'
    case 'drilled':
      return 'passed its drill'
    case 'watched':
      return 'was watched: no trigger fired'
    case 'pruned':
      return 'is tidied up'
    default:
      return 'was looked at: nothing was changed'
  }
}

function refused({ operation }: RunReport): string {
  switch (operation) {
    case 'guard':
      return 'must not be deployed to now'
    case 'record':
      return 'has no new entry in its ledger: it was refused'
    case 'unlock':
      return 'keeps its lock: unlocking was refused'
    case 'prune':
      return 'keeps everything: nothing was removed'
    case 'undo':
      return 'was not changed: the undo was refused'
    default:
      return 'was not changed'
  }
}

function needsOperator(report: RunReport): string {
  const stuck = hostsIn(report, 'needs-operator')
  if (stuck.length === 0) return 'needs you now: it is in between'
  if (stuck.length === 1) return `needs you now: ${named(stuck)} is in between`
  return `needs you now: ${stuck.length} of ${report.hosts.length} hosts are in between`
}

function unknown(report: RunReport): string {
  const lost = hostsIn(report, 'unknown')
  if (lost.length === 0) return 'is not confirmed: contact was lost'
  return `is not confirmed: contact with ${named(lost)} was lost`
}
