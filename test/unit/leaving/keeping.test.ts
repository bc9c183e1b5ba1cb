import { describe, expect, test } from 'vitest'
import { fatesOfLeft, RUNS_KEPT } from '../../../src/leaving/keeping.ts'
import { type Left, readLeft } from '../../../src/leaving/left.ts'

const runOf = (day: number): string => `202611${String(day).padStart(2, '0')}T141058Z-3f9a2c`
const left = (day: number, state: Left['state'] = 'changed', sort = 'run'): Left => ({
  sort,
  run: runOf(day),
  bytes: 4096,
  state,
  name: `${sort} of ${runOf(day)}`,
})
const days = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at)
/** Days of the runs of which something goes, oldest first. */
const going = (all: readonly Left[], complete?: boolean) =>
  fatesOfLeft(all, complete)
    .filter(({ goes }) => goes)
    .map(({ left: { sort, run } }) => `${sort} ${Number(run.slice(6, 8))}`)
    .toReversed()
const why = (all: readonly Left[], day: number) =>
  fatesOfLeft(all).find(({ left: { run } }) => run === runOf(day))?.why

describe('of what runs left', () => {
  test('everything of the newest five stays, and what is older goes', () => {
    expect(RUNS_KEPT).toBe(5)
    const all = days(1, 7).map(day => left(day))
    expect(going(all)).toEqual(['run 1', 'run 2'])
    expect(going(all.toReversed())).toEqual(['run 1', 'run 2'])
    expect(going(days(1, 5).map(day => left(day)))).toEqual([])
    expect(why(all, 1)).toBe('5 newer runs have theirs')
  })

  test('refused runs push nothing out that undo could still need, and are not kept for ever themselves', () => {
    const all = [...days(1, 6).map(day => left(day)), ...days(7, 13).map(day => left(day, 'refused'))]
    expect(going(all)).toEqual(['run 1', 'run 7', 'run 8'])
    expect(why(all, 2)).toBe('its run may still be undone')
    expect(why(all, 13)).toBe('its run is one of the newest 5')
  })

  test('a run that is not over stays, however old it is', () => {
    const all = [left(1, 'open'), ...days(2, 9).map(day => left(day))]
    expect(going(all)).toEqual(['run 2', 'run 3', 'run 4'])
    expect(why(all, 1)).toBe('its run is not over')
  })

  test('what somebody uses stays, and its run counts as one that changed something', () => {
    const all = [left(1, 'used', 'database'), ...days(2, 7).map(day => left(day))]
    expect(going(all)).toEqual(['run 2'])
    expect(why(all, 1)).toBe('somebody uses it')
    // Without the folder of its run, nobody could tell any more whose it is.
    expect(going([left(1), ...all])).toEqual(['run 2'])
    expect(going([...days(1, 5).map(day => left(day)), left(6, 'used', 'database')])).toEqual(['run 1'])
  })

  test('what nobody can prove to be ours stays, and counts as no run', () => {
    const all = [
      ...days(1, 6).map(day => left(day)),
      ...days(20, 28).map(day => left(day, 'unproved', 'tag')),
    ]
    expect(going(all)).toEqual(['run 1'])
    expect(why(all, 25)).toBe('nothing proves that it is ours')
  })

  test('things of one run are counted once', () => {
    const all = days(1, 6).flatMap(day => [
      left(day),
      left(day, 'changed', 'tag'),
      left(day, 'changed', 'copies'),
    ])
    expect(going(all)).toEqual(expect.arrayContaining(['run 1', 'tag 1', 'copies 1']))
    expect(going(all)).toHaveLength(3)
  })

  test('no folder of a run goes when something could not be looked at: it is the proof for that', () => {
    const all = days(1, 6).flatMap(day => [left(day), left(day, 'changed', 'tag')])
    expect(going(all, false)).toEqual(['tag 1'])
  })
})

describe('what a host says', () => {
  test('is taken in its form alone, each name once', () => {
    expect(
      readLeft([
        'left tag 20261101T000000Z-cccccc 0 changed /opt/app rollbook/20261101T000000Z-cccccc',
        'left tag 20261101T000000Z-cccccc 0 refused /opt/app rollbook/20261101T000000Z-cccccc',
        'left tag 20261101T000000Z-cccccc 0 perhaps /x',
        'left tag 20261101T000000Z-cccccc much changed /x',
        'left tag',
        'left run r 1 changed /a\u001b[31m',
        'backup left run r 1 changed /b',
      ]),
    ).toEqual([
      {
        sort: 'tag',
        run: '20261101T000000Z-cccccc',
        bytes: 0,
        state: 'refused',
        name: '/opt/app rollbook/20261101T000000Z-cccccc',
      },
    ])
  })
})
