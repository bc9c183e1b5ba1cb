import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { byName, chronological, compareNaturally } from '../../../src/release/order.ts'
import { begun, folder, published } from './fixture.ts'

describe('names that count up', () => {
  test.each([
    ['9 10 11'],
    ['007 08 9'],
    ['99999999999999999998 99999999999999999999'],
    ['v1.9 v1.9.1 v1.10 v2.0'],
    ['1.2.9 1.2.10'],
    ['release-9 release-10'],
    ['app-1.9 app-1.10'],
    ['20251231235959 20260101000000'],
    ['20260101 20260102'],
    ['2026-01-05_09-00-00 2026-01-05_10-00-00'],
    ['20260101T120000Z 20260101T120001Z'],
    ['9-fffffff 10-a1b2c3d 11-1234567'],
    ['20260101120000-a1b2c3d 20260102120000-0b2c3d4'],
    ['v1.0.0-rc.9 v1.0.0-rc.10'],
  ])('%s', names => {
    const sorted = names.split(' ')
    expect(byName(sorted.toReversed())).toEqual(sorted)
  })
})

describe('names that don’t say which came first', () => {
  test.each([
    ['words', 'apple pear'],
    ['commits', 'a1b2c3d 9f8e7d6'],
    ['commits that look like a letter with a number', 'a123456 a654321'],
    ['a number beside a moment', '42 20260101120000'],
    ['a number beside a date', '42 20260101'],
    ['moments of different length', '202601011200 20260101120000'],
    ['different prefixes', 'release-9 hotfix-10'],
    ['a version beside its candidate', 'v1.0.0 v1.0.0-rc.1'],
    ['two spellings of one number', '01 1'],
    ['one number, two commits', '9-fffffff 9-a1b2c3d'],
  ])('%s: %s', (_, names) => {
    expect(byName(names.split(' '))).toBeUndefined()
  })

  test('a number that is the beginning of its own commit', () => {
    expect(chronological(['1234567', '7654321'], folder('1234567@1234567abc 7654321'))).toBeUndefined()
    expect(chronological(['1234567', '7654321'], folder('1234567 7654321'))?.told).toBe('names')
  })
})

describe('what the logs say goes before names', () => {
  test('Capistrano’s order of publication, then Deployer’s order of deploys', () => {
    const logs = { revisionsLog: published('b', 'a', 'c'), releasesLog: begun('c', 'b', 'a', 'd') }
    expect(chronological(['a', 'b', 'c'], folder('', logs))).toEqual({
      names: ['b', 'a', 'c'],
      told: 'revisions.log',
    })
    expect(chronological(['a', 'b', 'd'], folder('', logs))).toEqual({
      names: ['b', 'a', 'd'],
      told: '.dep/releases_log',
    })
    expect(chronological(['a', 'e'], folder('', logs))).toBeUndefined()
  })

  test('a name that was deployed again counts from then on', () => {
    const again = ['v1', 'v2', 'v1']
    const logs = [{ revisionsLog: published(...again) }, { releasesLog: begun(...again) }]
    for (const log of logs) expect(chronological(['v1', 'v2'], folder('', log))?.names).toEqual(['v2', 'v1'])
  })

  test('going back to a release does not make it newer', () => {
    const revisionsLog = [...published('41', '42'), 'deploy rolled back to release 41']
    expect(chronological(['41', '42'], folder('', { revisionsLog }))?.names).toEqual(['41', '42'])
  })

  test('a log with lines that are no log', () => {
    const releasesLog = [
      '',
      'null',
      '7',
      '[]',
      '{',
      '{"release_name":{}}',
      ...begun('b'),
      '{"release_name":9}',
      ...begun('a'),
    ]
    expect(chronological(['a', 'b', '9'], folder('', { releasesLog }))?.names).toEqual(['b', '9', 'a'])
  })
})

test('sorting for people is a total order', () => {
  const name = fc.string({ unit: fc.constantFrom('0', '1', '9', 'a', 'v', '.', '-'), maxLength: 6 })
  fc.assert(
    fc.property(name, name, name, (a, b, c) => {
      expect(Math.sign(compareNaturally(a, b))).toBe(-Math.sign(compareNaturally(b, a)) || 0)
      if (compareNaturally(a, b) <= 0 && compareNaturally(b, c) <= 0) {
        expect(compareNaturally(a, c)).toBeLessThanOrEqual(0)
      }
    }),
  )
})
