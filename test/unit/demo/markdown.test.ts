import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { renderMarkdown } from '../../../demo/markdown.ts'
import { wrapped } from '../../../demo/paint.ts'
import { summaryMarkdown } from '../../../src/report/summary.ts'
import { report } from '../../support/reports.ts'

const shown = (markdown: string): string[] =>
  renderMarkdown(markdown).map(line => stripVTControlCharacters(line).trimEnd())

test('a whole summary can be read: no markup is left, and what is folded is one line', () => {
  const lines = shown(summaryMarkdown(report()))
  expect(lines[0]).toBe('✅ fap-api · production is back on release 41')
  const text = lines.join('\n')
  expect(text).not.toMatch(/\*\*|```|<\/?(details|summary|sub)|&#|\| ---|\[!NOTE\]|dateFormat/)
  expect(text).toContain('asked by @mei: checkout answers 500 since 14:02')
  expect(text).toContain('▸ 6 checks passed')
  expect(text).not.toContain('php artisan optimize:clear')
})

test('columns line up under signs that are two columns wide', () => {
  expect(shown('| a | b |\n| --- | --- |\n| ✅ | yes |\n| longer | no |')).toEqual([
    'a       b',
    '✅      yes',
    'longer  no',
  ])
})

test('a gantt becomes bars that begin one after the other', () => {
  const [probe = '', flip = ''] = shown(
    '```mermaid\ngantt\n  dateFormat x\n  probe :0, 900\n  flip :crit, 900, 1000\n```',
  )
  expect(probe).toMatch(/^probe {2}━{32}$/)
  expect(flip).toMatch(/^flip {35}━{4}$/)
})

test('lines break at spaces, and a long word stays whole', () => {
  expect(wrapped('one two three', 7)).toEqual(['one two', 'three'])
  expect(wrapped('/a/very/long/path and', 5)).toEqual(['/a/very/long/path', 'and'])
})
