import type { FindListeners, Listener, Surroundings } from '../operation/listener.ts'
import type { Outcome, RunReport } from '../outcome.ts'
import { changedSomething, incidentMarkdown } from '../report/incident.ts'
import { neutraliseTitle } from '../report/neutralise.ts'
import { headlineWords } from '../report/verdict.ts'
import type { IssueAudit } from '../runbook/audit.ts'
import { BODY, type Draft } from './issue.ts'
import { issueListener } from './issue-listener.ts'
import { type Job, jobOf } from './job.ts'

/** What did not go as it was asked for. */
const FAILED: readonly Outcome[] = ['restored', 'needs-operator', 'unknown']

/** The report of a run as an issue, for those whose runbook asks for one. In a job of GitHub alone. */
export const findIncidentIssue: FindListeners = ({ runbook, operation }, { token }, surroundings) => {
  const job = jobOf(token, surroundings.variables)
  const issue = runbook.audit?.issue
  if (job === undefined || issue === undefined || operation === 'drill') return []
  return [incidentIssue(job, issue, surroundings)]
}

const incidentIssue = (job: Job, audit: IssueAudit, surroundings: Surroundings): Listener =>
  issueListener(
    job,
    { key: 'audit: issue', what: 'No issue was opened for this run' },
    report =>
      wanted(audit, report)
        ? {
            subject: report,
            draft: draft(audit, report),
            // An undo is the next chapter of an incident, and none of its own.
            open: report.outcome !== 'undone',
          }
        : undefined,
    surroundings,
  )

/** Whether the runbook wants an issue for a run that ended like this one. */
export function wanted({ when }: IssueAudit, report: RunReport): boolean {
  if (!changedSomething(report)) return false
  if (when === 'always') return true
  return when === 'failed' ? FAILED.includes(report.outcome) : when.includes(report.rollback)
}

/** The incident report, below the time until which people have to have filled it in. */
export function draft({ due, labels }: IssueAudit, report: RunReport): Draft {
  const head = due === undefined ? '' : `**Due:** ${dueAt(report, due)}\n\n`
  return {
    title: neutraliseTitle(`Rollback: ${headlineWords(report)}`, 250),
    // Its limit is in bytes, GitHub's in characters.
    body: `${head}${incidentMarkdown(report, BODY - head.length)}`,
    labels,
  }
}

/** So many seconds after the end of the run. */
function dueAt({ started, duration }: RunReport, due: number): string {
  const time = Date.parse(started) + (duration + due) * 1000
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
