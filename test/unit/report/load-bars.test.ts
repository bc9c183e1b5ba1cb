import { expect, test } from 'vitest'
import type { LoadReport } from '../../../src/outcome.ts'
import { loads } from '../../../src/report/load-bars.ts'
import { summaryMarkdown } from '../../../src/report/summary.ts'
import { check, report } from '../../support/reports.ts'

const load: LoadReport = {
  requests: 1000,
  concurrency: 10,
  made: 1000,
  failed: 3,
  seconds: 1.25,
  mean: 0.0123,
  p50: 0.009,
  p95: 0.04,
  p99: 0.12,
  slowest: 1.2,
  histogram: [
    { upTo: 0.01, count: 600 },
    { upTo: 0.02, count: 0 },
    { upTo: 2, count: 397 },
  ],
  failures: [{ why: '503 Service Unavailable', count: 3 }],
}
const page = (changes: Partial<LoadReport> = {}, title = '1000 × GET /') =>
  loads({ checks: [check('GET /'), check(title, { load: { ...load, ...changes } })] })

test('a person sees at a glance how the times are spread, and that some failed', () => {
  expect(page()).toBe(
    [
      '**1000 × GET /**: 1,000 requests in 1.3 s · 800 a second · mean 12.3 ms · p50 9 ms · p95 40 ms · p99 120 ms · slowest 1.2 s · **3 failed**',
      '',
      '```text',
      `                ≤ 10 ms │${'█'.repeat(40)} 600`,
      '                ≤ 20 ms │ 0',
      `                  ≤ 2 s │${'█'.repeat(26)} 397`,
      '503 Service Unavailable │▒ 3',
      '```',
    ].join('\n'),
  )
  expect(summaryMarkdown(report({ checks: [check('1000 × GET /', { load })] }))).toContain('≤ 10 ms │█')
})

test('a load that was cut short says of how many', () => {
  expect(page({ made: 412 })).toContain('412 of 1,000 requests in')
})

test('where nothing was measured there is nothing to see', () => {
  expect(loads({ checks: [check('GET /')] })).toBe('')
  const { mean: _, p50: __, p95: ___, p99: ____, slowest: _____, ...none } = load
  const all = { ...none, failed: 1000, histogram: [], failures: [{ why: 'connection refused', count: 1000 }] }
  expect(loads({ checks: [check('1000 × GET /', { load: all })] })).toContain('connection refused │▒▒▒')
})

test('a title cannot become markup, nor a reason end the chart', () => {
  const shown = page({ failures: [{ why: '```\n# pwned', count: 1 }] }, '<img src=x> @acme/all')
  expect(shown).not.toMatch(/<img|@acme/)
  expect(shown).toMatch(/^````text$[\s\S]*^````$/m)
})
