import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { plainLog } from '../../../src/report/log.ts'
import { Masker } from '../../../src/report/mask.ts'
import { type LongWatch, watchLong } from '../../../src/report/still-running.ts'

let said: string[] = []
let watch: LongWatch
beforeEach(() => {
  vi.useFakeTimers()
  said = []
  const log = plainLog({ write: text => said.push(text.trim()) }, new Masker())
  watch = watchLong(log, () => Date.now())
})
afterEach(() => {
  watch.close()
  vi.useRealTimers()
})
const after = (seconds: number): string[] => {
  vi.advanceTimersByTime(seconds * 1000)
  return said.splice(0)
}

test('a step that takes longer than five seconds is spoken of, ever more rarely', () => {
  watch.began('1', 'web-1', 'dump main')
  expect(after(4.9)).toEqual([])
  expect(after(0.2)).toEqual(['… web-1  dump main: still running  (5 s)'])
  expect(after(4.8)).toEqual([])
  expect(after(0.2)).toEqual(['… web-1  dump main: still running  (10 s)'])
  expect(after(50)).toHaveLength(2)
  expect(after(3600)).toHaveLength(6)
})

test('a quick step is never spoken of', () => {
  watch.began('1', 'web-1', 'reload nginx')
  vi.advanceTimersByTime(4000)
  watch.ended('1')
  expect(after(60)).toEqual([])
})

test('the same step on many hosts takes one line', () => {
  for (let at = 1; at <= 50; at += 1) watch.began(`${at}`, `web-${at}`, 'warm the cache')
  expect(after(5)).toEqual(['… 50 hosts  warm the cache: still running  (5 s)'])
})

test('the whole is spoken of only while none of its parts is', () => {
  watch.beganWhole('runner', 'Verify')
  watch.began('1', 'web-1', 'the version file is there')
  expect(after(5)).toEqual(['… web-1  the version file is there: still running  (5 s)'])
  watch.ended('1')
  expect(after(1)[0]).toMatch(/^… runner\s+Verify: still running/)
})

test('of a host that is lost nobody says that it still runs', () => {
  watch.began('1', 'web-1', 'switch')
  watch.began('2', 'web-2', 'switch')
  watch.lost('web-2')
  expect(after(5)).toEqual(['… web-1  switch: still running  (5 s)'])
})

test('nothing is said after the end', () => {
  watch.began('1', 'web-1', 'switch')
  watch.close()
  expect(after(60)).toEqual([])
})

test('a step that is seen to get on tells how far, every five seconds at first and then more rarely', () => {
  watch.began('1', 'web-1', 'back up main')
  const told: string[] = []
  for (let second = 3; second <= 600; second += 3) {
    vi.advanceTimersByTime(3000)
    watch.saw('1', `backing up main: ${second} MB`)
    told.push(...said.splice(0))
  }
  expect(told.slice(0, 3)).toEqual([
    '… web-1  backing up main: 6 MB',
    '… web-1  backing up main: 12 MB',
    '… web-1  backing up main: 18 MB',
  ])
  expect(told.length).toBeLessThan(40)
  expect(told.join('\n')).not.toContain('still running')
  // What nobody sees any more is said to run on.
  expect(after(150).some(line => line.includes('back up main: still running'))).toBe(true)
  watch.ended('1')
  watch.saw('1', 'backing up main: too late')
  expect(said).toEqual([])
})
