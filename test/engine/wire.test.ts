import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readAnswer, readJournal } from '../../src/engine/wire.ts'

const NONCE = '0123456789abcdef'
const answer = (rest: string) => readAnswer(`RB1 ${NONCE} ${rest}`, NONCE)

// One line of a journal for each of its words, as the program writes them.
const LINES = [
  ['run forward r1 812 1795178107 boot-id 3 2', { word: 'run', direction: 'forward' }],
  ['run back r1 812 1795178107 boot-id 3 -', { word: 'run', direction: 'back' }],
  ['phase prepared', { word: 'phase', phase: 'prepared' }],
  ['phase commit kept', { word: 'phase', phase: 'commit' }],
  ['begin 51 do', { word: 'begin', step: 51, action: 'do' }],
  ['end 51 ready 20 fail', { word: 'end', step: 51, action: 'ready', status: 20, tries: 1 }],
  ['end 51 check 0 warn 4', { word: 'end', step: 51, action: 'check', status: 0, tries: 4 }],
  [
    'backup 1 5e1f 41 readback /a b/c.tar.gz',
    { word: 'backup', step: 1, sha256: '5e1f', bytes: 41, level: 'readback', path: '/a b/c.tar.gz' },
  ],
  [
    'backup 1 5e1f 5000000000 hope /a/c.sql.zst',
    { word: 'backup', step: 1, sha256: '5e1f', bytes: 5_000_000_000, level: 'stream', path: '/a/c.sql.zst' },
  ],
  ['refused lock alive v1:r:b:1:2', { word: 'refused', alive: true, holder: 'v1:r:b:1:2' }],
  ['refused lock dead v1:r:b:1:2', { word: 'refused', alive: false, holder: 'v1:r:b:1:2' }],
  ['refused lock alive -', { word: 'refused', alive: true, holder: '-' }],
  ['strayed 1 undo', { word: 'strayed', step: 1 }],
  ['fenced 0', { word: 'fenced', step: 0 }],
  ['verified passed', { word: 'verified', passed: true }],
  ['verified failed', { word: 'verified', passed: false }],
  ['resumed failed', { word: 'resumed', passed: false }],
  ['diagnosed', { word: 'diagnosed' }],
  ['outcome back needs-operator', { word: 'outcome', direction: 'back', outcome: 'needs-operator' }],
  ['over', { word: 'other', text: 'over' }],
  ['ignored prepared commit', { word: 'other', text: 'ignored prepared commit' }],
] as const

describe('a line of the journal', () => {
  test.each(LINES)('%s', (text, entry) => {
    expect(readJournal(`7 5130.02 ${text} .`)).toEqual(entry)
    expect(answer(`3 journal 7 5130.02 ${text} .`)).toEqual({
      message: 3,
      answer: { kind: 'journal', entry },
    })
  })

  test.each(LINES)('that was cut anywhere was never written: %s', text => {
    const whole = `7 5130.02 ${text} .`
    for (let length = 0; length < whole.length; length += 1)
      expect(readJournal(whole.slice(0, length))).toBeUndefined()
  })

  test('with an action that there is not is none', () => {
    expect(readJournal('7 1.00 begin 1 destroy .')).toBeUndefined()
    expect(readJournal('7 1.00 end 1 destroy 0 fail .')).toBeUndefined()
  })

  test('is never an error, whatever stands in it', () => {
    const words = fc.array(
      fc.oneof(fc.string(), fc.constantFrom(...LINES.flatMap(([text]) => text.split(' ')), '.')),
    )
    fc.assert(fc.property(words, given => readJournal(given.join(' ')) !== null))
  })
})

describe('a line of the courier', () => {
  test.each([
    ['0 hello', { kind: 'hello' }],
    ['0 end', { kind: 'end' }],
    ['2 started', { kind: 'started' }],
    ['2 gone', { kind: 'gone' }],
    ['2 beat', { kind: 'beat' }],
    ['2 refused alive v1:r:b:1:2', { kind: 'refused', why: 'alive v1:r:b:1:2' }],
    ['0 fact hostname web-1', { kind: 'fact', text: 'hostname web-1' }],
    ['2 out 51 do  two  spaces ', { kind: 'output', step: 51, action: 'do', text: ' two  spaces ' }],
    ['2 out 51 do', { kind: 'output', step: 51, action: 'do', text: '' }],
  ])('%s', (text, wanted) => {
    expect(answer(text)?.answer).toEqual(wanted)
  })

  test.each([
    '',
    'Last login: Fri Nov 20 14:10:58 2026 from 10.0.0.1',
    `RB1 ${NONCE}`,
    `RB1 ${NONCE} `,
    ` RB1 ${NONCE} 0 hello`,
    `RB1 ${NONCE}0 0 hello`,
    `rb1 ${NONCE} 0 hello`,
    `RB1  ${NONCE} 0 hello`,
    `RB1 ${NONCE} -1 hello`,
    `RB1 ${NONCE} 1e3 hello`,
    `RB1 ${NONCE} x hello`,
    `RB1 ${NONCE} 9999999999 hello`,
    `RB1 ${NONCE} 0 Hello`,
    `RB1 ${NONCE} 0 constructor`,
    `RB1 ${NONCE} 0 __proto__`,
    `RB1 ${NONCE} 0 journal 7 1.00 phase switch`,
  ])('is not: %s', line => {
    expect(readAnswer(line, NONCE)).toBeUndefined()
  })

  test('is only ever read with the nonce that the courier was given', () => {
    const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 16, maxLength: 16 })
    fc.assert(
      fc.property(hex, fc.string(), (nonce, rest) => {
        fc.pre(nonce !== NONCE)
        expect(readAnswer(`RB1 ${nonce} 0 fact ${rest}`, NONCE)).toBeUndefined()
      }),
    )
  })

  test('brings a fact or an output through as it is', () => {
    const oneLine = fc.string({ unit: 'binary' }).filter(text => !/[\n]/.test(text))
    fc.assert(
      fc.property(oneLine, fc.nat(999_999_999), (text, message) => {
        expect(answer(`${message} fact ${text}`)).toEqual({ message, answer: { kind: 'fact', text } })
        expect(answer(`${message} out 3 do ${text}`)).toEqual({
          message,
          answer: { kind: 'output', step: 3, action: 'do', text },
        })
      }),
    )
  })
})
