import { expect, test } from 'vitest'
import { historyOf, previousOf } from '../../../src/release/history.ts'
import { ledger } from './fixture.ts'

test.each([
  ['one deploy after the other', ['good 41', 'good 42'], '42', '41'],
  ['good said twice', ['good 41', 'good 42', 'good 42'], '42', '41'],
  ['a deploy that began and never passed', ['good 41', 'started 42'], '42', '41'],
  ['the deploy tells what was live when it began', ['good 30', 'started 42 from 41'], '42', '41'],
  ['the same, once it passed', ['good 30', 'started 42 from 41', 'good 42'], '42', '41'],
  ['back, and then a new one', ['good 41', 'good 42', 'rolled-back 41 from 42', 'good 43'], '43', '41'],
  [
    'an unconfirmed way back counts as well',
    ['good 41', 'good 42', 'kept 41 from 42', 'good 43'],
    '43',
    '41',
  ],
  [
    'back, undone, and then a new one',
    ['good 41', 'good 42', 'rolled-back 41 from 42', 'undone 42 from 41', 'good 43'],
    '43',
    '42',
  ],
  [
    'after going back, the parent that it had',
    ['good 40', 'good 41', 'good 42', 'rolled-back 41 from 42'],
    '41',
    '40',
  ],
  [
    'gone back by another tool, and said to be good',
    ['good 40', 'good 41', 'good 42', 'good 41'],
    '41',
    '40',
  ],
  [
    'the same name deployed again, after another',
    ['good v1', 'good v2', 'started v1', 'good v1'],
    'v1',
    'v2',
  ],
  ['started said of the live one by mistake', ['good 41', 'good 42', 'started 42'], '42', '41'],
  ['marks and holds make nothing live', ['good 41', 'bad 40', 'hold 40', 'free 40', 'good 42'], '42', '41'],
  ['the first one', ['good 41'], '41', undefined],
  ['one that the ledger does not know', ['good 41'], '42', undefined],
] as const)('%s', (_, entries, live, expected) => {
  expect(previousOf(ledger(...entries), live)).toBe(expected)
})

test('the whole way back ends, even where two releases came before each other', () => {
  expect(historyOf(ledger('good 40', 'good 41', 'good 42'), '42')).toEqual(['41', '40'])
  expect(historyOf(ledger('good v1', 'good v2', 'started v1', 'good v1'), 'v1')).toEqual(['v2'])
})
