import { type CheckReport, type DrillReport, isGreen, type RunReport } from '../../outcome.ts'
import { count, duration, named } from '../amounts.ts'
import { code, list, prose, text } from '../markdown.ts'
import { headlineWords, hostsIn, removedSomething, verdict } from '../verdict.ts'
import { isWeak } from './checks.ts'

/** The first line: is it over? */
export const heading = (report: RunReport): string =>
  `## ${verdict(report).sign} ${headlineWords(report, part => text(part))}`

/** The line under it: what it came to, in words, for outcomes that are not green. */
export function whatHappened(report: RunReport): string {
  const { failure, outcome } = report
  if (isGreen(outcome) && failure === undefined) return ''
  if (failure === undefined) return `**${lead(report)}**${rest(report)}`
  // Bad inputs are told a line each; in one paragraph nobody would find the second.
  const [first = '', ...more] = failure.message.split('\n')
  const said = `**${lead(report)}** ${prose(first)} ${code(failure.code)}${rest(report)}`
  return more.length === 0 ? said : `${said}\n\n${list(more.slice(0, 100).map(line => prose(line)))}`
}

/** From → to, where, how long, how sure, by whom and why. */
export function meta(report: RunReport): string {
  const { outcome, run } = report
  if (run === '') return ''
  const parts =
    outcome === 'rolled-back' || outcome === 'undone' || outcome === 'drilled'
      ? [
          `${change(report)}${where(report)} in **${duration(report.duration)}**${target(report)}`,
          ...(report.drill ? scenarios(report.drill) : checks(report.checks)),
        ]
      : [wanted(report), spent(report), ...(outcome === 'unchanged' ? checks(report.checks) : [])]
  return [...parts, asked(report)].filter(part => part !== '').join(' · ')
}

function lead(report: RunReport): string {
  const { outcome, operation, failure } = report
  const cancelled = failure?.code === 'RB-CANCELLED'
  switch (outcome) {
    case 'refused':
      if (operation === 'guard') return 'Do not deploy:'
      if (operation === 'watch') return watched(report)
      if (removedSomething(report) || report.recorded) return 'Done in part:'
      if (report.ended) return 'Refused before a change of its own:'
      return cancelled ? 'Stopped before the first change.' : 'Refused before the first change:'
    case 'restored':
      return cancelled ? 'Stopped and put back.' : 'Tried, failed, put back.'
    case 'needs-operator':
      return 'Not over.'
    case 'unknown':
      return 'Perhaps not over.'
    default:
      return 'With a problem:'
  }
}

/** Nothing of a watch comes before a first change. */
function watched({ failure, watch }: RunReport): string {
  if (watch?.decision === 'ask') return 'A trigger fired:'
  return failure?.code === 'RB-CANCELLED' ? 'Stopped.' : 'Not watched:'
}

function rest(report: RunReport): string {
  const { outcome, hosts, from, drill } = report
  if (drill) return outcome === 'restored' ? ' Everything was brought back, and that was looked at.' : ''
  if (outcome === 'restored') {
    const them = hosts.length === 1 ? 'it' : 'them'
    const release = from === '' ? '' : `, on ${code(from)}`
    return `\n\n${everyHost(hosts.length)} where the run found ${them}${release}, and that was looked at, not assumed. What was wrong before is still wrong.`
  }
  const stuck = hosts.filter(({ state }) => state === 'needs-operator')
  if (outcome === 'needs-operator' && (stuck.length > 0 || hosts.length === 0))
    return ' The lock is kept, so that no deploy and no other rollback gets in between.'
  return ''
}

function everyHost(number: number): string {
  if (number === 1) return 'The host is'
  return number === 2 ? 'Both hosts are' : `All ${number} hosts are`
}

const change = ({ from, to }: RunReport): string =>
  from === '' && to === '' ? 'Done' : `**${text(from || '?')} → ${text(to || '?')}**`

function where({ hosts }: RunReport): string {
  return hosts.length === 0 ? '' : ` on ${text(named(hosts))}`
}

function wanted(report: RunReport): string {
  const { outcome, operation, from, to, target: asked } = report
  if (operation !== 'rollback' && operation !== 'undo') return where(report).replace(/^ on/, 'On')
  if (outcome === 'unchanged') return `Looked at${where(report)}, nothing was written`
  const known = from !== '' && to !== ''
  const what = known ? change(report) : operation === 'undo' ? '' : code(asked)
  return what === '' ? '' : `Wanted: ${what}${where(report)}`
}

const spent = ({ duration: seconds }: RunReport): string =>
  seconds > 0 ? `took **${duration(seconds)}**` : ''

function target({ rto, rtoMet }: RunReport): string {
  if (rto === undefined) return ''
  return rtoMet === false ? ` (target ${duration(rto)}, **missed**)` : ` (target ${duration(rto)})`
}

/** The checks of a drill are those of its scenarios, and stand with them. */
function scenarios({ scenarios: all }: DrillReport): string[] {
  const passed = all.filter(({ result }) => result === 'passed').length
  return [`${passed} of ${count(all.length, 'scenario')} passed`]
}

function checks(all: readonly CheckReport[]): string[] {
  if (all.length === 0) return ['**no check was made**']
  const passed = all.filter(check => check.status === 'passed')
  const warned = all.filter(check => check.status === 'warned')
  const notRun = all.filter(check => check.status === 'not-run')
  const others = [
    warned.length > 0 ? `${warned.length} with a warning` : '',
    notRun.length > 0 ? `${notRun.length} not made` : '',
    isWeak(all) ? 'none proves the release' : '',
  ].filter(part => part !== '')
  const sum = `${passed.length} of ${count(all.length, 'check')} ${all.length === 1 ? 'passes' : 'pass'}`
  return [others.length === 0 ? sum : `${sum} (${others.join(', ')})`]
}

function asked({ actor, reason }: RunReport): string {
  const by = actor === '' ? '' : `asked by ${text(`@${actor.replace(/^@/, '')}`, 100)}`
  if (reason.trim() === '') return by
  return `${by || 'because'}: *${text(reason)}*`
}

/** Hosts that the run went on without: nobody may overlook them. */
export function leftOut(report: RunReport): string {
  const hosts = hostsIn(report, 'left-out')
  if (hosts.length === 0) return ''
  const they = hosts.length === 1 ? 'It still has' : 'They still have'
  return `🔴 **${text(named(hosts))} could not be reached and ${hosts.length === 1 ? 'was' : 'were'} left out.** ${they} what was there before: run this again before ${hosts.length === 1 ? 'it serves' : 'they serve'}.`
}

/** Hosts that kept the target on their own, without the runner's word. */
export function unconfirmed(report: RunReport): string {
  const hosts = hostsIn(report, 'unconfirmed')
  if (hosts.length === 0) return ''
  return `${text(named(hosts))} kept the target by ${hosts.length === 1 ? 'itself' : 'themselves'}, without the runner's word: look at ${hosts.length === 1 ? 'it' : 'them'} once.`
}
