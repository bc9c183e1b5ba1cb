import { expect, test } from 'vitest'
import type { Step } from '../../../src/engine/plan.ts'
import { allowance } from '../../../src/rollback/allowance.ts'

const step = (phase: Step['phase'], timeout: number, data: Step['data'] = {}): Step => ({
  number: 1,
  kind: 'run',
  phase,
  title: '',
  data,
  timeout,
  severity: 'fail',
  secrets: [],
  inner: false,
  position: { file: '', line: 1, column: 1 },
})

test('a host may take what its steps may, and no longer', () => {
  const steps = [
    step('backup', 1800),
    step('stop', 20),
    step('switch', 60),
    step('start', 30),
    step('verify', 10, { attempts: '10', every: '2' }),
    step('verify', 10, { attempts: '4', every: '-' }),
    step('resume', 300),
    step('diagnose', 20),
  ]
  const of = (awaited: Parameters<typeof allowance>[1]) => allowance({ steps }, awaited, 0)
  expect(of('prepared')).toBe(3 * 1805 + 1805 + 25 + 65 + 35 + 15 + 15 + 305 + 25)
  expect(of('switched')).toBe(3 * (25 + 2 * 65 + 35))
  expect(of('verified')).toBe(10 * (45 + 2) + 4 * (45 + 5))
  expect(of('resumed')).toBe(3 * 305)
  expect(of('diagnosed')).toBe(of('verified') + of('resumed') + 75)
  expect(of('committed')).toBe(3 * 65)
  expect(of('back')).toBe(2 * of('switched') + of('diagnosed'))
  expect(allowance({ steps }, 'committed')).toBe(3 * 65 + 60)
})
