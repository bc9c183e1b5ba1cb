import { grouped } from '../../grouped.ts'
import type { HostReport, RunReport } from '../../outcome.ts'
import type { Table } from '../../refusal.ts'
import { clock, named } from '../amounts.ts'
import { code, fence, list, prose, table, text } from '../markdown.ts'
import { type NextStep, nextSteps } from '../next-steps.ts'
import { hostsIn } from '../verdict.ts'
import { commands } from './commands.ts'

const MOST_ROWS = 100

/** The table that belongs to the failure: what each host has, which migrations are unknown, … */
export const failureTable = ({ failure }: RunReport): string =>
  failure?.table ? shownTable(failure.table) : ''

/** What would have been refused, and was not: whoever approves it reads it before anything else. */
export function goesOnWith({ goesOnWith: all = [] }: RunReport): string {
  return all
    .flatMap(each => [`⚠️ ${prose(each.said, 1000)}`, ...(each.table ? [shownTable(each.table)] : [])])
    .filter(part => part !== '')
    .join('\n\n')
}

function shownTable({ head, rows }: Table): string {
  if (rows.length === 0) return ''
  const cells = (row: readonly string[]): string[] => row.map(cell => prose(cell, 300))
  const shown = table(cells(head), rows.slice(0, MOST_ROWS).map(cells))
  return rows.length > MOST_ROWS
    ? `${shown}\n\n… and ${rows.length - MOST_ROWS} more rows, in the record.`
    : shown
}

/** What to do now. */
export function remedies(report: RunReport): string {
  const steps = nextSteps(report).map(shown)
  if (report.outcome === 'needs-operator') return `### Do this now\n\n${where(report)}${numbered(steps)}`
  if (report.outcome === 'unknown')
    return [byThemselves(report), `### Do this next\n\n${where(report)}${numbered(steps)}`].join('')
  const [first, ...more] = steps
  if (first === undefined) return ''
  return more.length === 0 && !first.includes('\n')
    ? `**To go on:** ${first}`
    : `**To go on:**\n\n${list(steps.map(step => step.replace(/\n(?=.)/g, '\n  ')))}`
}

/** Forms of workflows have production filled in, wherever it was that something went wrong. */
const where = ({ environment }: RunReport): string =>
  environment === '' ? '' : `All of it in the environment **${text(environment)}**.\n\n`

/** A long name or command at the end of a sentence gets a block of its own, which has a button for copying. */
const LONG_TAIL = /^(.*: )`([^`]{60,})`\.?$/s

function shown({ text: said, commands: all }: NextStep): string {
  if (all !== undefined) return `${prose(said)}\n\n${commands(all)}`
  const [, sentence, long] = LONG_TAIL.exec(said) ?? []
  if (sentence === undefined || long === undefined) return prose(said)
  return `${prose(sentence)}\n\n${fence([long], 'text', 4000)}`
}

/** What hosts that were lost do, or have done, without the runner. */
function byThemselves(report: RunReport): string {
  const lost = hostsIn(report, 'unknown')
  if (lost.length === 0) return ''
  const ended = Date.parse(report.started) + report.duration * 1000
  // One line for all hosts that will do the same.
  const groups = [...grouped(lost, host => decision(host, report, ended))].slice(0, 20)
  const lines = groups.map(([words, of]) => `**${text(named(of))}** ${words}`)
  const others = report.hosts.filter(host => host.state !== 'unknown' && host.live !== '')
  const elsewhere = [...grouped(others, ({ live }) => live)].map(
    ([live, of]) => `**${text(named(of))}** ${of.length === 1 ? 'is' : 'are'} on ${code(live)}.`,
  )
  return `### What happens by itself\n\n${list([...lines, ...elsewhere])}\n\n`
}

/** @param ended when the run ended, milliseconds since the epoch. */
function decision(host: HostReport, { from, to }: RunReport, ended: number): string {
  const target = code(host.to || to) || 'the target'
  const before = code(host.from || from) || 'where it was'
  const { decides, deadline } = host.lostContact ?? {}
  // Seconds are near enough for somebody who waits.
  const until = clock(deadline).slice(0, 8)
  const over = deadline !== undefined && Date.parse(deadline) <= ended
  if (over) {
    const decided = `decided by itself at about **${until} UTC**, because it heard nothing more`
    if (decides === 'keep') return `${decided}: it keeps ${target}, marked *not confirmed*.`
    if (decides === 'undo') return `${decided}: it goes back to ${before}.`
    return `${decided}. Its own checks passed: it keeps ${target}. They failed: it went back to ${before}.`
  }
  const waits =
    until === '' ? 'waits for the runner for a while' : `waits for the runner until **${until} UTC**`
  if (decides === 'keep') return `${waits}, then keeps ${target}, marked *not confirmed*.`
  if (decides === 'undo') return `${waits}, then goes back to ${before}.`
  return `${waits}, then looks at its own checks. They pass: it keeps ${target}. They fail: it goes back to ${before}.`
}

/** What belongs to a step is indented, or a fence would end the list. */
const numbered = (steps: readonly string[]): string =>
  steps.map((step, at) => `${at + 1}. ${step.replace(/\n(?=.)/g, '\n   ')}`).join('\n')
