import type { RunReport } from '../outcome.ts'
import type { Table } from '../refusal.ts'
import { neutraliseTitle } from './neutralise.ts'

const MOST_ROWS = 100
const WIDEST = 60
const MOST_ITEMS = 20

/** A table where there is no page, its columns under each other; no lines when there is none. */
export function tableLines(table: Table | undefined): readonly string[] {
  if (table === undefined || table.rows.length === 0) return []
  const rows = [table.head, ...table.rows.slice(0, MOST_ROWS)].map(row =>
    table.head.map((_, column) => neutraliseTitle(row[column] ?? '')),
  )
  const widths = table.head.map((_, column) =>
    Math.min(WIDEST, Math.max(...rows.map(row => row[column]?.length ?? 0))),
  )
  const lines = rows.map(row =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  )
  const rest = table.rows.length - MOST_ROWS
  return rest > 0 ? [...lines, `  … and ${rest} more rows, in the record`] : lines
}

/** How a person gets back from a rollback that worked, a command a line; what to do after any other is said with it. */
export function wayBackLines({ outcome, from, run, undo }: RunReport): readonly string[] {
  if (outcome !== 'rolled-back') return []
  return [
    `Back to ${from}: rollbook undo --run-id ${run}, with the same options`,
    ...undo.map(({ host, command }) => `  or on ${host}: ${command}`),
  ]
}

/** What is left to people, in short; what is done already is on the page. */
export function followUpLines({ followUp = [] }: RunReport): readonly string[] {
  const open = followUp.filter(({ done }) => !done)
  if (open.length === 0) return []
  const shown = open.slice(0, MOST_ITEMS).map(({ text }) => `  [ ] ${neutraliseTitle(text, 300)}`)
  const rest = open.length - MOST_ITEMS
  return ['Afterwards:', ...shown, ...(rest > 0 ? [`  … and ${rest} more, in the record`] : [])]
}
