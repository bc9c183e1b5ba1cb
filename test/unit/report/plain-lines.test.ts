import { expect, test } from 'vitest'
import { tableLines, wayBackLines } from '../../../src/report/plain-lines.ts'
import { report, undoCommand } from '../../support/reports.ts'

test('a table has aligned columns where there is no page', () => {
  const table = {
    head: ['host', 'live', 'has'],
    rows: [
      ['web-1', '42', '42, 41'],
      ['web-12', '41'],
    ],
  }
  expect(tableLines(table)).toEqual(['  host    live  has', '  web-1   42    42, 41', '  web-12  41'])
  expect(tableLines(undefined)).toEqual([])
  expect(tableLines({ head: ['a'], rows: [] })).toEqual([])
})

test('a cell is one line, whatever a host put into it; a long table is cut with a word', () => {
  expect(tableLines({ head: ['a'], rows: [['x\n::error::y\u001b[31m']] })).toEqual([
    '  a',
    '  x ⏎ ::error::y',
  ])
  const long = tableLines({ head: ['a'], rows: Array.from({ length: 300 }, (_, at) => [`${at}`]) })
  expect(long).toHaveLength(102)
  expect(long.at(-1)).toBe('  … and 200 more rows, in the record')
})

test('the way back from a rollback that worked is told with its commands', () => {
  expect(wayBackLines(report())).toEqual([
    'Back to 42: rollbook undo --run-id 20261120T141055Z-8d1f, with the same options',
    `  or on web-1: ${undoCommand}`,
    `  or on web-2: ${undoCommand}`,
  ])
  expect(wayBackLines(report({ outcome: 'restored' }))).toEqual([])
})
