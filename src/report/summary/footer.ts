import type { RunReport } from '../../outcome.ts'
import { code, text } from '../markdown.ts'

// Anything else in its place would be somebody's link.
const RUN_PATH = /^(\/[\w.-]+){2}\/actions\/runs\/\d+(\/attempts\/\d+)?$/

/** Operations that are about one rollback of the runbook; the others are about all of them. */
const CONCERNED: readonly string[] = ['rollback', 'plan', 'undo', 'drill', 'watch']

/** Which run this was. The link has no server in it, so it holds on GitHub Enterprise too. */
export function footer(report: RunReport): string {
  const { title, operation } = report
  const rollback = CONCERNED.includes(operation) ? report.rollback : ''
  const what = title === undefined || rollback === '' ? rollback : `${title} (${rollback})`
  const parts = [
    `${text(report.operation)}${what === '' ? '' : ` ${text(what)}`}`,
    report.run === '' ? '' : `run ${code(report.run)}`,
    `started ${text(report.started.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC'))}`,
    RUN_PATH.test(report.workflowRun) ? `[log of this run](${report.workflowRun})` : '',
  ]
  return `<sub>${parts.filter(part => part !== '').join(' · ')}</sub>`
}
