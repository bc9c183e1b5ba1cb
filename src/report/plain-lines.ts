import { isGreen, type RunReport } from '../outcome.ts'
import type { Table } from '../refusal.ts'
import { neutralise } from './neutralise.ts'

/** A table for a terminal, its columns under each other; nothing when there is none. */
export function tableLines(table: Table | undefined): readonly string[] {
  if (table === undefined) return []
  const rows = [table.head, ...table.rows].map(row => row.map(cell => neutralise(cell).join(' ')))
  const widths = table.head.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  return rows.map(row =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  )
}

/** How a person gets back from what a run did, a command a line; nothing when it changed nothing. */
export function wayBackLines(report: RunReport): readonly string[] {
  if (report.outcome === 'rolled-back') {
    return [
      `Back to ${report.from}: rollbook undo --run-id ${report.run}, with the same options`,
      ...report.undo.map(({ host, command }) => `  or on ${host}: ${command}`),
    ]
  }
  if (isGreen(report.outcome) || report.outcome === 'refused') return []
  return report.undo.map(({ host, command }) => `on ${host}: ${command}`)
}
