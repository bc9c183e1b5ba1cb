import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type LedgerEntry, ledgerLine, parseLedgerLine } from '../../../src/release/ledger.ts'

const GOOD = '{"at":1700000000,"event":"good","release":"41","commit":"c07a44b","by":"mei"}'

describe('a line of the ledger', () => {
  test('is read, and what we don’t know in it is dropped', () => {
    expect(parseLedgerLine(GOOD)).toEqual({
      at: 1_700_000_000,
      event: 'good',
      release: '41',
      commit: 'c07a44b',
      by: 'mei',
    })
    expect(
      parseLedgerLine('{"at":1,"event":"free","release":"*","mood":"calm","__proto__":{"run":"x"}}'),
    ).toEqual({
      at: 1,
      event: 'free',
      release: '*',
    })
  })

  test.each([
    ['cut by a crash', GOOD.slice(0, -5)],
    ['two lines grown together', GOOD.slice(0, 30) + GOOD],
    ['empty', ''],
    ['no object', '[1]'],
    ['null', 'null'],
    ['without a time', '{"event":"good","release":"41"}'],
    ['with a time in words', '{"at":"now","event":"good","release":"41"}'],
    ['with half a second', '{"at":1.5,"event":"good","release":"41"}'],
    ['with an event that we don’t know', '{"at":1,"event":"great","release":"41"}'],
    ['without a release', '{"at":1,"event":"good"}'],
    ['with an empty release', '{"at":1,"event":"good","release":""}'],
    ['with a blank in the release', '{"at":1,"event":"good","release":"4 1"}'],
    ['with a release of 300 characters', `{"at":1,"event":"good","release":"${'4'.repeat(300)}"}`],
    ['with a commit that is null', '{"at":1,"event":"good","release":"41","commit":null}'],
    ['nested without end', '['.repeat(60_000)],
  ])('is nothing when it is %s', (_, line) => {
    expect(parseLedgerLine(line)).toBeUndefined()
  })

  test('whatever stands in it, reading never throws', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), text => void parseLedgerLine(text)))
  })
})

describe('a line for the ledger', () => {
  test('continues the time that the host puts in front', () => {
    expect(ledgerLine({ event: 'rolled-back', release: '41', from: '42', run: 'r1' })).toBe(
      '"event":"rolled-back","release":"41","from":"42","run":"r1"}',
    )
  })

  test('comes back as it was, is ASCII, and is below the length that a reader cuts', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 400 })
    fc.assert(
      fc.property(text, text, (by, reason) => {
        const entry: Omit<LedgerEntry, 'at'> = {
          event: 'bad',
          release: '42',
          commit: 'c07a44b',
          run: 'r1',
          by,
          reason,
        }
        const line = `{"at":7,${ledgerLine(entry)}`
        expect(line).toMatch(/^[ -~]{1,4000}$/)
        const shortened = { by: by.slice(0, 80).toWellFormed(), reason: reason.slice(0, 300).toWellFormed() }
        expect(parseLedgerLine(line)).toEqual({ at: 7, ...entry, ...shortened })
      }),
    )
  })
})
