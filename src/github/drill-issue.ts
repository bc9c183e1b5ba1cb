import type { FindListeners } from '../operation/listener.ts'
import { isGreen, type RunReport } from '../outcome.ts'
import { drillMarkdown } from '../report/drill/report.ts'
import { neutraliseTitle } from '../report/neutralise.ts'
import { headlineWords } from '../report/verdict.ts'
import type { DrillAudit } from '../runbook/audit.ts'
import { BODY, type Draft } from './issue.ts'
import { issueListener } from './issue-listener.ts'
import { jobOf } from './job.ts'

/**
 * The report of a drill as an issue, for those whose runbook asks for one: the next drill of that name goes on in it, until
 * somebody closes it. In a job of GitHub alone.
 */
export const findDrillIssue: FindListeners = ({ runbook, operation }, { token }, surroundings) => {
  const job = jobOf(token, surroundings.variables)
  const audit = runbook.audit?.drill
  if (job === undefined || audit === undefined || operation !== 'drill') return []
  const said = { key: 'audit: drill', what: 'The report of this drill is in no issue' }
  return [issueListener(job, said, report => telling(audit, report), surroundings)]
}

function telling({ when, labels }: DrillAudit, report: RunReport) {
  const { drill, outcome, app, environment, run } = report
  // What was refused, or cancelled before its first scenario, was no drill.
  if (drill === undefined || outcome === 'refused') return undefined
  const draft: Draft = {
    title: neutraliseTitle(`Drill ${drill.name}: ${headlineWords(report)}`, 250),
    body: cut(drillMarkdown(report, drill)),
    labels,
    retitle: true,
  }
  // One that went well is the end of what went wrong before it, where that is open still.
  const open = when === 'always' || !isGreen(outcome)
  return { subject: { app, environment, exercise: drill.name, run }, draft, open }
}

/** Whole lines, as many as fit. */
function cut(markdown: string): string {
  if (markdown.length <= BODY) return markdown
  const rest = '\n\n…the rest is in the file of the report.\n'
  const whole = markdown.slice(0, BODY - rest.length)
  return `${whole.slice(0, whole.lastIndexOf('\n'))}${rest}`
}
