import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RunReport } from '../../../src/outcome.ts'
import { summaryMarkdown } from '../../../src/report/summary.ts'
import { HOSTILE } from '../../support/hostile.ts'
import { openFence, poisoned, tablesOf, withinFences, withoutCode } from '../../support/pages.ts'
import { stories } from '../../support/report-stories.ts'
import { backup, check, host, report, step, untouched } from '../../support/reports.ts'

const first = (story: RunReport): string => summaryMarkdown(story).split('\n')[0] ?? ''

describe('the first line says whether it is over', () => {
  test.each([
    ['rolledBack', '## ✅ fap-api · production is back on release 41'],
    ['oneHost', '## ✅ shop · production is back on release 41'],
    ['fiftyHosts', '## ✅ shop · production is back on release 41'],
    ['undone', '## ✅ fap-api · production is on release 42 again: the rollback was undone'],
    ['unchanged', '## ✅ fap-api · production is on 41 already and it works: nothing to do'],
    ['refused', '## ❌ fap-api · production was not changed'],
    ['refusedEarly', '## ❌ fap-api · production was not changed'],
    ['restored', '## ⚠️ fap-api · production is where it was: on 42'],
    ['needsOperator', '## ❌ fap-api · production needs you now: web-2 is in between'],
    ['unknown', '## ❓ fap-api · production is not confirmed: contact with web-2 was lost'],
    ['recorded', '## ✅ fap-api · production: release 42 is on record as bad'],
    ['clear', '## ✅ fap-api · production: go ahead, nothing holds deploys of c07a44b'],
    ['unlocked', '## ✅ fap-api · production is unlocked'],
    ['guardRefused', '## ❌ fap-api · production: do not deploy 9f2c1e7'],
    ['planned', '## 📋 fap-api · production would go 42 → 41'],
    ['plannedUnchanged', '## 📋 fap-api · production would stay on 41: it is live already'],
    ['statusFine', '## ✅ fap-api · production is on 41: no lock, no hold'],
    ['statusHeld', '## ⏸️ fap-api · production is on 41; deploys of 42 are on hold'],
    [
      'statusTrouble',
      '## ❌ fap-api · production needs its operator: run 20261120T141055Z-8d1f is in between on web-1',
    ],
    [
      'notWellAgain',
      '## ❌ fap-api · production needs you now: it is back on 42, which does not pass its checks any more',
    ],
    ['cutOff', '## ❓ fap-api · production is not confirmed: the run was cut off'],
  ] as const)('%s', (story, line) => {
    expect(first(stories[story])).toBe(line)
  })

  test('and counts when several hosts are not right', () => {
    const hosts = ['a', 'b', 'c'].map(name =>
      host(name, { state: name === 'a' ? 'restored' : 'needs-operator' }),
    )
    expect(first(report({ outcome: 'needs-operator', hosts }))).toContain('2 of 3 hosts are in between')
    const lost = ['a', 'b', 'c', 'd', 'e'].map(name => host(name, { state: 'unknown' }))
    expect(first(report({ outcome: 'unknown', hosts: lost }))).toContain('contact with 5 hosts was lost')
  })
})

describe('a rollback that worked', () => {
  const page = summaryMarkdown(stories.rolledBack)

  test('says from where to where, how fast, how sure, by whom and why', () => {
    expect(page.split('\n')[2]).toBe(
      '**42 → 41** on web-1 and web-2 in **8.4 s** (target 5 min) · 6 of 6 checks pass · asked by @&#8203;mei: *checkout answers 500 since 14:02*',
    )
  })

  test('shows what each host serves', () => {
    expect(page).toContain('| web-2 | 42 `9f2c1e7` | **41** `c07a44b` | ✅ switched | 14:11:03.415 | 2/2 |')
  })

  test('says that a target was missed, and that no check proves the release', () => {
    const slow = summaryMarkdown(report({ rto: 5, rtoMet: false, checks: [check('GET /')] }))
    expect(slow).toContain('(target 5 s, **missed**) · 1 of 1 check passes (none proves the release)')
    expect(summaryMarkdown(report({ checks: [] }))).toContain('**no check was made**')
  })

  test('says how to lift the hold and how to go back', () => {
    expect(page).toContain('deploys of `9f2c1e7` are on hold')
    expect(page).toContain('`operation: undo` and `run-id: 20261120T141055Z-8d1f`')
    expect(page).toContain(
      '# on web-1, web-2\n~/.rollbook/fap-api/production/runs/20261120T141055Z-8d1f/rollbook undo',
    )
  })

  test('links to the run without a server, and to nothing else', () => {
    expect(page.match(/\]\([^)]*\)/g)).toEqual(['](/acme/shop/actions/runs/17)'])
    for (const workflowRun of [
      '',
      'https://evil.example',
      '//evil.example/a/actions/runs/1',
      '/a/b/actions/runs/1)x(',
    ]) {
      expect(summaryMarkdown(report({ workflowRun }))).not.toContain('](')
    }
  })
})

