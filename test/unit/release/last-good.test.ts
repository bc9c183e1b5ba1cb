import { describe, expect, test } from 'vitest'
import { NothingProven } from '../../../src/release/last-good.ts'
import { resolveOnHost } from '../../../src/release/resolve.ts'
import { folder, ledger, thrownBy } from './fixture.ts'

const to = (notation: string, target: string, ...entries: readonly string[]) =>
  resolveOnHost(folder(notation), ledger(...entries), target)

describe('last-good', () => {
  test('is the one that was proven last and isn’t bad', () => {
    expect(to('40 41 42*', 'last-good', 'good 40', 'good 41', 'started 42')).toMatchObject({
      to: '41',
      alreadyThere: false,
      why: '41 is the last one on record as good (ledger)',
    })
  })

  test('is live already after a rollback that was verified', () => {
    const choice = to(
      '41* 42',
      'last-good',
      'good 41',
      'good 42',
      'rolled-back 41 from 42 run a',
      'bad 42 run a',
    )
    expect(choice).toMatchObject({ to: '41', alreadyThere: true, warnings: [] })
  })

  test('an unconfirmed one is no proof', () => {
    expect(to('40 41* 42', 'last-good', 'good 40', 'kept 41 from 42 run a').to).toBe('40')
  })

  test('passes over what was cleaned away since, or marked bad by another tool', () => {
    const choice = to('39 40! 42*', 'last-good', 'good 39', 'good 40', 'good 41', 'started 42')
    expect(choice.to).toBe('39')
    expect(choice.passedOver.map(({ name }) => name)).toEqual(['41', '40'])
  })

  test('free lifts a mark, it proves nothing', () => {
    expect(to('40 41 42*', 'last-good', 'good 40', 'good 41', 'bad 41', 'free 41').to).toBe('40')
  })

  test('with nothing on record it says how to record', () => {
    const error = thrownBy(() => to('41 42*', 'last-good', 'started 42'))
    expect(error).toBeInstanceOf(NothingProven)
    expect(error).toMatchObject({
      remedy: expect.arrayContaining([expect.stringContaining('operation: record')]),
    })
  })
})
