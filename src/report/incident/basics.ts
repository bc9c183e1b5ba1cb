import type { PhaseReport, RunReport } from '../../outcome.ts'
import { clock, duration, named } from '../amounts.ts'
import { code, prose, table, text } from '../markdown.ts'
import { hold } from '../summary/way-back.ts'
import { headlineWords, short } from '../verdict.ts'
import { toFillIn } from './marked.ts'

const RUN_PATH = /^(\/[\w.-]+){2}\/actions\/runs\/\d+(\/attempts\/\d+)?$/

/** When, why, how long, which release; then who and where. */
export function basics(report: RunReport): string[] {
  const { operation, outcome, target, actor, confirm, run, workflowRun, rto, rtoMet } = report
  const what = [report.title, report.rollback && `(${report.rollback})`].filter(Boolean).join(' ')
  const rows: [string, string][] = [
    ['When', text(report.started.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC'), 40)],
    ['Why', report.reason.trim() === '' ? toFillIn('why it was rolled back.') : text(report.reason, 1000)],
    [
      'How long',
      `${impact(report)} ${toFillIn('from when to when users noticed something, before the run and after it.')}`,
    ],
    ['Release', `${text(report.from || '?')} → ${text(report.to || '?')}${endedElsewhere(report)}`],
    ['Outcome', `${text(outcome)}: ${text(headlineWords(report), 300)}`],
    ['Rollback', `${text(operation)} ${text(what)}, target ${code(target)}`],
    ['Hosts', text(named(report.hosts)) || 'none'],
    ['Asked by', text(actor === '' ? '' : `@${actor.replace(/^@/, '')}`, 100)],
    ['Confirmed with', confirm === undefined || confirm === '' ? '' : code(confirm)],
    [
      'Target for the duration',
      rto === undefined ? '' : `${duration(rto)}, ${rtoMet === true ? 'met' : 'not met'}`,
    ],
    ['Run', code(run, 100) + (RUN_PATH.test(workflowRun) ? `, [its log](${workflowRun})` : '')],
  ]
  return [
    table(
      ['', ''],
      rows.filter(([, cell]) => cell !== ''),
    ),
  ]
}

/** Where every host is seen on something else than what was wanted, `from → to` alone would mislead. */
function endedElsewhere({ hosts, to }: RunReport): string {
  const live = [...new Set(hosts.map(host => host.live))]
  if (live.length === 1 && (live[0] === to || to === '')) return ''
  const seen = live.map(each => (each === '' ? 'not seen' : text(each, 100)))
  return seen.length === 0 ? '' : ` (live at the end: ${seen.slice(0, 10).join(', ')})`
}

/** What the run itself took, and how much of it users could notice. */
function impact({ duration: seconds, phases, started }: RunReport): string {
  const whole = `The run took ${duration(seconds)}.`
  const [first] = phases.filter(isCritical)
  const last = phases.findLast(isCritical)
  if (first === undefined || last === undefined) return whole
  const [from, to] = [first.from, last.to].map(each => clock(timeOf(started, each)))
  return `${whole} Services were touched from ${from} to ${to} UTC (${duration((last.to - first.from) / 1000)}).`
}

const isCritical = ({ critical }: PhaseReport): boolean => critical === true

/** ISO time of so many milliseconds after the start; empty when the start is none. */
export function timeOf(started: string, milliseconds: number): string {
  const time = Date.parse(started) + milliseconds
  return Number.isFinite(time) ? new Date(Math.round(time)).toISOString() : ''
}

/** What was wrong, as far as the run could see it. */
export function description(report: RunReport): string[] {
  const { failure, checks, outcome, from } = report
  const broken = checks.filter(({ before }) => before === 'failed')
  const seen = broken
    .slice(0, 20)
    .map(
      each => `- ${text(each.title)}, looked at from ${text(each.from, 100)}: did not pass before the switch`,
    )
  return [
    toFillIn('what users and monitoring saw, who noticed it first, and how many users were affected.'),
    seen.length === 0
      ? ''
      : `What the checks of this run saw while ${text(short(from) || 'the release before')} was live:\n\n${seen.join('\n')}`,
    failure === undefined
      ? ''
      : `What the run said in the end: ${prose(failure.message.split('\n')[0] ?? '')} ${code(failure.code, 60)}`,
    outcome === 'unknown'
      ? 'Contact was lost before the end: what is said here of the hosts is what was heard until then.'
      : '',
    hold(report),
  ]
}
