import type { DiagnosisReport, RunReport } from '../../outcome.ts'
import { count } from '../amounts.ts'
import { asManyAsFit, details, fence, list, prose, text } from '../markdown.ts'

/** Said before the first change. A page that is about nothing else shows it openly. */
export function preflight({ preflight: lines, operation, outcome }: RunReport): string {
  if (lines.length === 0) return ''
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
  const block = (each: DiagnosisReport): string =>
    `**${text(each.title)}** on ${text(each.host)}\n\n${fence(each.lines, 'text')}`
  return details('Diagnosis: what the hosts said when it had failed', asManyAsFit(all, block))
}

/** What is left to people. */
export function followUp({ followUp: all }: RunReport): string {
  if (all === undefined || all.length === 0) return ''
  const open = all.filter(item => !item.done).length
  const items = all.map(item => `- [${item.done ? 'x' : ' '}] ${prose(item.text)}`)
  return details(`Follow-up (${open === 0 ? 'all done' : `${open} open`})`, items.join('\n'))
}
