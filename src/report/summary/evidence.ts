import type { DiagnosisReport, RunReport } from '../../outcome.ts'
import { count } from '../amounts.ts'
import { hostNames, type Shared, shared } from '../by-host.ts'
import { asManyAsFit, details, fence, list, prose, text } from '../markdown.ts'

/** Said before the first change. A page that is about nothing else shows it openly. */
export function preflight(report: RunReport): string {
  const { preflight: lines, operation, outcome, pruned = [], prunedLeft = [] } = report
  // What is said of each thing in front of a prune stands with its end in the tables of what was pruned.
  if (lines.length === 0 || pruned.length + prunedLeft.length > 0) return ''
  const shown = list(lines.slice(0, 500).map(line => prose(line, 600)))
  const all =
    lines.length > 500 ? `${shown}\n- … and ${count(lines.length - 500, 'more line')}, in the record.` : shown
  const open =
    ['guard', 'record', 'unlock', 'status', 'prune', 'doctor'].includes(operation) && lines.length <= 30
  if (open && outcome !== 'refused') return all
  return details('Before it started: what was checked', all)
}

/** What the hosts said when it had failed, before anything was put back. */
export function diagnosis({ diagnosis: all }: RunReport): string {
  if (all.length === 0) return ''
  const answers = shared(
    all,
    each => each.host,
    ({ title, status, lines }) => [title, status, lines],
  )
  const block = ({ hosts, what }: Shared<DiagnosisReport>): string => {
    const asked = `**${text(what.title)}** on ${text(hostNames(hosts))}${how(what)}`
    return what.lines.length === 0 ? asked : `${asked}\n\n${fence(what.lines, 'text')}`
  }
  return details('Diagnosis: what the hosts said when it had failed', asManyAsFit(answers, block))
}

function how({ status, lines }: DiagnosisReport): string {
  const printed = lines.length === 0 ? 'printed nothing' : ''
  const ended =
    status === 'timed-out' ? 'ran out of time' : status === 'unseen' ? 'was not heard to end' : status
  const words = [ended, printed].filter(part => part !== undefined && part !== '')
  return words.length === 0 ? '' : `: ${words.join(', ')}`
}

/** What is left to people. */
export function followUp({ followUp: all }: RunReport): string {
  if (all === undefined || all.length === 0) return ''
  const open = all.filter(item => !item.done).length
  const items = all.slice(0, 100).map(item => `- [${item.done ? 'x' : ' '}] ${prose(item.text, 600)}`)
  const rest = all.length - items.length
  const more = rest > 0 ? `\n\n… and ${rest} more, in the record.` : ''
  return `**Follow-up** (${open === 0 ? 'all done' : `${open} open`})\n\n${items.join('\n')}${more}`
}
