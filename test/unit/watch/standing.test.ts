import { expect, test } from 'vitest'
import {
  hasLasted,
  isPending,
  observe,
  type Sight,
  type Standing,
  UNSEEN,
} from '../../../src/watch/standing.ts'

const WORDS: Readonly<Record<string, Sight>> = { H: 'holds', '.': 'clear', '?': 'unknown' }

/** How a condition of one minute stands after looks ten seconds apart: H holds, . does not, ? brought nothing. */
const after = (looks: string): Standing =>
  [...looks].reduce((standing, look, at) => observe(standing, WORDS[look] ?? 'unknown', at * 10, 60), UNSEEN)

test.each([
  ['H', 0, 'one look says nothing of how long'],
  ['HHH', 20, 'only time between looks counts'],
  ['HHHHHHH', 60, 'a minute takes seven looks'],
  ['HHHHHH.', 0, 'it is over as soon as one look sees that'],
  ['HHHHHH.HH', 10, 'and begins anew'],
  ['HHH?HH', 30, 'a look that brought nothing stops the clock, and no more'],
  ['H?H?H?H?H?H?H?H', 0, 'what is never seen twice in a row is never seen to last'],
  ['HHHH??????H', 30, 'a gap shorter than a minute is waited for'],
  ['HHHH???????H', 0, 'one as long is not: nobody knows what was in it'],
  ['????', 0, 'nothing is never taken for something'],
])('%s holds for %i s: %s', (looks, held) => {
  expect(after(looks).held).toBe(held)
})

test('it has lasted when the whole time was seen, though a timer wakes a moment early', () => {
  expect(hasLasted(after('HHHHHH'), 60)).toBe(false)
  expect(hasLasted(after('HHHHHHH'), 60)).toBe(true)
  const early = observe(observe(UNSEEN, 'holds', 0.004, 60), 'holds', 60, 60)
  expect(hasLasted(early, 60)).toBe(true)
})

test('how often it was looked at, how often in vain, and how long it held at most', () => {
  expect(after('HHH.H?')).toMatchObject({ looks: 6, blind: 1, longest: 20, sight: 'unknown' })
})

test.each([
  ['.', false],
  ['H', true],
  ['HH?', true],
  ['?', false],
])('%s may still last: %s', (looks, pending) => {
  expect(isPending(after(looks))).toBe(pending)
})
