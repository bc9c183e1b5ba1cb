import type { DiagnosisReport, RunReport, StepReport } from '../../outcome.ts'
import { count, duration } from '../amounts.ts'
import { details, fence, list, prose, table, text } from '../markdown.ts'

const MOST_STEPS = 2000

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

/** Every step of every host with its time; what it printed only where it did not pass. */
export function steps({ steps: all }: RunReport): string {
  if (all.length === 0) return ''
  const wrong = all.filter(step => step.status !== 'passed' && step.output.length > 0)
  const printed = asManyAsFit(
    wrong,
    step => `**${text(step.title)}** on ${text(step.host)} printed\n\n${fence(step.output, 'text')}`,
  )
  const body = [rows(all.slice(0, MOST_STEPS)), moreSteps(all.length - MOST_STEPS), printed]
  return details(`Every step, with its time (${all.length})`, body.filter(part => part !== '').join('\n\n'))
}

const moreSteps = (number: number): string =>
  number > 0 ? `… and ${count(number, 'more step')}, in the record.` : ''

/** What is left to people. */
export function followUp({ followUp: all }: RunReport): string {
  if (all === undefined || all.length === 0) return ''
  const open = all.filter(item => !item.done).length
  const items = all.map(item => `- [${item.done ? 'x' : ' '}] ${prose(item.text)}`)
  return details(`Follow-up (${open === 0 ? 'all done' : `${open} open`})`, items.join('\n'))
}

const STATUS: Readonly<Record<StepReport['status'], string>> = {
  passed: '✓',
  failed: '❌ failed',
  warned: '⚠️ warned',
  'timed-out': '❌ timed out',
  unseen: '❓ end not seen',
}

const rows = (all: readonly StepReport[]): string =>
  table(
    ['host', 'phase', 'step', '', 'began at', 'took'],
    all.map(step => [
      text(step.host),
      step.action === 'undo' ? `${step.phase}, undone` : step.phase,
      prose(step.title, 200),
      STATUS[step.status],
      duration(step.from / 1000),
      duration((step.to - step.from) / 1000),
    ]),
  )

/** The first blocks, so that what fifty hosts printed doesn't push out everything else. */
function asManyAsFit<T>(all: readonly T[], block: (each: T) => string): string {
  const shown: string[] = []
  let left = 128 * 1024
  for (const each of all) {
    const written = block(each)
    left -= Buffer.byteLength(written)
    if (left < 0) break
    shown.push(written)
  }
  const rest = all.length - shown.length
  if (rest > 0) shown.push(`… and what ${count(rest, 'more command')} printed, in the record.`)
  return shown.join('\n\n')
}
