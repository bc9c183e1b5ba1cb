import { describe, expect, test } from 'vitest'
import { junitXml } from '../../../../src/report/drill/junit.ts'
import { drillMarkdown, monthLater } from '../../../../src/report/drill/report.ts'
import { trend } from '../../../../src/report/drill/trend.ts'
import { summaryMarkdown } from '../../../../src/report/summary.ts'
import { drilled, scenario } from '../../../support/drills.ts'
import { check, host } from '../../../support/reports.ts'

const PAST = [
  {
    at: '2026-09-20T14:10:00.000Z',
    run: 'a',
    outcome: 'drilled',
    scenarios: [{ rollback: 'nginx', result: 'passed', took: 5.04, rto: 120 }],
  },
  {
    at: '2026-10-20T14:10:00.000Z',
    run: 'b',
    outcome: 'restored',
    scenarios: [{ rollback: 'nginx', result: 'failed' }],
  },
]
const DATABASE = scenario({
  number: 2,
  rollback: 'database',
  breaks: false,
  took: 700,
  rto: 600,
  rtoMet: false,
  recovery: [
    {
      host: 'app',
      name: 'main',
      path: '/var/backups/aura-flow/main.dump',
      bytes: 41_000_000,
      ageSeconds: 5400,
      rows: [{ table: 'public.orders', backup: 980, live: 1000 }],
    },
  ],
})

