import { describe, expect, test } from 'vitest'
import { endingOf, OUT_OF_REACH } from '../../../src/drill/ending.ts'
import { detected, measured } from '../../../src/drill/measures.ts'
import { drillLine, readPast } from '../../../src/drill/past.ts'
import type { ScenarioReport } from '../../../src/outcome.ts'
import { scenario } from '../../support/drills.ts'

const problem = (code: string) => ({ code, message: `because of ${code}`, remedy: ['Mend it.'] })
const untouched = ({ back: _, ...given }: ScenarioReport): ScenarioReport => given

describe('how a drill ends', () => {
  const failed = scenario({ result: 'failed', problem: problem('RB-DRILL-ROLLBACK-FAILED') })
  const late = scenario({ number: 2, rollback: 'upstream', took: 61, rto: 60, rtoMet: false })
  const refused = untouched(scenario({ result: 'failed', problem: problem('RB-DRILL-UNHEALTHY') }))
  const left = scenario({ result: 'failed', back: false, problem: problem('RB-DRILL-NOT-BACK') })
  const lost = scenario({ result: 'failed', back: false, problem: problem(OUT_OF_REACH) })

  test.each<[string, readonly ScenarioReport[], string, string | undefined]>([
    ['all passed', [scenario()], 'drilled', undefined],
    ['one was too slow', [scenario(), late], 'restored', 'RB-RTO-MISSED'],
    ['one failed, and all is back', [scenario(), failed], 'restored', 'RB-DRILL-ROLLBACK-FAILED'],
    ['a failure is worse than being late', [late, failed], 'restored', 'RB-DRILL-ROLLBACK-FAILED'],
    ['nothing was touched at all', [refused], 'refused', 'RB-DRILL-UNHEALTHY'],
    ['another one was touched, and is back', [scenario(), refused], 'restored', 'RB-DRILL-UNHEALTHY'],
    ['something is left', [failed, left], 'needs-operator', 'RB-DRILL-NOT-BACK'],
    ['nobody knows', [left, lost], 'unknown', OUT_OF_REACH],
  ])('%s', (_, scenarios, outcome, code) => {
    const ending = endingOf(scenarios, false)
    expect(ending.outcome).toBe(outcome)
    expect(ending.failure?.code).toBe(code)
  })

  test('a cancelled one never passes, and what it left is not hidden by that', () => {
    expect(endingOf([scenario()], true)).toMatchObject({
      outcome: 'restored',
      failure: { code: 'RB-CANCELLED' },
    })
    expect(endingOf([left], true)).toMatchObject({
      outcome: 'needs-operator',
      failure: { code: 'RB-DRILL-NOT-BACK' },
    })
  })

  test('a missed target says which, by how much, and that nothing is left', () => {
    expect(endingOf([late], false).failure?.message).toBe(
      'Scenario 2 (upstream) took 1 min 1 s, and its target is 1 min. Everything is as it was before the drill.',
    )
  })
})

describe('what is measured', () => {
  const phases = [
    { name: 'Look', from: 0, to: 250 },
    { name: 'Prepare', from: 250, to: 900 },
    { name: 'Verify', from: 900, to: 2100 },
  ]

  test('deciding is the look, restoring is the rest, and the target is for both', () => {
    const run = { phases, duration: 3 }
    expect(measured(run, 3)).toEqual({ decide: 0.25, restore: 2.75, took: 3, rto: 3, rtoMet: true })
    expect(measured(run, 2.999)).toMatchObject({ rtoMet: false })
    expect(measured(run, undefined)).toEqual({ decide: 0.25, restore: 2.75, took: 3 })
  })

  test('a fault is seen after so long, or not at all', () => {
    expect(detected({ phases, duration: 3 })).toBe(1.2)
    expect(detected({ phases: phases.slice(0, 2), duration: 3 })).toBeUndefined()
  })
})

describe('what hosts remember', () => {
  const line = (at: number, name = 'monthly') =>
    `{"at":${at},${drillLine({ name, scenarios: [scenario()], past: [] }, `run-${at}`, 'drilled')}`

  test('comes back as it was, of this drill alone', () => {
    expect(readPast([line(1_795_161_600), line(2, 'weekly')], 'monthly')).toEqual([
      {
        at: '2026-11-20T08:00:00.000Z',
        run: 'run-1795161600',
        outcome: 'drilled',
        scenarios: [{ rollback: 'nginx', result: 'passed', took: 3.25, rto: 120 }],
      },
    ])
  })

  test.each([
    ['is that of its beginning, which its id tells', '20261120T074512Z-8d1f00', '2026-11-20T07:45:12.000Z'],
    ['is that of its end, where the id tells none', '20269999T074512Z-8d1f00', '2026-11-20T08:00:00.000Z'],
  ])('the time of a drill %s', (_, run, at) => {
    const kept = `{"at":1795161600,${drillLine({ name: 'monthly', scenarios: [], past: [] }, run, 'drilled')}`
    expect(readPast([kept], 'monthly')).toMatchObject([{ at, run }])
  })

  test.each(['', 'nonsense', '{"at":-1}', line(5).slice(0, 40), '{"at":99999999999999,"drill":"monthly"}'])(
    'a line that is cut or foreign says nothing: %s',
    text => {
      expect(readPast([text], 'monthly')).toEqual([])
    },
  )
})
