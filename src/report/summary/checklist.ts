import { CHECKLIST, type ChecklistReport, type RunReport } from '../../outcome.ts'
import { count } from '../amounts.ts'
import { details, prose } from '../markdown.ts'

/** How each topic begins its line. */
const LABELS: Readonly<Record<ChecklistReport['what'], string>> = {
  target: 'Current → target',
  why: 'Why this one',
  releases: 'Recent releases',
  changes: 'Changes',
  migrations: 'Migrations',
  disk: 'Disk',
  locks: 'Locks and deploys',
  approvals: 'Approvals',
  reason: 'Reason',
}

/** More lines, and more below one line, than these are not read. */
const MOST = { lines: 60, items: 30 }

/**
 * The pre-flight checklist, a list rather than a table because it is read on a phone. Open where nothing was changed,
 * for it is the news there; folded once something was done.
 */
export function checklist(report: RunReport): string {
  const { outcome } = report
  const body = checklistLists(report)
  if (body === '') return ''
  return outcome === 'planned' || outcome === 'refused'
    ? `### Pre-flight checklist\n\n${body}`
    : details('Pre-flight checklist', body)
}

/** Its topics as one list. */
export function checklistLists({ checklist: all = [] }: RunReport): string {
  const topics = CHECKLIST.map(what => all.filter(entry => entry.what === what)).filter(
    entries => entries.length > 0,
  )
  return topics.map(topic).join('\n')
}

function topic(entries: readonly ChecklistReport[]): string {
  const [first, ...more] = entries
  if (first === undefined) return ''
  const label = `- **${LABELS[first.what]}**`
  if (more.length === 0) return [`${label}: ${prose(first.said, 1000)}`, ...items(first, '  ')].join('\n')
  const lines = entries
    .slice(0, MOST.lines)
    .flatMap(entry => [`  - ${prose(entry.said, 1000)}`, ...items(entry, '    ')])
  const rest = entries.length - MOST.lines
  return [
    label,
    ...lines,
    ...(rest > 0 ? [`  - … and ${count(rest, 'more line')}, in the record`] : []),
  ].join('\n')
}

function items({ items: all = [] }: ChecklistReport, indent: string): string[] {
  const shown = all.slice(0, MOST.items).map(item => `${indent}- ${prose(item, 300)}`)
  const rest = all.length - MOST.items
  return rest > 0 ? [...shown, `${indent}- … and ${rest} more, in the record`] : shown
}
