import { describe, expect, test } from 'vitest'
import { type Standing, type Way, wayBack } from '../../../src/drill/way-back.ts'

const standing = (given: Partial<Standing> = {}): Standing => ({
  same: false,
  serves: undefined,
  rolledBack: false,
  broke: false,
  visible: false,
  opaque: false,
  named: false,
  tried: [],
  ...given,
})

describe('what brings an environment back to how it was', () => {
  test.each<[string, Partial<Standing>, ReturnType<typeof wayBack>]>([
    ['a planned rollback is in force', { rolledBack: true }, 'undo'],
    ['the rollback has repaired the fault', { same: true, rolledBack: true, broke: true }, 'look'],
    ['it is the same, and serves', { same: true, serves: true, rolledBack: true, broke: true }, 'done'],
    [
      'the fault is one that an undo would bring again',
      { rolledBack: true, broke: true, visible: true, named: true },
      'name',
    ],
    ['that, and there is no name', { rolledBack: true, broke: true, visible: true }, 'stuck'],
    ['the fault is there, and nobody has repaired it', { broke: true }, 'rollback'],
    ['the fault is there, and what was live has a name', { broke: true, named: true }, 'name'],
    [
      'all looks the same, and does not serve: the fault is elsewhere',
      { same: true, serves: false, broke: true },
      'rollback',
    ],
    [
      'that, and the rollback was tried',
      { same: true, serves: false, broke: true, tried: ['rollback'] },
      'stuck',
    ],
    ['nothing was broken, and it does not serve', { same: true, serves: false }, 'stuck'],
    ['scripts have switched what no component sees', { same: true, rolledBack: true, opaque: true }, 'undo'],
    ['that, and they were taken back', { same: true, opaque: true, tried: ['undo'] }, 'look'],
    [
      'that, and they could not be taken back',
      { same: true, serves: true, rolledBack: true, opaque: true, tried: ['undo'] },
      'stuck',
    ],
    [
      'that, and to take them back would bring the fault again: what serves is left alone',
      { same: true, rolledBack: true, broke: true, visible: true, opaque: true, tried: ['rollback'] },
      'stuck',
    ],
  ])('%s', (_, given, way) => {
    expect(wayBack(standing(given))).toBe(way)
  })

  test('it ends, whatever is the matter: no way is tried twice', () => {
    const truths = [true, false]
    for (const rolledBack of truths)
      for (const broke of truths)
        for (const visible of truths)
          for (const opaque of truths)
            for (const named of truths) {
              const tried: Way[] = []
              for (let turns = 0; turns < 5; turns++) {
                const way = wayBack(standing({ rolledBack, broke, visible, opaque, named, tried }))
                if (way === 'stuck' || way === 'done' || way === 'look') break
                expect(tried).not.toContain(way)
                tried.push(way)
              }
              expect(tried.length).toBeLessThanOrEqual(3)
            }
  })
})
