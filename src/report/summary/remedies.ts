import type { HostReport, RunReport } from '../../outcome.ts'
import { clock, named } from '../amounts.ts'
import { code, list, prose, table, text } from '../markdown.ts'
import { hostsIn } from '../verdict.ts'
import { commands } from './commands.ts'

const MOST_ROWS = 100

/** The table that belongs to the failure: what each host has, which migrations are unknown, … */
export function failureTable({ failure }: RunReport): string {
  if (failure?.table === undefined || failure.table.rows.length === 0) return ''
  const { head, rows } = failure.table
  const cells = (row: readonly string[]): string[] => row.map(cell => prose(cell, 300))
  const shown = table(cells(head), rows.slice(0, MOST_ROWS).map(cells))
  return rows.length > MOST_ROWS
    ? `${shown}\n\n… and ${rows.length - MOST_ROWS} more rows, in the record.`
    : shown
}

/** What to do now. */
export function remedies(report: RunReport): string {
  if (report.outcome === 'needs-operator') return doThisNow(report)
  if (report.outcome === 'unknown') return waitOrLook(report)
  const [first, ...more] = (report.failure?.remedy ?? []).map(each => prose(each))
  if (first === undefined) return ''
  return more.length === 0 ? `**To go on:** ${first}` : `**To go on:**\n\n${list([first, ...more])}`
}

function doThisNow(report: RunReport): string {
  const stuck = hostsIn(report, 'needs-operator', 'unknown')
  const mine = report.undo.filter(each => stuck.length === 0 || stuck.some(host => host.name === each.host))
  const steps = (report.failure?.remedy ?? []).map(each => prose(each))
  if (mine.length > 0) {
    const back = report.from === '' ? 'To take it back' : `To take it back to ${code(report.from)}`
    steps.push(`${back}, run:\n\n${indented(commands(mine))}`)
  }
  steps.push(
    `When it is right, run this workflow with *operation* ${code('unlock')} and *run-id* ${code(report.run)}.`,
  )
  return `### Do this now\n\n${numbered(steps)}`
}

function waitOrLook(report: RunReport): string {
  const lost = hostsIn(report, 'unknown')
  const steps = (report.failure?.remedy ?? []).map(each => prose(each))
  steps.push(
    `Run this workflow with *operation* ${code('status')}: it reads what each host did. It changes nothing.`,
    `To go back everywhere, whatever they did, run it with *operation* ${code('undo')} and *run-id* ${code(report.run)}.`,
  )
  const mine = report.undo.filter(each => lost.some(host => host.name === each.host))
  if (mine.length > 0) steps.push(`Or go back by hand, on the host itself:\n\n${indented(commands(mine))}`)
  const next = `### Do this next\n\n${numbered(steps)}`
  return lost.length === 0
    ? next
    : `### What happens by itself\n\n${list(byThemselves(lost, report))}\n\n${next}`
}

/** One line for all hosts that will do the same. */
function byThemselves(hosts: readonly HostReport[], report: RunReport): string[] {
  const groups = Map.groupBy(hosts, host => decision(host, report))
  return [...groups].slice(0, 20).map(([words, of]) => `**${text(named(of))}** ${words}`)
}

function decision(host: HostReport, { from, to }: RunReport): string {
  const target = code(host.to || to) || 'the target'
  const before = code(host.from || from) || 'where it was'
  // Seconds are near enough for somebody who waits.
  const until = clock(host.lostContact?.deadline).slice(0, 8)
  const waits =
    until === '' ? 'waits for the runner for a while' : `waits for the runner until **${until} UTC**`
  switch (host.lostContact?.decides) {
    case 'keep':
      return `${waits}, then keeps ${target}, marked *not confirmed*.`
    case 'undo':
      return `${waits}, then goes back to ${before}.`
    default:
      return `${waits}, then looks at its own checks. They pass: it keeps ${target}. They fail: it goes back to ${before}.`
  }
}

const numbered = (steps: readonly string[]): string =>
  steps.map((step, at) => `${at + 1}. ${step}`).join('\n')

/** Inside a numbered list, or the fence would end the list. */
const indented = (block: string): string => block.replace(/^(?=.)/gm, '   ')
