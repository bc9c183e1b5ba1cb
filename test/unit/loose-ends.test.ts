import { describe, expect, test } from 'vitest'
import { hasLooseEnds, type Told } from '../../src/loose-ends.ts'

describe('what is left for the post step', () => {
  test.each<[string, Told]>([
    ['a step that was refused before it had a run', {}],
    ['a run that only looked', { run: 'r1', stage: 'looking' }],
    [
      'a run that came to its end, and a drill and a deployment that did',
      { run: 'r1', stage: 'settled', drill: '', deployment: '' },
    ],
  ])('nothing after %s', (_, told) => {
    expect(hasLooseEnds(told)).toBe(false)
  })

  test.each<[string, Told]>([
    ['a run that was preparing', { run: 'r1', stage: 'preparing' }],
    ['a run that was switching', { run: 'r1', stage: 'switching' }],
    ['a drill, whatever its runs say', { run: 'r1', stage: 'settled', drill: 'd1' }],
    ['a deployment whose end was not told', { run: 'r1', stage: 'settled', deployment: '{}' }],
  ])('hosts or GitHub after %s', (_, told) => {
    expect(hasLooseEnds(told)).toBe(true)
  })
})
