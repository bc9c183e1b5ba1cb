import { describe, expect, test } from 'vitest'
import type { SymlinkFacts } from '../../../src/release/facts.ts'
import { type Mark, marksOf } from '../../../src/release/marks.ts'
import { begun, folder, ledger, published } from './fixture.ts'

function mark(
  name: string,
  notation: string,
  more: Partial<SymlinkFacts> = {},
  ...entries: readonly string[]
): Mark {
  const facts = folder(notation, more)
  const live = facts.resolved?.split('/').at(-1)
  const found = marksOf(facts, ledger(...entries), live).find(each => each.release.name === name)
  if (!found) throw new Error(`${name} has no mark`)
  return found
}

describe('half-made', () => {
  test.each([
    ['a link', '40> 42*', {}, 'is a link, not a folder'],
    ['a file', '40= 42*', {}, 'is not a folder'],
    ['empty', '40? 42*', {}, 'is empty'],
    ['dirty', '40~ 42*', {}, 'has DIRTY_RELEASE: its deploy never finished'],
    [
      'without the REVISION that others have',
      '40 42@abc1234*',
      {},
      'has no REVISION, and other releases have one',
    ],
    [
      'without the publication that others have',
      '40 42*',
      { revisionsLog: published('42') },
      'was never published, says revisions.log',
    ],
  ])('%s', (_, notation, more, expected) => {
    expect(mark('40', notation, more).unusable).toBe(expected)
  })

  test.each([
    ['nobody has a REVISION', '40 42*', {}],
    ['the log names only releases that are gone', '40 42*', { revisionsLog: published('38', '39') }],
    ['the log is in words of its own', '40 42*', { revisionsLog: ['42 is out, hooray'] }],
    ['Deployer’s log doesn’t know it: that is no proof either way', '40 42*', { releasesLog: begun('42') }],
  ])('not because %s', (_, notation, more) => {
    expect(mark('40', notation, more).unusable).toBeUndefined()
  })

  test('a way back by Capistrano is no proof that the deploy was complete', () => {
    const revisionsLog = [...published('42'), 'deploy rolled back to release 40']
    expect(mark('40', '40 42*', { revisionsLog })).toMatchObject({
      wasLive: true,
      unusable: 'was never published, says revisions.log',
    })
  })

  test('a line with a stray name in it publishes nothing else', () => {
    const revisionsLog = [
      ...published('42'),
      'Branch x (at a) deployed as release 42 by deployed as release 40',
    ]
    expect(mark('40', '40 42*', { revisionsLog }).wasLive).toBe(false)
  })

  test('never the live one for want of a marker, and never one that was proven', () => {
    expect(mark('42', '40@abc1234 42*').unusable).toBeUndefined()
    expect(mark('40', '40~ 41@abc1234 42*', {}, 'good 40').unusable).toBeUndefined()
    expect(mark('40', '40? 42*', {}, 'good 40').unusable).toBe('is empty')
  })

  test('a deploy that began, was never reported good, and was never published, where others were reported good', () => {
    const why = 'was begun by a deploy that was never reported good'
    expect(mark('40', '40 42*', {}, 'good 39', 'started 40').unusable).toBe(why)
    expect(mark('40', '40 42*', {}, 'started 39', 'started 40').unusable).toBeUndefined()
    expect(
      mark('40', '40 42*', { revisionsLog: published('40') }, 'good 39', 'started 40').unusable,
    ).toBeUndefined()
  })
})

test('was live: the link, the log or the ledger says so', () => {
  expect(mark('42', '40 42*').wasLive).toBe(true)
  expect(mark('40', '40 42*').wasLive).toBe(false)
  expect(mark('40', '40 42*', { revisionsLog: published('40') }).wasLive).toBe(true)
  expect(mark('40', '40 42*', { releasesLog: begun('40') }).wasLive).toBe(false)
  expect(mark('40', '40 42*', {}, 'good 40').wasLive).toBe(true)
  expect(mark('40', '40 42*', {}, 'kept 41 from 40').wasLive).toBe(true)
  expect(mark('40', '40 42*', {}, 'started 40', 'bad 40').wasLive).toBe(false)
})

test('plugins of Capistrano word the beginning of a publication in their own way', () => {
  const revisionsLog = ['abc1234 deployed as release 40 by deploy', 'Branch main deployed as release 41']
  expect(mark('40', '40 41 42*', { revisionsLog }).wasLive).toBe(true)
  expect(mark('41', '40 41 42*', { revisionsLog }).wasLive).toBe(true)
})

test('bad: ours and Deployer’s', () => {
  expect(mark('40', '40! 42*').bad).toBe('is marked BAD_RELEASE by Deployer')
  expect(mark('40', '40 42*', {}, 'bad 40').bad).toBe('is marked bad')
  expect(mark('40', '40! 42*', {}, 'good 40').bad).toBe('is marked BAD_RELEASE by Deployer')
})
