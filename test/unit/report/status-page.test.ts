import { describe, expect, test } from 'vitest'
import { obstacles } from '../../../src/report/obstacles.ts'
import { endedAs, wentWords } from '../../../src/report/run-words.ts'
import { statusLines } from '../../../src/report/status-lines.ts'
import { summaryMarkdown } from '../../../src/report/summary.ts'
import { stories } from '../../support/report-stories.ts'
import { holdOf42, runOf, statusOf } from '../../support/reports.ts'

describe('the page of a status', () => {
  test('shows hosts that say the same in one row, with the least room that any has', () => {
    const page = summaryMarkdown(stories.statusFine)
    expect(page).toContain(
      '| web-1 and web-2 | **41** `c07a44b` | no lock | ≥ 31.0 GiB | `/home/deploy/.rollbook/fap-api/production` |',
    )
    expect(page).not.toContain('To do')
    expect(page).not.toContain('Last runs')
  })

  test('says of each release whether it can be gone back to, and why not', () => {
    const page = summaryMarkdown(stories.statusFine)
    expect(page).toContain('**Releases** in `/var/www/fap-api` on web-1 and web-2, newest first')
    for (const row of [
      '| 43 |  | 🚧 half-made: it has no REVISION, and other releases have one |',
      '| 42 | `9f2c1e7` | ⛔ bad: it was left by a rollback (mei) |',
      '| **41** | `c07a44b` | ▶️ live |',
      '| 40 |  | ✅ can be gone back to: on record as good |',
      '| 39 |  | ✅ can be gone back to |',
    ])
      expect(page).toContain(row)
  })

  test('says what is on hold, since when and why, how to lift it, and what ran last', () => {
    const page = summaryMarkdown(stories.statusHeld)
    expect(page).toContain(
      '- release 42 (9f2c1e7) since 2026-11-20 14:11 UTC by run 20261120T141055Z-8d1f, because: checkout answers 500 – on web-1 and web-2',
    )
    expect(page).toContain('`operation: record`, `state: free`, `target: 42`, with a reason.')
    expect(page).toContain(
      '| `20261120T141055Z-8d1f` | 2026-11-20 14:10 UTC | 42 → 41 | stayed on 41 | web-1 and web-2 |',
    )
  })

  test('names everything that is in the way, the worst in the first line, and what to do', () => {
    const page = summaryMarkdown(stories.statusTrouble)
    expect(page.split('\n')[0]).toContain('needs its operator')
    expect(page).toContain('⚠️ It can not be rolled back: nobody can tell what is live on web-3.')
    expect(page).toContain('🔒 It is locked: run 20261120T143000Z-1a2b is at work on web-2.')
    expect(page).toContain('rollbook undo')
    expect(page).toContain('/var/www/fap-api/current is a real folder')
  })
})

describe('what stands in the way', () => {
  const first = (...status: Parameters<typeof statusOf>[1][]): string =>
    obstacles(status.map((each, at) => statusOf(`web-${at + 1}`, each)))[0]?.words ?? 'nothing'
  const link = statusOf('x').links[0]
  const on = (live: string) => ({ links: link ? [{ ...link, live }] : [] })

  test.each([
    ['nothing', [{}, {}]],
    [
      'is locked by run r1, which died on web-1',
      [{ lock: { run: 'r1', alive: false }, runs: [{ ...runOf('switched'), run: 'r1' }] }],
    ],
    ['is locked: run r1 is at work on web-1', [{ lock: { run: 'r1', alive: true } }]],
    [
      'is locked: run r1 is at work on web-1',
      // Somebody undoes it by hand at this moment.
      [{ lock: { run: 'r1', alive: true }, runs: [{ ...runOf('needs-operator'), run: 'r1' }] }],
    ],
    ['serves different releases: 41 (web-1) and 42 (web-2)', [{}, on('42')]],
    ['is on 41; deploys of 42 are on hold', [{ holds: [holdOf42] }]],
    ['is on 41; every deploy is on hold', [{ holds: [{ ...holdOf42, release: '*' }, holdOf42] }]],
  ])('%s', (words, status) => {
    expect(first(...status)).toBe(words)
  })
})

describe('the lines of a status, for the log and the terminal', () => {
  test('have everything that the page has', () => {
    const lines = statusLines(stories.statusHeld.status ?? [])
    expect(lines).toEqual([
      'web-1 and web-2',
      '  no lock',
      '  on hold: release 42 (9f2c1e7) since 2026-11-20 14:11 UTC by run 20261120T141055Z-8d1f, because: checkout answers 500',
      '  /var/www/fap-api: 41 is live',
      '    43  half-made: it has no REVISION, and other releases have one',
      '    42  9f2c1e7  bad: it was left by a rollback (mei)',
      '    41  c07a44b  live',
      '    40  can be gone back to: on record as good',
      '    39  can be gone back to',
      '  run 20261120T141055Z-8d1f (2026-11-20 14:10 UTC): 42 → 41, stayed on 41',
      '  state folder /home/deploy/.rollbook/fap-api/production',
      'web-1: 31.0 GiB free at /var/www/fap-api',
      'web-2: 31.0 GiB free at /var/www/fap-api',
      'It is on 41; deploys of 42 are on hold',
      '  → When 42 may be deployed again, lift the hold: `operation: record`, `state: free`, `target: 42`, with a reason.',
    ])
  })
})

test.each([
  ['forward', 'committed', 'stayed on 41'],
  ['forward', 'kept', 'stayed on 41, not confirmed'],
  ['forward', 'undone', 'went back to 42'],
  ['forward', 'refused', 'changed nothing'],
  ['forward', 'switched', 'not over: switched'],
  ['back', 'committed', 'undone: back on 42'],
  ['back', 'undone', 'an undo was begun and did not come to its end: the host went back to 41'],
  ['back', 'refused', 'its undo changed nothing: on 41'],
  ['back', 'needs-operator', 'in between: needs its operator'],
  ['back', 'switch', 'not over: being undone, switch'],
] as const)('a run that ended %s as %s', (direction, ended, words) => {
  expect(endedAs({ direction, ended, from: '42', to: '41' })).toBe(words)
})

test('what a drill did to break something is told as that, and not as a release without a name', () => {
  const run = { direction: 'forward', from: '', to: '', ended: 'committed' } as const
  expect([wentWords(run), endedAs(run)]).toEqual(['a step of a drill', 'ran to its end'])
  expect(endedAs({ ...run, ended: 'undone' })).toBe('taken back')
})
