import { describe, expect, test } from 'vitest'
import { isBad, lastGood, standingOf } from '../../../src/release/standing.ts'
import { ledger } from './fixture.ts'

const ROLLED_BACK = ['good 41', 'good 42', 'rolled-back 41 from 42 run a', 'bad 42 run a']

describe('bad', () => {
  test.each([
    ['a person said so', ['bad 42'], true],
    ['a rollback left it', ['rolled-back 41 from 42'], true],
    ['a rollback left it, unconfirmed', ['kept 41 from 42'], true],
    ['it was left, and freed', [...ROLLED_BACK, 'free 42'], false],
    ['it was left, and passed later', [...ROLLED_BACK, 'good 42'], false],
    ['it was left, and that was undone', [...ROLLED_BACK, 'undone 42 from 41 run a'], false],
    [
      'the same, with the lines of the run the other way round',
      ['bad 42 run a', 'rolled-back 41 from 42 run a', 'undone 42 from 41 run a'],
      false,
    ],
    ['everything was freed: that lifts holds, not marks', [...ROLLED_BACK, 'free *'], true],
    ['another was freed', [...ROLLED_BACK, 'free 41'], true],
    [
      'a person said so, and a rollback of it was undone',
      ['bad 42', 'rolled-back 41 from 42 run a', 'bad 42 run a', 'undone 42 from 41 run a'],
      true,
    ],
    ['a new deploy of it began', [...ROLLED_BACK, 'started 42'], true],
    ['it was left twice', [...ROLLED_BACK, 'free 42', 'rolled-back 41 from 42 run b'], true],
    ['nothing is known', [], false],
  ] as const)('%s', (_, entries, expected) => {
    expect(isBad(ledger(...entries), '42')).toBe(expected)
  })

  test('the reason is told', () => {
    const entry = { at: 1, event: 'bad', release: '42', by: 'mei', reason: 'checkout answers 500' } as const
    expect(standingOf([entry], '42').bad).toBe('is marked bad (mei: checkout answers 500)')
    expect(standingOf(ledger('kept 41 from 42'), '42').bad).toBe('was left by a rollback')
  })
})

describe('proven', () => {
  test.each([
    ['a deploy passed', ['good 42'], true],
    ['a rollback to it passed', ['rolled-back 42 from 43'], true],
    ['a rollback to it was not confirmed', ['kept 42 from 43'], false],
    ['its deploy only began', ['started 42'], false],
    ['it passed, and was bad later', ['good 42', 'bad 42'], false],
    ['it passed, was bad, and may be deployed again', ['good 42', 'bad 42', 'free 42'], false],
    ['it passed, and another deploy of it began', ['good 42', 'started 42'], true],
    [
      'it passed, and the rollback that left it was undone',
      [...ROLLED_BACK, 'undone 42 from 41 run a'],
      true,
    ],
    [
      'it never passed, and the rollback that left it was undone',
      ['rolled-back 41 from 42 run a', 'undone 42 from 41 run a'],
      false,
    ],
  ] as const)('%s', (_, entries, expected) => {
    expect(standingOf(ledger(...entries), '42').proven).toBe(expected)
  })

  test('what passed once is not unfinished, even when another deploy of it began', () => {
    expect(standingOf(ledger('good 42', 'started 42'), '42').unfinished).toBe(false)
    expect(standingOf(ledger('started 42'), '42').unfinished).toBe(true)
  })

  test('the last good one is not one that is marked bad and was gone back to all the same', () => {
    expect(lastGood(ledger('good 41', 'bad 42', 'rolled-back 42 from 43'))).toBe('41')
  })

  test('the last good one goes by the order of the lines, not by the clock', () => {
    const clockWentBack = ledger('good 41', 'good 42').map((entry, index) => ({ ...entry, at: 100 - index }))
    expect(lastGood(clockWentBack)).toBe('42')
    expect(lastGood(ledger(...ROLLED_BACK))).toBe('41')
    expect(lastGood(ledger('started 42'))).toBeUndefined()
  })
})
