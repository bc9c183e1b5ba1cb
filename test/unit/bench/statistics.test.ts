import { expect, test } from 'vitest'
import { pairedRatios, spread } from '../../../bench/statistics.ts'

test('the median is the middle run, or lies between the two in the middle', () => {
  expect(spread([300, 100, 200])).toEqual({ median: 200, least: 100, most: 300 })
  expect(spread([400, 100, 200, 300])).toEqual({ median: 250, least: 100, most: 400 })
})

test('a busy minute slows both of a pair down, and leaves their ratio alone', () => {
  const ours = [200, 210, 800]
  const theirs = [400, 420, 1600]
  expect(pairedRatios(ours, theirs)).toEqual({ median: 0.5, least: 0.5, most: 0.5 })
})

test('a run without a partner is a mistake, and so are no runs', () => {
  expect(() => pairedRatios([1, 2], [1])).toThrow('run 1 has no partner')
  expect(() => spread([])).toThrow('no values')
})
