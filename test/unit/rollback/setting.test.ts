import { expect, test } from 'vitest'
import { newRunId } from '../../../src/rollback/setting.ts'

test('a run that began later sorts behind, also within one second and whatever chance says', () => {
  const at = (milliseconds: number) => new Date(Date.UTC(2026, 10, 20, 14, 10, 58, milliseconds))
  const names = [newRunId(at(7), 'fff'), newRunId(at(16), '000'), newRunId(at(999), 'aaa')]
  expect(names).toEqual(['20261120T141058Z-007fff', '20261120T141058Z-010000', '20261120T141058Z-3e7aaa'])
  expect(names.toSorted()).toEqual(names)
  expect(newRunId(at(1000), '000') > (names.at(-1) ?? '')).toBe(true)
})