describe('fifty hosts', () => {
  const page = summaryMarkdown(stories.fiftyHosts)

  test('show the one that differs, and fold the others', () => {
    const open = page.replace(/<details>.*?<\/details>/gs, '')
    expect(open).toContain('| web-18 |')
    expect(open).not.toContain('| web-17 |')
    expect(open).toContain('**web-18**: The runner was not heard for 300 s')
    expect(page).toContain(
      '49 hosts, all alike: 42 → 41, ✅ switched between 14:11:03.412 and 14:11:03.461 UTC',
    )
  })

  test('share one command', () => {
    expect(page).toContain('# on each of 50 hosts: web-1, web-2, web-3, …')
    expect(page.match(/rollbook undo/g)).toHaveLength(1)
  })
})

describe('a run that was refused', () => {
  const page = summaryMarkdown(stories.refused)

  test('says why, shows the table, and how to go on', () => {
    expect(page).toContain('**Refused before the first change:** Release 41 does not know 2 migrations')
    expect(page).toContain('`RB-MIGRATIONS`')
    expect(page).toContain('| `2026_11_19_101500_add_order_channel` | adds column `orders.channel` |')
    expect(page).toContain('- Run again with `confirm` set to `run anyway: 2 migrations`')
  })

  test('offers nothing to undo and shows no host that was not touched', () => {
    expect(page).not.toContain('undo')
    expect(page).not.toContain('not touched')
  })

  test('a failure with a very long table keeps its place', () => {
    const table = { head: ['release'], rows: Array.from({ length: 5000 }, (_, at) => [`r${at}`]) }
    const long = summaryMarkdown(
      report({ ...stories.refused, failure: { code: 'RB-X', message: 'Too many.', remedy: [], table } }),
    )
    expect(long).toContain('… and 4900 more rows, in the record.')
  })
})

describe('a run that put everything back', () => {
  const page = summaryMarkdown(stories.restored)

  test('says what failed before it says anything else', () => {
    expect(page.indexOf('did not pass `GET /healthz`')).toBeLessThan(page.indexOf('| host |'))
    expect(page).toContain('Both hosts are where the run found them, on `42`, and that was looked at')
    expect(page).toContain(
      '| ❌ | GET /healthz | runner | 10 | 34 s | passed | no | 503 Service Unavailable, wanted 200 |',
    )
  })

  test('keeps what the hosts said', () => {
    expect(page).toContain("Unknown column 'orders.customer_name'")
    expect(page).toContain('Active: failed (Result: exit-code)')
  })
})

describe('a run that needs somebody', () => {
  test('has the exact commands, for that host alone, and says how to unlock', () => {
    const page = summaryMarkdown(stories.needsOperator)
    expect(page).toContain('### Do this now\n\nAll of it in the environment **production**.')
    expect(page).toContain(
      '   # on web-2\n   ~/.rollbook/fap-api/production/runs/20261120T141055Z-8d1f/rollbook undo',
    )
    expect(page).not.toContain('# on web-1')
    expect(page).toContain('`operation: unlock` and `run-id: 20261120T141055Z-8d1f`')
    expect(page).toContain('The lock is kept')
  })
})

describe('a run that lost contact', () => {
  test.each([
    ['by-checks', 'then looks at its own checks. They pass: it keeps `41`. They fail: it goes back to `42`.'],
    ['keep', 'then keeps `41`, marked *not confirmed*.'],
    ['undo', 'then goes back to `42`.'],
  ] as const)('says what the host does by itself: %s', (decides, words) => {
    const lost = host('web-2', {
      state: 'unknown',
      live: '',
      lostContact: { decides, deadline: '2026-11-20T14:16:03.000Z' },
    })
    const page = summaryMarkdown({ ...stories.unknown, hosts: [host('web-1'), lost] })
    expect(page).toContain(`**web-2** waits for the runner until **14:16:03 UTC**, ${words}`)
    expect(page).toContain('`operation: status`')
  })
})

