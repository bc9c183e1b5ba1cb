import { describe, expect, test } from 'vitest'
import { CurrentIsNotALink, NoCurrent } from '../../../src/release/live.ts'
import { resolveOnHost } from '../../../src/release/resolve.ts'
import { folder, previous, thrownBy } from './fixture.ts'

describe('what current is', () => {
  test.each([
    ['is missing', { link: 'missing', resolved: undefined, text: '' }, NoCurrent],
    ['dangles', { resolved: undefined }, NoCurrent],
    ['leads out of releases/', { resolved: '/srv/other/42' }, NoCurrent],
    ['leads to a look-alike of releases/', { resolved: '/srv/app/releases-old/42' }, NoCurrent],
    ['leads to a look-alike of a release', { resolved: '/srv/app/releases-42' }, NoCurrent],
    ['leads into a release', { resolved: '/srv/app/releases/42/public' }, NoCurrent],
    ['leads to releases/ itself', { resolved: '/srv/app/releases' }, NoCurrent],
    ['leads to a release with a strange name', { resolved: '/srv/app/releases/4 2' }, NoCurrent],
    ['has a text that can’t be read', { text: '' }, NoCurrent],
    ['has no releases/ beside it', { releasesFolder: undefined }, NoCurrent],
    ['is a real folder', { link: 'directory', resolved: undefined, text: '' }, CurrentIsNotALink],
    ['is a file', { link: 'file', resolved: undefined, text: '' }, CurrentIsNotALink],
  ] as const)('refused when it %s, even with an explicit target', (_, change, expected) => {
    const error = thrownBy(() => resolveOnHost(folder('41 42*', change), [], '41'))
    expect(error).toBeInstanceOf(expected)
    expect(error).toMatchObject({
      message: expect.stringContaining('/srv/app'),
      remedy: { length: expect.any(Number) },
    })
  })

  test('a path through a link: releases/ and the target agree on their real path', () => {
    const facts = folder('41 42*', {
      releasesFolder: '/data/app/releases',
      resolved: '/data/app/releases/42',
    })
    expect(previous(facts).to).toBe('41')
  })
})
