import { expect, test } from 'vitest'
import { begun, minute, space } from '../../../src/report/amounts.ts'
import { byHost, hostNames, shared } from '../../../src/report/by-host.ts'

test('what is the same on several hosts is said once, in the order in which it was first seen', () => {
  expect(
    byHost([
      ['web-1', 'no lock'],
      ['web-1', '41 was live before 42 (ledger)'],
      ['web-2', 'no lock'],
      ['web-3', '40 was live before 42 (ledger)'],
    ]),
  ).toEqual([
    'web-1 and web-2: no lock',
    'web-1: 41 was live before 42 (ledger)',
    'web-3: 40 was live before 42 (ledger)',
  ])
})

test('many hosts are counted, and one that says a thing twice is one host', () => {
  expect(hostNames(['a', 'b', 'c'])).toBe('a, b and c')
  expect(hostNames(['a', 'b', 'c', 'd'])).toBe('4 hosts')
  expect(
    shared(
      ['a', 'a', 'b'],
      each => each,
      () => 'same',
    ),
  ).toEqual([{ hosts: ['a', 'b'], what: 'a' }])
})

test.each([
  [80_902_881_280, '75.3 GiB'],
  [1024 ** 3, '1.0 GiB'],
  [700 * 1024 ** 2, '700 MiB'],
  [0, '0 MiB'],
])('%i bytes on a disk are %s', (bytes, words) => {
  expect(space(bytes)).toBe(words)
})

test('times are shown to the minute, and nothing is made of what is no time', () => {
  expect(minute('2026-11-20T14:11:03.000Z')).toBe('2026-11-20 14:11 UTC')
  expect(minute('yesterday')).toBe('')
  expect(begun('20261120T141055Z-8d1f')).toBe('2026-11-20 14:10 UTC')
  expect(begun('r1')).toBe('')
})
