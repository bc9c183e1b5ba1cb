import { describe, expect, test } from 'vitest'
import { cutOffPage } from '../../../src/report/aftermath.ts'

const page = (...reached: (string | undefined)[]): string =>
  cutOffPage({
    app: 'shop',
    environment: 'production',
    run: 'r1',
    stateFolder: '~/.rollbook/shop/production',
    found: reached.map((each, at) => ({
      host: `web-${at + 1}`,
      reached: each,
      ...(each === undefined && { trouble: 'no route to host' }),
    })),
  })

describe('the first line after a run was cut off', () => {
  test.each([
    [['undone', 'refused'], '## ⚠️ shop · production is where it was: the run was cut off and taken back'],
    [
      ['committed', 'kept'],
      '## ⚠️ shop · production is on the target, not confirmed: the run was cut off after the switch',
    ],
    [
      ['undone', 'kept'],
      '## ❌ shop · production needs you now: the run was cut off, and only web-2 stayed on the target',
    ],
    [
      ['undone', 'needs-operator'],
      '## ❌ shop · production needs you now: the run was cut off, and web-2 is in between',
    ],
    [
      ['undone', undefined, 'switched'],
      '## ❓ shop · production is not confirmed: the run was cut off, and web-2 and web-3 are not over',
    ],
  ])('%j', (reached, line) => {
    expect(page(...reached).split('\n')[0]).toBe(line)
  })
})

test('every host is told about, and the one that is in between has its command', () => {
  const stuck = page('undone', 'needs-operator', undefined)
  expect(stuck).toContain('- **web-1** is back where it started')
  expect(stuck).toContain('- **web-3** could not be looked at (no route to host); the host ends by itself')
  expect(stuck).toContain('on web-2: `~/.rollbook/shop/production/runs/r1/rollbook undo`')
})

test('what a host says can not become a heading or a link', () => {
  expect(page('## [x](http://evil)')).not.toMatch(/\]\(http|\n## /)
})
