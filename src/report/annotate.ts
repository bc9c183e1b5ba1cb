import * as core from '@actions/core'
import { isGreen, type RunReport } from '../outcome.ts'
import { count, duration, named } from './amounts.ts'
import { ANNOTATION_LENGTH } from './log.ts'
import { neutralise, neutraliseTitle } from './neutralise.ts'
import { type NextStep, nextSteps } from './next-steps.ts'
import { headlineWords } from './verdict.ts'

/**
 * The one annotation that every run ends with: an error when the step is red, else a notice. It doesn't set the
 * exit status. `report` is masked already.
 */
export function annotate(report: RunReport): void {
  const { title, message } = finalWords(report)
  const say = isGreen(report.outcome) ? core.notice : core.error
  say(message, { title })
}

/** Title and message of the last annotation; on the command line they are the last lines. */
export function finalWords(report: RunReport): { title: string; message: string } {
  const { failure } = report
  const said = [failure?.message ?? '', ...nextSteps(report).flatMap(stepLines)]
  if (failure !== undefined) said.push(`(${failure.code}${report.run === '' ? '' : `, run ${report.run}`})`)
  const message = neutralise(said.filter(part => part !== '').join('\n'), { lines: 40 }).join('\n')
  const title = neutraliseTitle(headlineWords(report), 300)
  return { title, message: (message || facts(report) || title).slice(0, ANNOTATION_LENGTH).toWellFormed() }
}

const stepLines = ({ text, commands = [] }: NextStep): string[] => [
  `→ ${text}`,
  ...commands.slice(0, 10).map(({ host, command }) => `   on ${host}: ${command}`),
]

/** What makes a green outcome worth believing, for those who read no further. */
function facts({
  outcome,
  from,
  to,
  hosts,
  duration: seconds,
  checks,
  operation,
  plannedChecks,
  planned,
}: RunReport): string {
  const where = hosts.length === 0 ? '' : ` on ${named(hosts)}`
  if (outcome === 'rolled-back' || outcome === 'undone') {
    const passed = checks.filter(({ status }) => status === 'passed').length
    const looked =
      checks.length === 0 ? 'no check was made' : `${passed} of ${count(checks.length, 'check')} passed`
    return `${from} → ${to}${where} in ${duration(seconds)}; ${looked}.`
  }
  if (operation === 'plan')
    return `${count(planned?.length ?? 0, 'step')}${where} and ${count(plannedChecks?.length ?? 0, 'check')} from the runner. Nothing was changed.`
  return ''
}
