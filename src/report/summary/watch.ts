import type { RunReport, TriggerReport } from '../../outcome.ts'
import { duration } from '../amounts.ts'
import { code, table, text } from '../markdown.ts'
import { standWords } from '../watch-words.ts'

/** The decision matrix: each trigger with what was seen of it. */
export function watchTable({ watch }: RunReport): string {
  if (watch === undefined || watch.triggers.length === 0) return ''
  const rows = watch.triggers.map(trigger => [
    sign(trigger),
    text(trigger.when, 200),
    duration(trigger.for),
    code(trigger.action),
    code(trigger.seen, 200),
    text(standWords(trigger)),
  ])
  const head = ['', 'when', 'for', 'then', 'seen last', 'how it stood']
  return `**Triggers** – watched for ${duration(watch.seconds)}, a look every ${duration(watch.every)}\n\n${table(head, rows)}`
}

function sign({ state, action }: TriggerReport): string {
  if (state === 'fired') return action === 'watch' ? '⚠️' : '❌'
  if (state === 'holds') return '⚠️'
  return state === 'clear' ? '✅' : '❓'
}

/** What the metrics said before and after. */
export function comparedTable({ compared }: RunReport): string {
  if (compared === undefined || compared.length === 0) return ''
  const rows = compared.map(({ metric, before, after }) => [
    text(metric),
    code(before.said, 200),
    code(after.said, 200),
  ])
  return `**Metrics** – a rate over some minutes still has the time before in it\n\n${table(['metric', 'before', 'after'], rows)}`
}
