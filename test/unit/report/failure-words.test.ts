import { describe, expect, test } from 'vitest'
import { Refusal } from '../../../src/refusal.ts'
import { causes, failureOf } from '../../../src/report/failure-words.ts'

class LockHeld extends Refusal {
  readonly code = 'RB-LOCK-HELD'
}

describe('a refusal', () => {
  test('speaks for itself', () => {
    const table = { head: ['host'], rows: [['web-1']] }
    expect(failureOf(new LockHeld('web-1 is locked.', ['Wait.'], table))).toEqual({
      code: 'RB-LOCK-HELD',
      message: 'web-1 is locked.',
      remedy: ['Wait.'],
      table,
    })
    expect(failureOf(new LockHeld('web-1 is locked.'))).not.toHaveProperty('table')
  })
})

describe('a mistake of ours', () => {
  test('is called one, and promises nothing that is not known', () => {
    const failure = failureOf(new TypeError('x is not a function'))
    expect(failure.code).toBe('RB-BUG')
    expect(failure.message).toBe(
      'Rollbook itself made a mistake: x is not a function. Whether a host was changed is not known from here.',
    )
    expect(failure.remedy[0]).toContain('`status`')
  })

  test('before the first change says that nothing was changed', () => {
    const failure = failureOf(new TypeError('x'), 'nothing')
    expect(failure.message).toContain('Nothing was changed on any host.')
    expect(failure.remedy.join()).not.toContain('status')
  })

  test('says what it was and why, and no path of a file', () => {
    const error = new Error('outer', { cause: new Error('inner') })
    expect(failureOf(error).message).toContain('outer, because inner')
    expect(JSON.stringify(failureOf(error))).not.toContain('failure-words.test')
  })
})

describe('causes are told in words', () => {
  test.each([
    [new Error('no record.', { cause: new Error('disk full') }), 'no record, because disk full'],
    [new Error('no record: disk full', { cause: new Error('disk full') }), 'no record: disk full'],
    [new AggregateError([new Error('a'), new Error('b')], 'both failed'), 'both failed; a; b'],
    [new AggregateError(Array.from({ length: 9 }, () => new Error('e'))), 'e; e; e; e; e; and 4 more'],
    [new RangeError(), 'RangeError'],
    ['a string', 'a string'],
    [undefined, 'something that is not an error was thrown'],
    [null, 'something that is not an error was thrown'],
    [{ a: 1 }, 'something that is not an error was thrown'],
  ])('%#', (error, words) => {
    expect(causes(error)).toBe(words)
  })

  test('also of an error that is its own cause', () => {
    const error = new Error('round')
    error.cause = error
    expect(causes(error)).toBe('round')
  })
})
