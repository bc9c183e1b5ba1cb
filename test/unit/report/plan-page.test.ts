import { describe, expect, test } from 'vitest'
import type { PlannedStep } from '../../../src/outcome.ts'
import { finalWords } from '../../../src/report/annotate.ts'
import { plainLog } from '../../../src/report/log.ts'
import { Masker } from '../../../src/report/mask.ts'
import { logPlan } from '../../../src/report/plan-log.ts'
import { plannedPhases } from '../../../src/report/planned.ts'
import { summaryMarkdown } from '../../../src/report/summary.ts'
import { stories } from '../../support/report-stories.ts'
import { report } from '../../support/reports.ts'

const planned = stories.planned.planned ?? []
const page = summaryMarkdown(stories.planned)
const logged = (): string => {
  let text = ''
  logPlan(plainLog({ write: chunk => (text += chunk) }, new Masker()), stories.planned)
  return text
}

describe('the page of a plan', () => {
  test('says what is live, where it goes and why, once for hosts that agree', () => {
    expect(page).toContain(
      '| web-1 and web-2 | 42 `9f2c1e7` | **41** `c07a44b` | 41 was live before 42 (ledger) | ≥ 30.0 GiB |',
    )
    expect(page).toContain('Passed over: 40: it is marked bad (mei: loses orders)')
  })

  test('has a table for each phase, with data and undo, in which equal hosts share a row', () => {
    expect(page).toContain('#### switch – on all hosts together')
    expect(page).toContain(
      '| web-1 and web-2 | switch /var/www/fap-api/current | `symlink`<br>link: `/var/www/fap-api/current`<br>before: `releases/42`<br>after: `releases/41` | point /var/www/fap-api/current at releases/42 again |',
    )
    expect(page).toContain(
      '| web-1 | artisan | `run`<br>script:<br>`php artisan optimize:clear`<br>`php artisan queue:restart` | the same again, on the way back |',
    )
  })

  test('shows each script once, folded, what the runner looks at, and where the program is', () => {
    expect(page.match(/<details><summary>Script of symlink/g)).toHaveLength(1)
    expect(page).toContain('symlink_do() { flip "$arg_before" "$arg_after"; }')
    expect(page).toContain('#### verify – as the runner sees it\n\n- GET /healthz')
    expect(page).toContain('`/home/runner/work/_temp/rollbook/plan.json`')
  })

  test('says that nothing would be switched where the target is live already', () => {
    const unchanged = summaryMarkdown(stories.plannedUnchanged)
    expect(unchanged).toContain('would stay on')
    expect(unchanged).not.toContain('every host goes back')
    expect(unchanged).toContain('- GET /healthz')
  })

  test('of a refused plan has no journey', () => {
    const failure = { code: 'RB-X', message: 'No.', remedy: [] }
    const refused = summaryMarkdown(report({ operation: 'plan', outcome: 'refused', failure }))
    expect(refused.split('\n')[0]).toContain('has no plan: a rollback would be refused')
    expect(refused).not.toContain('would go to')
  })

  test('of a very long script shows the beginning, and says how much is left', () => {
    const script = Array.from({ length: 40 }, (_, at) => `echo ${at}`).join('\n')
    const long = planned.map(step => ({ ...step, data: { script } }))
    const cell = summaryMarkdown({ ...stories.planned, planned: long })
    expect(cell).toContain('`echo 11`<br>… 28 more lines')
    expect(cell).not.toContain('`echo 12`')
  })
})

describe('the log of a plan', () => {
  test('has a group for each phase and each script, with every value and every undo', () => {
    expect(logged().trim().split('\n')).toEqual([
      'Would switch: 1 step',
      '… web-1 and web-2  switch /var/www/fap-api/current',
      '  web-1 and web-2 │ link: /var/www/fap-api/current',
      '  web-1 and web-2 │ before: releases/42',
      '  web-1 and web-2 │ after: releases/41',
      '  web-1 and web-2 │ undo: point /var/www/fap-api/current at releases/42 again',
      '',
      'Would start: 1 step',
      '… web-1            artisan',
      '  web-1           │ script:',
      '  web-1           │   php artisan optimize:clear',
      '  web-1           │   php artisan queue:restart',
      '  web-1           │ undo: the same again, on the way back',
      '',
      'Would look from the runner: 1 check',
      'GET /healthz',
      '',
      'Script of symlink',
      'symlink_do() { flip "$arg_before" "$arg_after"; }',
    ])
  })

  test('ends with what the plan comes to', () => {
    expect(finalWords(stories.planned).message).toBe(
      '3 steps on web-1 and web-2 and 1 check from the runner. Nothing was changed.',
    )
  })
})

test('phases come in the order in which they run, and steps that differ in one value stay apart', () => {
  const step = (host: string, phase: PlannedStep['phase'], value: string): PlannedStep => ({
    host,
    number: 1,
    phase,
    kind: 'run',
    title: 'x',
    data: { value },
    undo: '',
  })
  const phases = plannedPhases([
    step('a', 'verify', '1'),
    step('a', 'stop', '1'),
    step('b', 'stop', '2'),
    step('b', 'verify', '1'),
  ])
  expect(phases.map(({ phase, steps }) => [phase, ...steps.map(({ hosts }) => hosts.join())])).toEqual([
    ['stop', 'a', 'b'],
    ['verify', 'a,b'],
  ])
})
