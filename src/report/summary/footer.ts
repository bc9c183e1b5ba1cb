import type { RunReport } from '../../outcome.ts'
import { code, text } from '../markdown.ts'

// Anything else in its place would be somebody's link.
const RUN_PATH = /^(\/[\w.-]+){2}\/actions\/runs\/\d+(\/attempts\/\d+)?$/

/** Which run this was. The link has no server in it, so it holds on GitHub Enterprise too. */
export function footer(report: RunReport): string {
  const { title, rollback } = report
  const what = title === undefined || rollback === '' ? rollback : `${title} (${rollback})`
  const parts = [
    `${text(report.operation)}${what === '' ? '' : ` ${text(what)}`}`,
    `run ${code(report.run)}`,
    `started ${text(report.started.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC'))}`,
    RUN_PATH.test(report.workflowRun) ? `[log of this run](${report.workflowRun})` : '',
  ]
  return `<sub>${parts.filter(part => part !== '').join(' · ')}</sub>`
}
