import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { INCIDENT_BYTES, incidentMarkdown } from '../../../src/report/incident.ts'
import { HOSTILE } from '../../support/hostile.ts'
import { openFence, poisoned, tablesOf, withinFences, withoutCode } from '../../support/pages.ts'
import { stories } from '../../support/report-stories.ts'
import { backup, check, host, report, step } from '../../support/reports.ts'

const page = incidentMarkdown(stories.incident)
/** What stands below a heading, up to the next. */
const below = (heading: string, of = page): string =>
  of.split(/^#{1,3} /m).find(part => part.startsWith(`${heading}\n`)) ?? ''
const headings = (of: string): string[] => [...of.matchAll(/^##+ .+$/gm)].map(([line]) => line)

describe('the report of an incident', () => {
  test('has the chapters of a post-mortem in their order, whatever came of the run', () => {
    for (const story of ['incident', 'rolledBack', 'restored', 'needsOperator', 'unknown', 'undone'] as const)
      expect(headings(incidentMarkdown(stories[story])).filter(line => line.startsWith('## '))).toEqual([
        '## Basics',
        '## Description',
        '## Process',
        '## Root cause',
        '## Improvements',
        '## Prevention',
      ])
  })

  test('says when, why, how long and which release, and marks what it can not know', () => {
    expect(below('Basics')).toContain('| When | 2026-11-20 14:10:55 UTC |')
    expect(below('Basics')).toContain('| Why | checkout answers 500 since the deploy of 14:02 |')
    expect(below('Basics')).toContain(
      '| How long | The run took 52.4 s. Services were touched from 14:10:57.712 to 14:11:26.812 UTC (29.1 s). **To fill in:** from when to when users noticed something',
    )
    expect(below('Basics')).toMatch(/\| Release \| 9f2c1e7\w{33} → c07a44b\w{33} \|/)
    const silent = incidentMarkdown(report({ reason: '' }))
    expect(below('Basics', silent)).toContain('| Why | **To fill in:** why it was rolled back. |')
  })

  test('tells the course of it with times: phases, steps, checks, backups with their whole checksum', () => {
    const rows = below('Timeline').split('\n')
    expect(rows).toContain('| 14:10:59.312 | app | move the checkout /opt/ssalgten | well | 120 ms |')
    expect(rows.indexOf('| 14:10:57.712 |  | **Switch** |  | 29.1 s |')).toBeGreaterThan(
      rows.indexOf('| 14:10:55.432 | app | back up main (ssalgten) | well | 2.3 s |'),
    )
    expect(below('Backups')).toContain(`\`${backup().sha256}\` | read back |`)
    expect(below('Checks')).toContain('exit status 1')
    expect(below('Known before the first change')).toContain('20261119090000&#95;split&#95;orders')
    expect(below('Warnings')).toContain('production-test.sh')
    expect(below('Description')).toContain('deploys of `9f2c1e7` are on hold')
    expect(page).toContain('runs/20261120T141055Z-8d1f/rollbook undo')
  })

  test('has a marked place for each thing that only people can write, and begins none of them itself', () => {
    expect(headings(page).slice(-9)).toEqual([
      '## Root cause',
      '### Technical cause',
      '### Process',
      '## Improvements',
      '### Test process',
      '### Monitoring and alerts',
      '### Deploy process',
      '## Prevention',
      '### Follow-up',
    ])
    for (const place of [
      'Technical cause',
      'Test process',
      'Monitoring and alerts',
      'Deploy process',
      'Prevention',
    ])
      expect(below(place)).toMatch(/^.+\n\n\*\*To fill in:\*\* .+\n*$/)
    expect(below('Follow-up')).toContain('- [x] 1 backup made and read back.')
  })

  test('of one that failed: what it said, what its steps printed, and what was live at the end', () => {
    const restored = incidentMarkdown(stories.restored)
    expect(below('Basics', restored)).toContain('| Release | 42 → 41 (live at the end: 42) |')
    expect(below('Description', restored)).toContain('41 was switched on and did not pass `GET /healthz`')
    expect(restored).toContain("Unknown column 'orders.customer_name'")
    expect(restored).toContain('Active: failed (Result: exit-code)')
    expect(below('Technical cause', restored)).toContain(
      'Begin with the diagnosis, and the checks that failed.',
    )
  })

  test('of one that was cut off says how little it knows', () => {
    const unknown = incidentMarkdown(stories.unknown)
    expect(below('Description', unknown)).toContain('Contact was lost before the end')
    expect(below('Hosts', unknown)).toMatch(/web-2 \| 42 .*\| not seen \| not known/)
  })
})

describe('however much there is', () => {
  const names = Array.from({ length: 500 }, (_, at) => `web-${at}`)
  const lines = Array.from({ length: 400 }, (_, at) => `${at} ${'```` long line '.repeat(40)}`)
  const huge = report({
    hosts: names.map(name => host(name, { message: 'x'.repeat(2000) })),
    steps: names.flatMap(name => [
      step({ host: name, status: 'failed', output: lines, title: 't'.repeat(900) }),
    ]),
    checks: names.map(from => check('c'.repeat(1000), { from, detail: 'd'.repeat(1000) })),
    diagnosis: names.map(name => ({ host: name, title: 'log', lines })),
    warnings: names.map(name => `${name} ${'w'.repeat(3000)}`),
    preflight: names.map(name => `${name} ${'p'.repeat(3000)}`),
    followUp: names.map(name => ({ text: `${name} ${'f'.repeat(3000)}`, done: false })),
  })

  test.each([INCIDENT_BYTES, 100_000, 8000])(
    'at most %i bytes, no fence left open, and it says what is missing',
    most => {
      const long = incidentMarkdown(huge, most)
      expect(Buffer.byteLength(long)).toBeLessThanOrEqual(most)
      expect(openFence(long)).toBe('')
      expect(long).toMatch(/\*\*Left out\*\* \(\d/)
      // What people are asked for has its room whatever else there is.
      expect(below('Deploy process', long)).toContain('To fill in')
    },
  )

  test('the course of it makes room for what people are asked for, to the byte', () => {
    for (let most = 5600; most < 9000; most += 20) {
      const short = incidentMarkdown(stories.incident, most)
      expect(short.match(/\*\*To fill in:\*\*/g), `${most} bytes`).toHaveLength(8)
      expect(Buffer.byteLength(short)).toBeLessThanOrEqual(most)
    }
  })
})

test('whatever a stranger writes stays in its cell, its fence, its line', () => {
  const told = ['incident', 'rolledBack', 'restored', 'needsOperator', 'unknown', 'undone'] as const
  fc.assert(
    fc.property(fc.constantFrom(...told), fc.constantFrom(...HOSTILE), (name, evil) => {
      const poison = (text: string) => ({
        ...poisoned(stories[name], text),
        title: text,
        followUp: [{ text, done: false }],
      })
      const shown = incidentMarkdown(poison(evil))
      expect(openFence(shown)).toBe('')
      const outside = withoutCode(shown)
      expect(outside.replace(/<\/?(details|summary|code|br)>/g, '')).not.toMatch(/</)
      expect(outside).not.toMatch(/!\[(?!NOTE|WARNING)/)
      expect(outside.replaceAll('[its log](/acme/shop/actions/runs/17)', '')).not.toMatch(/\]\(/)
      expect(outside).not.toMatch(/@(?!&#8203;)\S|:\/\/|www\./)
      expect(shown).not.toMatch(/[\u202e\u200b\u{e0041}]/u)
      const ours = new Set([...headings(incidentMarkdown(poison('tame'))), ...headings(page)])
      expect(headings(shown).filter(line => !ours.has(line))).toEqual(
        withinFences(shown).filter(line => /^##+ /.test(line) && !ours.has(line)),
      )
      // A row of the basics about nothing is not there.
      if (evil.trim() !== '')
        expect(tablesOf(outside)).toEqual(tablesOf(withoutCode(incidentMarkdown(poison('tame')))))
    }),
    { numRuns: 200 },
  )
})
