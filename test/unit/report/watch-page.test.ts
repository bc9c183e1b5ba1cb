import { describe, expect, test } from 'vitest'
import type { TriggerReport, WatchReport } from '../../../src/outcome.ts'
import { finalWords } from '../../../src/report/annotate.ts'
import { summaryMarkdown } from '../../../src/report/summary.ts'
import { headlineWords } from '../../../src/report/verdict.ts'
import { changeWords } from '../../../src/report/watch-words.ts'
import { report } from '../../support/reports.ts'

const trigger = (change: Partial<TriggerReport> = {}): TriggerReport => ({
  when: 'error-rate above 0.5',
  for: 60,
  action: 'rollback',
  state: 'clear',
  seen: '0.02',
  held: 0,
  looks: 132,
  blind: 0,
  ...change,
})

const watch = (change: Partial<WatchReport> = {}, ...triggers: TriggerReport[]): WatchReport => ({
  decision: 'none',
  for: 1980,
  seconds: 1980,
  every: 15,
  triggers,
  ...change,
})

const FIRED = trigger({ state: 'fired', seen: '0.62', held: 60 })
const quiet = { hosts: [], phases: [], steps: [], checks: [], undo: [] }
const watched = (...triggers: TriggerReport[]) =>
  report({ ...quiet, operation: 'watch', outcome: 'watched', watch: watch({}, ...triggers) }, ['hold'])

describe('the first line of a watch', () => {
  test.each([
    [[trigger()], 'was watched for 33 min: no trigger fired'],
    [
      [trigger(), trigger({ state: 'fired', action: 'watch' })],
      'was watched for 33 min: nothing to roll back, 1 trigger to look at',
    ],
    [
      [trigger(), trigger({ state: 'unseen', blind: 132 })],
      'was watched for 33 min: no trigger fired, 1 of 2 never seen',
    ],
  ])('says what it can vouch for', (triggers, words) => {
    expect(headlineWords(watched(...triggers))).toBe(`fap-api · production ${words}`)
  })

  test('that asks is a question, and no failure', () => {
    const asks = report({
      ...quiet,
      operation: 'watch',
      outcome: 'refused',
      watch: watch({ decision: 'ask' }, trigger({ ...FIRED, action: 'ask' })),
      failure: { code: 'RB-DECISION-NEEDED', message: 'A person has to decide.', remedy: ['To go back: x'] },
    })
    expect(headlineWords(asks)).toBe('fap-api · production waits for your decision: go back, or stay?')
    expect(summaryMarkdown(asks)).toContain('**A trigger fired:** A person has to decide.')
    expect(finalWords(asks).message).toContain('→ To go back: x')
  })
})

describe('the table', () => {
  test('has each trigger with what was seen of it, in front of the rollback that it came to', () => {
    const page = summaryMarkdown(
      report({ watch: watch({ decision: 'rollback', seconds: 240 }, FIRED, trigger()) }),
    )
    expect(page).toContain('**Triggers** – watched for 4 min, a look every 15 s')
    expect(page).toContain('| ❌ | error-rate above 0.5 | 1 min | `rollback` | `0.62` | fired, after 1 min |')
    expect(page).toContain('| ✅ | error-rate above 0.5 | 1 min | `rollback` | `0.02` | did not fire |')
    expect(page.indexOf('**Triggers**')).toBeLessThan(page.indexOf('| host |'))
  })

  test('says of what was not seen that it was not', () => {
    const page = summaryMarkdown(
      watched(
        trigger({ state: 'unseen', blind: 132, seen: 'connection refused' }),
        trigger({ state: 'blind', blind: 3, held: 30, seen: 'no data' }),
        trigger({ blind: 3, held: 45 }),
      ),
    )
    expect(page).toContain(
      '| ❓ | error-rate above 0.5 | 1 min | `rollback` | `connection refused` | never seen |',
    )
    expect(page).toContain('| `no data` | not seen at the end, held 30 s at most |')
    expect(page).toContain('| did not fire, held 45 s at most; 3 of 132 looks brought nothing |')
  })

  test('of metrics has them before and after', () => {
    const page = summaryMarkdown(
      report({
        compared: [
          { metric: 'error-rate', before: { value: 0.62, said: '0.62' }, after: { said: 'no data' } },
        ],
      }),
    )
    expect(page).toContain('| error-rate | `0.62` | `no data` |')
  })

  test('can not be broken by what a server says', () => {
    const page = summaryMarkdown(watched(trigger({ seen: '| @team <b> `x` |\n## done' })))
    expect(page).not.toMatch(/@team|<b>|^## done/m)
  })
})

test.each([
  ['holds', 0, 'error-rate above 0.5 (0.62); when that lasts 1 min, it rolls back'],
  ['clear', 45, 'not any more: error-rate above 0.5 (0.62), after 45 s'],
  ['fired', 60, 'error-rate above 0.5 (0.62) for 1 min: it rolls back'],
  ['blind', 0, "error-rate above 0.5: can't be looked at (0.62)"],
] as const)('in the log, a trigger that %s', (state, held, words) => {
  expect(changeWords(trigger({ state, seen: '0.62' }), held)).toBe(words)
})
