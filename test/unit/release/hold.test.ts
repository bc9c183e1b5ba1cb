import { expect, test } from 'vitest'
import { holdsOf } from '../../../src/release/hold.ts'
import { parseLedgerLine } from '../../../src/release/ledger.ts'
import { ledger } from './fixture.ts'

const held = (...entries: readonly string[]) => holdsOf(ledger(...entries)).map(hold => hold.release)

test('a hold tells all that the person before a deploy has to know', () => {
  const line = parseLedgerLine(
    '{"at":7,"event":"hold","release":"42","commit":"9f2c1e7","run":"r1","reason":"checkout answers 500"}',
  )
  expect(holdsOf(line ? [line] : [])[0]).toEqual({
    release: '42',
    commit: '9f2c1e7',
    all: false,
    reason: 'checkout answers 500',
    run: 'r1',
    at: 7,
  })
  expect(holdsOf([])).toEqual([])
})

test('free lifts the hold of its release, and only that', () => {
  expect(held('hold 42', 'free 42')).toEqual([])
  expect(held('hold 42', 'free 41')).toEqual(['42'])
  expect(held('hold 41', 'hold 42', 'free 42')).toEqual(['41'])
  expect(held('hold 42', 'free 42', 'hold 42')).toEqual(['42'])
})

test('a hold on everything is lifted only by free for everything', () => {
  expect(holdsOf(ledger('hold *', 'hold 42'))).toContainEqual(
    expect.objectContaining({ release: '*', all: true }),
  )
  expect(held('hold *', 'hold 42', 'free 42')).toEqual(['*'])
  expect(held('hold *', 'hold 42', 'free *')).toEqual([])
})

test('what passed is still held: only free lifts', () => {
  expect(held('hold 42', 'good 42', 'good 43')).toEqual(['42'])
})

test('an undone rollback takes its hold along', () => {
  expect(held('rolled-back 41 from 42 run a', 'hold 42 run a', 'undone 42 from 41 run a')).toEqual([])
  expect(held('rolled-back 41 from 42 run a', 'hold * run a', 'undone 42 from 41 run a')).toEqual([])
  expect(held('hold 42 run a', 'undone 42 from 41 run b')).toEqual([])
  expect(held('hold * run a', 'hold 43 run b', 'undone 42 from 41 run c')).toEqual(['43', '*'])
})
