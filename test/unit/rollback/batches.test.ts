import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inBatches } from '../../../src/rollback/batches.ts'

const hosts = (count: number): string[] => Array.from({ length: count }, (_, at) => `web-${at + 1}`)
const sizes = (count: number, batches: Parameters<typeof inBatches>[1]): number[] =>
  inBatches(hosts(count), batches).map(batch => batch.length)

describe('batches', () => {
  test.each([
    [8, [1, '25%', '100%'], [1, 1, 6]],
    [20, [1, '25%', '100%'], [1, 4, 15]],
    [3, ['50%'], [2, 1]],
    [3, [2, 1], [2, 1]],
    [2, [5], [2]],
    [1, [1, '100%'], [1]],
    [4, undefined, [4]],
    [100, ['7%', '55%'], [7, 48, 45]],
    [25, ['28%'], [7, 18]],
  ] as const)('%i hosts in %j', (count, batches, expected) => {
    expect(sizes(count, batches)).toEqual(expected)
  })

  test('whatever is asked for, each host has its turn once, in its order, and no turn is empty', () => {
    const size = fc.oneof(
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 100 }).map(share => `${share}%` as const),
    )
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.array(size, { maxLength: 6 }), (count, batches) => {
        const groups = inBatches(hosts(count), batches)
        expect(groups.flat()).toEqual(hosts(count))
        expect(groups.every(group => group.length > 0)).toBe(true)
      }),
    )
  })
})