describe('the timeline', () => {
  test('is drawn in seconds, and in times of day beyond a minute, for readers in any time zone', () => {
    expect(summaryMarkdown(stories.rolledBack)).toContain('  switch · 12 ms :crit, 5900, 5933')
    expect(summaryMarkdown(stories.fiftyHosts)).toContain('  backup · 1 min 20 s :00:00:02.310, 00:01:21.900')
  })

  test('can not be told anything by the name of a phase', () => {
    const phases = [
      'section x',
      'a :crit, 1, 2',
      'b; click c href "x"',
      '%%{init}%%',
      'c\n  d :0, 1',
      '',
    ].map(name => ({ name, from: 0, to: 9 }))
    const drawn =
      summaryMarkdown(report({ phases }))
        .match(/```mermaid\n(.*?)\n```/s)?.[1]
        ?.split('\n') ?? []
    expect(drawn).toHaveLength(4 + phases.length)
    for (const line of drawn.slice(4)) expect(line).toMatch(/^ {2}[^:;#%"{}<>`]+ :0, 9$/)
    expect(drawn[4]).toBe('  · section x · 9 ms :0, 9')
  })
})

describe('the largest page', () => {
  const lines = Array.from({ length: 400 }, (_, at) => `${at} ${'```` long line '.repeat(40)}`)
  const names = Array.from({ length: 500 }, (_, at) => `web-${at}`)
  const huge = report({
    hosts: names.map(name => host(name, { state: 'needs-operator', message: `${name} ${'x'.repeat(2000)}` })),
    outcome: 'needs-operator',
    failure: { code: 'RB-UNDO', message: 'y'.repeat(100_000), remedy: ['z'.repeat(50_000)] },
    steps: names.flatMap(name =>
      Array.from({ length: 20 }, (_, number) =>
        step({ host: name, number, status: 'failed', output: lines }),
      ),
    ),
    checks: names.map(from => check('c'.repeat(1000), { from, status: 'failed', detail: 'd'.repeat(1000) })),
    diagnosis: names.map(name => ({ host: name, title: 'log', lines })),
    backups: names.map(name => backup({ host: name })),
    warnings: names.map(name => `${name} ${'w'.repeat(3000)}`),
    preflight: names.map(name => `${name} ${'p'.repeat(3000)}`),
    undo: names.map(name => ({ host: name, command: `${name} ${'u'.repeat(500)}` })),
  })
  const page = summaryMarkdown(huge)

  test('stays under 512 KiB, begins with the answer and says what is missing', () => {
    expect(Buffer.byteLength(page)).toBeLessThanOrEqual(512 * 1024)
    expect(page.split('\n')[0]).toBe(
      '## ❌ fap-api · production needs you now: 500 of 500 hosts are in between',
    )
    expect(page.indexOf('### Do this now')).toBeGreaterThan(0)
    expect(page.slice(-1500)).toMatch(/\*\*Left out\*\*, because a summary may not be larger: .+ \(\d/)
  })

  test.each([512 * 1024, 200_000, 50_000, 10_000, 3000])('of %i bytes breaks no fence and no fold', most => {
    const short = summaryMarkdown(huge, most)
    expect(Buffer.byteLength(short)).toBeLessThanOrEqual(most)
    expect(short.match(/<details>/g)?.length ?? 0).toBe(short.match(/<\/details>/g)?.length ?? 0)
    expect(openFence(short)).toBe('')
    expect(short.slice(-1500)).toContain('Left out')
  })
})

describe('whatever a stranger writes into any field', () => {
  test('stays in its cell, its fence, its line', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(stories)), fc.constantFrom(...HOSTILE), (story, evil) => {
        const page = summaryMarkdown(poisoned(story, evil))
        expect(openFence(page)).toBe('')
        const outside = withoutCode(page)
        expect(outside.replace(/<\/?(details|summary|sub|code|br)>/g, '')).not.toMatch(/</)
        expect(outside).not.toMatch(/!\[(?!NOTE|WARNING)/)
        expect(outside.replaceAll('[log of this run](/acme/shop/actions/runs/17)', '')).not.toMatch(/\]\(/)
        expect(outside).not.toMatch(/@(?!&#8203;)\S|:\/\/|www\./)
        expect(page).not.toMatch(/[\u202e\u200b\u{e0041}]/u)
        expect(
          page
            .split('\n')
            .filter(
              line =>
                /^#{1,6} /.test(line) &&
                !/^(## .+ · |### (Do this|What happens|Pre-flight checklist$)|#### (switch|start|verify) – )/.test(
                  line,
                ),
            ),
        ).toEqual(withinFences(page).filter(line => /^#{1,6} /.test(line)))
        expect(tablesOf(outside)).toEqual(tablesOf(withoutCode(summaryMarkdown(poisoned(story, 'tame')))))
      }),
      { numRuns: 300 },
    )
  })
})

test('an operation on untouched hosts needs no table of them', () => {
  expect(summaryMarkdown(stories.clear)).not.toContain('| host |')
  expect(
    summaryMarkdown(report({ outcome: 'reported', operation: 'status', hosts: [untouched('web-1')] })),
  ).toContain('| host |')
})