describe('the report of a drill', () => {
  const report = drilled(
    [scenario({ title: 'Nginx' }), DATABASE],
    { outcome: 'restored', reason: 'November' },
    PAST,
  )
  const page = drillMarkdown(report, report.drill)

  test('has the table of targets, filled in', () => {
    expect(page).toContain('| Nginx (nginx) | 2 min | 3.3 s | ✅ met | ✅ passed |')
    expect(page).toContain('| database | 10 min | 11 min 40 s | ❌ missed | ❌ too slow |')
  })

  test('has every chapter of the template, in its order', () => {
    expect([...page.matchAll(/^## (.+)$/gm)].map(([, name]) => name)).toEqual([
      'Basics',
      'Results',
      'Checklists',
      'Trend',
      'Improvements',
      'Next drill',
    ])
    for (const place of ['who else took part', 'Scripts.', 'Process.', 'Documents.', 'Training.'])
      expect(page).toContain(place)
    expect(page).toContain('2026-12-20')
  })

  test('says how old the backup was that was brought back, and what is in it', () => {
    expect(page).toContain('1 h 30 min old')
    expect(page).toContain('| `public.orders` | 980 | 1000 |')
  })

  test('ticks what was measured, and leaves to people what only they know', () => {
    expect(page).toContain('- [x] The environment answers, and its checks pass')
    expect(page).toContain('- [x] Everything is as it was before, and its checks pass')
    expect(page).toContain('- [ ] The team knows of the drill')
    expect(page).toContain('- [ ] It is fast enough (no check of the kind load)')
  })

  test('the load says how fast it was: the slowest of its measurements', () => {
    const load = (mean: number, p95: number) => ({
      ...check('1000 × GET /healthz, 10 at a time'),
      load: {
        ...{ requests: 1000, concurrency: 10, made: 1000, failed: 0, seconds: 1, mean, p95 },
        ...{ histogram: [], failures: [] },
      },
    })
    const both = drilled([
      scenario({ checks: [load(0.005, 0.011), check('GET /healthz')] }),
      scenario({ number: 2, checks: [load(0.004, 0.02)] }),
    ])
    expect(drillMarkdown(both, both.drill)).toContain(
      '- [x] It is fast enough: 2 loads, mean at most 5 ms, p95 at most 20 ms',
    )
    const slow = drilled([scenario({ checks: [{ ...load(3, 5), status: 'failed' }] })])
    expect(drillMarkdown(slow, slow.drill)).toContain('- [ ] It is fast enough: 1 load, mean at most 3 s')
  })

  test('what was not seen is not ticked', () => {
    const broken = drilled([
      scenario({
        result: 'failed',
        back: false,
        stages: [{ stage: 'healthy', passed: false, seconds: 1 }],
        problem: { code: 'X', message: 'no', remedy: ['Look at nginx.'] },
      }),
    ])
    const said = drillMarkdown(broken, broken.drill)
    expect(said).toContain('- [ ] The environment answers, and its checks pass')
    expect(said).toContain('- [ ] Everything is as it was before, and its checks pass')
    expect(said).toContain('- Look at nginx.')
  })

  test('a stranger’s text stays text', () => {
    const evil = drilled([scenario({ title: '<img src=x> | @everyone' })], { reason: '# [x](http://evil)' })
    const said = drillMarkdown(evil, evil.drill)
    expect(said).not.toContain('<img')
    expect(said).not.toContain('@everyone')
    expect(said).not.toContain('](http://evil)')
  })

  test('the summary has the same table, and leads with what it came to', () => {
    const summary = summaryMarkdown(report)
    expect(summary.split('\n')[0]).toMatch(/^## ⚠️ aura-flow · staging is where it was/)
    expect(summary).toContain('| Nginx (nginx) | 2 min |')
  })
})

describe('the trend', () => {
  test('is drawn for each rollback that was measured twice, drills that failed left out', () => {
    const { drill, started } = drilled([scenario()], {}, PAST)
    const drawn = trend(drill, started)
    expect(drawn).toContain('xychart-beta')
    expect(drawn).toContain('x-axis ["2026-09-20", "2026-11-20"]')
    expect(drawn).toContain('bar [5, 3.3]')
    expect(drawn).toContain('| 2026-10-20 14:10 UTC | – |')
  })

  test('several drills of one day each have a label of their own', () => {
    const at = (time: string) => ({ ...PAST[0], at: time }) as (typeof PAST)[number]
    const { drill } = drilled([scenario()], {}, [
      at('2026-10-20T09:00:00.000Z'),
      at('2026-11-20T09:00:00.000Z'),
      at('2026-11-20T09:30:10.000Z'),
      at('2026-11-20T09:30:20.000Z'),
    ])
    expect(trend(drill, '2026-11-20T09:30:20.500Z')).toContain(
      'x-axis ["2026-10-20", "2026-11-20 09:00", "2026-11-20 09:30:10", "2026-11-20 09:30:20 4", "2026-11-20 09:30:20 5"]',
    )
  })

  test('the first drill says that it is the first', () => {
    const { drill, started } = drilled([scenario()])
    expect(trend(drill, started)).toContain('first drill')
  })
})

describe('JUnit', () => {
  test('a suite for each scenario, a case for each stage and for the target', () => {
    const report = drilled([scenario(), DATABASE])
    const xml = junitXml(report, report.drill)
    expect(xml).toContain('<testsuite name="1 nginx" tests="7" failures="0" errors="0" skipped="0"')
    expect(xml).toContain(
      '<testcase name="it takes at most 10 min" classname="drill.database" time="0.000"><failure',
    )
    expect(xml).toContain('It took 11 min 40 s, and its target is 10 min.')
  })

  test('what was not tried is skipped, and what failed says why, whatever characters that has', () => {
    const report = drilled([
      scenario({
        result: 'failed',
        stages: [{ stage: 'healthy', passed: false, seconds: 1 }],
        problem: { code: 'RB-X', message: 'a < b & "c" ]]> \u0000\u001b[31m\ud800', remedy: [] },
      }),
      scenario({ number: 2, result: 'not-run', stages: [] }),
    ])
    const xml = junitXml(report, report.drill)
    expect(xml).toContain('type="RB-X">a &#60; b &#38; &#34;c&#34; ]]&#62; [31m\ufffd</failure>')
    expect(xml).toContain('<skipped')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(xml).not.toMatch(/[\u0000-\u0008\u001b]/)
  })
})

test.each([
  ['2026-11-20T14:10:55.112Z', '2026-12-20'],
  ['2026-01-31T00:00:00.000Z', '2026-02-28'],
  ['2026-12-31T23:59:59.000Z', '2027-01-31'],
])('a month after %s is %s', (from, to) => {
  expect(monthLater(from)).toBe(to)
})

test('the page of a drill counts its scenarios, and does not say that nothing was checked', () => {
  const page = summaryMarkdown(
    drilled([scenario()], { hosts: [host('app', { from: '', to: '', live: '' })], checks: [] }),
  )
  expect(page).toContain('1 of 1 scenario passed')
  expect(page).not.toContain('no check was made')
  expect(page).not.toContain('not seen')
})
