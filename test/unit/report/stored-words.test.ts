import { expect, test } from 'vitest'
import { madeWords, ofWords } from '../../../src/report/stored-words.ts'
import { summaryMarkdown } from '../../../src/report/summary.ts'
import { stories } from '../../support/report-stories.ts'
import { backup } from '../../support/reports.ts'

test('a dump of some tables is never taken for the whole', () => {
  const main = { kind: 'database', name: 'main' }
  expect(madeWords(main)).toBe('main, whole')
  expect(madeWords({ ...main, tables: ['orders', 'events'] })).toBe('main, 2 tables')
  expect(madeWords({ kind: 'files' })).toBe('files')
  expect(ofWords({ name: 'main', part: 'tables' })).toBe('main, some tables')
  const backups = [backup(main), backup({ ...main, tables: ['orders'] })]
  const page = summaryMarkdown({ ...stories.rolledBack, backups })
  expect(page).toContain('- main, whole on web-1, ')
  expect(page).toContain('- main, 1 table on web-1, ')
})
