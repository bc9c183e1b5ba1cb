import type { RunReport } from '../outcome.ts'
import { bytes } from './amounts.ts'
import { loads } from './load-bars.ts'
import { backups } from './summary/backups.ts'
import { checklist } from './summary/checklist.ts'
import { failedChecks, otherChecks } from './summary/checks.ts'
import { drillChecklists, drillTimes, drillTrend } from './summary/drill.ts'
import { diagnosis, followUp, preflight } from './summary/evidence.ts'
import { footer } from './summary/footer.ts'
import { heading, leftOut, meta, whatHappened } from './summary/headline.ts'
import { hostTable } from './summary/hosts.ts'
import { prunedLeft, statusLeft } from './summary/left.ts'
import { journey, plannedSteps, scripts } from './summary/plan.ts'
import { failureTable, goesOnWith, remedies } from './summary/remedies.ts'
import { serving } from './summary/serving.ts'
import { statusHosts, statusReleases, statusRemedies, statusRuns } from './summary/status.ts'
import { statusComponents } from './summary/status-components.ts'
import { failedSteps, steps } from './summary/steps.ts'
import { pruned, statusBackups } from './summary/stored.ts'
import { timeline } from './summary/timeline.ts'
import { comparedTable, watchTable } from './summary/watch.ts'
import { hold, warnings, wayBack } from './summary/way-back.ts'

/** GitHub drops a whole summary above 1 MiB without failing the step; half of that leaves room for other steps. */
export const SUMMARY_BYTES = 512 * 1024

interface Section {
  /** What is missing when it is left out. */
  readonly name: string
  readonly write: (report: RunReport) => string
}

// In the order in which somebody on call asks: is it over, what happened, what do I do, how do I get back, and only
// then the evidence.
const SECTIONS: readonly Section[] = [
  { name: 'the outcome', write: heading },
  { name: 'what happened', write: whatHappened },
  { name: 'who was left out', write: leftOut },
  { name: 'the request', write: meta },
  { name: 'the table of the failure', write: failureTable },
  { name: 'what to do', write: remedies },
  { name: 'the triggers', write: watchTable },
  { name: 'what the target does not know', write: goesOnWith },
  { name: 'the checklist', write: checklist },
  { name: 'the drill', write: drillTimes },
  { name: 'what to do about it', write: statusRemedies },
  { name: 'what the hosts say', write: statusHosts },
  { name: 'the releases', write: statusReleases },
  { name: 'what else is there', write: statusComponents },
  { name: 'the backups there', write: statusBackups },
  { name: 'what runs have left', write: statusLeft },
  { name: 'the last runs', write: statusRuns },
  { name: 'what was pruned', write: pruned },
  { name: 'what was pruned of runs', write: prunedLeft },
  { name: 'where it would go', write: journey },
  { name: 'the steps', write: plannedSteps },
  { name: 'the scripts', write: scripts },
  { name: 'the hosts', write: hostTable },
  { name: 'what serves', write: serving },
  { name: 'what failed steps printed', write: failedSteps },
  { name: 'the checks that did not pass', write: failedChecks },
  { name: 'the metrics', write: comparedTable },
  { name: 'what the load measured', write: loads },
  { name: 'the timeline', write: timeline },
  { name: 'the warnings', write: warnings },
  { name: 'the hold', write: hold },
  { name: 'the trend', write: drillTrend },
  { name: 'the backups', write: backups },
  { name: 'the way back', write: wayBack },
  { name: 'the other checks', write: otherChecks },
  { name: 'the diagnosis', write: diagnosis },
  { name: 'what was checked before', write: preflight },
  { name: 'every step', write: steps },
  { name: 'the checklists of the drill', write: drillChecklists },
  { name: 'the follow-up', write: followUp },
]

/**
 * The page that a person on call reads, for every outcome, as GitHub-flavoured Markdown of at most `most` bytes.
 * Sections that don't fit are left out whole, and named. `report` is masked already; nothing else in it is trusted.
 */
export function summaryMarkdown(report: RunReport, most = SUMMARY_BYTES): string {
  const end = footer(report)
  const parts: string[] = []
  const missing: string[] = []
  // Room for the footer and for a line that names every section.
  let left = most - Buffer.byteLength(end) - 1000
  for (const { name, write } of SECTIONS) {
    const part = write(report)
    const size = Buffer.byteLength(part) + 2
    if (part === '') continue
    if (size > left) {
      missing.push(`${name} (${bytes(size)})`)
      continue
    }
    left -= size
    parts.push(part)
  }
  if (missing.length > 0) {
    parts.push(
      `**Left out**, because a summary may not be larger: ${missing.join(', ')}. The record has everything.`,
    )
  }
  return `${[...parts, end].join('\n\n')}\n`
}
