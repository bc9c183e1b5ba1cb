import { expect, test } from 'vitest'
import type { ChecklistReport, RunReport, ServingReport } from '../../../src/outcome.ts'
import { inOrder } from '../../../src/report/checklist.ts'
import { summaryMarkdown } from '../../../src/report/summary.ts'
import { stories } from '../../support/report-stories.ts'
import { report } from '../../support/reports.ts'

const CHECKLIST: readonly ChecklistReport[] = [
  { what: 'target', said: 'web-1 and web-2: 42 (`9f2c1e7`) → 41 (`c07a44b`)' },
  { what: 'changes', said: '41 lacks 1 commit that 42 has', items: ['9f2c1e7 Split orders (#412) <b>'] },
  { what: 'disk', said: 'web-1: 31.0 GiB free at /var/www/fap-api' },
  { what: 'disk', said: 'web-2: 30.8 GiB free at /var/www/fap-api' },
]
const page = (story: RunReport): string => summaryMarkdown({ ...story, checklist: CHECKLIST })

test('a plan begins with the checklist, open, and what strangers wrote is only text there', () => {
  const shown = page(stories.planned)
  expect(shown).toContain(
    [
      '### Pre-flight checklist',
      '',
      '- **Current → target**: web-1 and web-2: 42 (`9f2c1e7`) → 41 (`c07a44b`)',
      '- **Changes**: 41 lacks 1 commit that 42 has',
      '  - 9f2c1e7 Split orders (#&#8203;412) &#60;b&#62;',
      '- **Disk**',
      '  - web-1: 31.0 GiB free at /var/www/fap-api',
      '  - web-2: 30.8 GiB free at /var/www/fap-api',
    ].join('\n'),
  )
  expect(shown.indexOf('### Pre-flight')).toBeLessThan(shown.indexOf('| host |'))
})

test.each([
  ['rolled back', stories.rolledBack],
  ['restored', stories.restored],
  ['in need of its operator', stories.needsOperator],
])('a rollback that is %s has it folded, in front of the hosts and behind what to do', (_, story) => {
  const shown = page(story)
  const at = shown.indexOf('<details><summary>Pre-flight checklist')
  expect(at).toBeGreaterThan(0)
  expect(at).toBeLessThan(shown.indexOf('| host |'))
  expect(at).toBeGreaterThan(shown.indexOf('### Do this now'))
})

test('a refusal shows it open: nothing else has happened', () => {
  expect(page(stories.refused)).toContain('### Pre-flight checklist')
})

test('what became known late stands in its place all the same', () => {
  const late = [CHECKLIST[2], CHECKLIST[0], CHECKLIST[3], CHECKLIST[1]].filter(each => each !== undefined)
  expect(inOrder(late)).toEqual(CHECKLIST)
})

const SERVING: ServingReport = {
  host: 'web-1',
  live: '/var/www/fap-api/releases/41',
  current: 2,
  old: [],
  hidden: [{ user: 'www-data', command: 'php-fpm8.4', count: 8 }],
  onlyOwn: false,
}
const OLD = {
  pid: 4711,
  user: 'deploy',
  command: 'php artisan queue:work',
  what: 'cwd',
  path: '/var/www/fap-api/releases/42/backend',
} as const

test('hosts on which the same serves share a line', () => {
  const shown = summaryMarkdown(report({ serving: [SERVING, { ...SERVING, host: 'web-2' }] }))
  expect(shown).toContain(
    '**What serves** – web-1 and web-2: 2 processes run from 41; 8 php-fpm8.4 of www-data may not be looked into\n',
  )
})

test('what is left of the other release is said with what to do about it', () => {
  const shown = summaryMarkdown(
    report({
      serving: [
        { ...SERVING, old: [OLD] },
        { ...SERVING, host: 'web-2' },
      ],
    }),
  )
  expect(shown).toContain(
    '- web-1: 2 processes run from 41, 1 process from another release; 8 php-fpm8.4 of www-data',
  )
  expect(shown).toContain('Restart or end what still runs from another release')
})

test('after a way back it is told as what was, and each process with it', () => {
  const shown = summaryMarkdown({
    ...stories.restored,
    serving: [{ ...SERVING, at: '2026-11-20T12:54:59.123Z', old: [OLD] }],
  })
  expect(shown).toContain('**What ran while 41 was live**, seen at 12:54:59 UTC\n')
  expect(shown).toContain(
    '- web-1: pid 4711 (php artisan queue:work, deploy) still ran from /var/www/fap-api/releases/42',
  )
  expect(shown).not.toContain('Restart or end')
})

test('the same answer of several hosts is shown once, and a question that hung says so', () => {
  const shown = summaryMarkdown({
    ...stories.restored,
    diagnosis: [
      { host: 'web-1', title: 'migrate:status', lines: ['all ran'] },
      { host: 'web-2', title: 'migrate:status', lines: ['all ran'] },
      { host: 'web-1', title: 'queue:failed', status: 'timed-out', lines: [] },
      { host: 'web-2', title: 'queue:failed', status: 'failed', lines: ['no connection'] },
    ],
  })
  expect(shown).toContain('**migrate:status** on web-1 and web-2\n\n```text\nall ran\n```')
  expect(shown).toContain('**queue:failed** on web-1: ran out of time, printed nothing\n')
  expect(shown).toContain('**queue:failed** on web-2: failed\n\n```text\nno connection')
})
