import { describe, expect, test } from 'vitest'
import { AmbiguousCommit, ReleaseMissing, ReleaseUnusable } from '../../../src/release/named.ts'
import { resolveOnHost } from '../../../src/release/resolve.ts'
import { folder, ledger, thrownBy } from './fixture.ts'

const to = (notation: string, target: string, ...entries: readonly string[]) =>
  resolveOnHost(folder(notation), ledger(...entries), target)

describe('a release by its name', () => {
  test('a bad one is allowed, with a warning', () => {
    const choice = to('40 41! 42*', '41')
    expect(choice.to).toBe('41')
    expect(choice.warnings).toEqual([
      'Release 41 is marked BAD_RELEASE by Deployer; it was asked for all the same.',
    ])
  })

  test('a newer one is allowed, and the warning says that this goes forward', () => {
    expect(to('40 41* 42', '42').warnings).toEqual([
      'Release 42 is newer than 41: this goes forward, not back.',
    ])
  })

  test('the live one is there already; whether that is an error, all hosts together decide', () => {
    expect(to('41 42*', '42')).toMatchObject({ to: '42', alreadyThere: true })
    expect(to('41 42!*', '42')).toMatchObject({ alreadyThere: true, warnings: [] })
  })

  test.each(['40?', '40~', '40>', '40='])('%s can’t serve', notation => {
    expect(thrownBy(() => to(`${notation} 41 42*`, '40'))).toBeInstanceOf(ReleaseUnusable)
  })

  test('one without the marker that others have is refused, until somebody vouches for it', () => {
    const error = thrownBy(() => to('40 41@bbbbbbb 42@ccccccc*', '40'))
    expect(error).toBeInstanceOf(ReleaseUnusable)
    expect(error).toMatchObject({
      remedy: expect.arrayContaining([expect.stringContaining('`state: good`')]),
    })
    expect(to('40 41@bbbbbbb 42@ccccccc*', '40', 'good 40').to).toBe('40')
  })

  test('one that isn’t there: what is, and what may be meant', () => {
    const error = thrownBy(() => to('v1.9 v1.10 v1.11*', 'v1.19'))
    expect(error).toBeInstanceOf(ReleaseMissing)
    expect(error).toMatchObject({
      message: 'Target "v1.19": no release in /srv/app/releases is named so.',
      remedy: expect.arrayContaining([expect.stringContaining('v1.9')]),
      table: { rows: [expect.arrayContaining(['v1.11', 'is live']), expect.anything(), expect.anything()] },
    })
  })

  test.each([
    '',
    '.',
    '..',
    '../../etc',
    '/etc/passwd',
    'a/b',
    '-rf',
    '--help',
    '$(id)',
    '`id`',
    'a;b',
    'a b',
    'a\tb',
    'a\0',
    '*',
    '[a]',
    'x'.repeat(300),
    'é',
    '41\u202e',
    '4１',
    'current',
    'shared',
    'releases',
    '.git',
    'lost+found',
    '-1',
    '-999',
    '0',
  ])('%j is no release here, and nothing worse happens', target => {
    expect(thrownBy(() => to('41 42*', target))).toBeInstanceOf(ReleaseMissing)
  })
})

describe('a release by its commit', () => {
  test('is found by its beginning, in either case', () => {
    expect(to('40@C07A44B1e2 41@9f2c1e7aaa 42@1111111aaa*', 'c07a44b').to).toBe('40')
    expect(to('40@c07a44b 41@9f2c1e7 42@1111111*', 'C07A44B1E2D3C4B5A69788990011223344556677').to).toBe('40')
  })

  test('digits alone are a commit when no release has that name', () => {
    expect(to('40@1234567 41@9f2c1e7*', '1234567').to).toBe('40')
    expect(to('1234567@aaaaaaa 40@1234567 41@9f2c1e7*', '1234567').to).toBe('1234567')
  })

  test('six digits are too few', () => {
    expect(thrownBy(() => to('40@c07a44b1 41@9f2c1e7*', 'c07a44'))).toBeInstanceOf(ReleaseMissing)
  })

  test('that begins two commits is ambiguous', () => {
    const error = thrownBy(() => to('39@c07a44b1 40@c07a44b2 41@9f2c1e7f*', 'c07a44b'))
    expect(error).toBeInstanceOf(AmbiguousCommit)
    expect(error).toMatchObject({
      table: { rows: [expect.arrayContaining(['40']), expect.arrayContaining(['39'])] },
    })
  })

  test('that was released more than once means the newest that is not bad', () => {
    expect(to('38@c07a44b 39@c07a44b 40@c07a44b! 41@9f2c1e7*', 'c07a44b').to).toBe('39')
    expect(to('40@c07a44b! 41@9f2c1e7*', 'c07a44b')).toMatchObject({
      to: '40',
      warnings: [expect.stringContaining('bad'.toUpperCase())],
    })
  })

  test('that was released more than once in no known order is ambiguous', () => {
    expect(thrownBy(() => to('apple@c07a44b pear@c07a44b 41@9f2c1e7*', 'c07a44b'))).toBeInstanceOf(
      AmbiguousCommit,
    )
  })

  test('whose only release is half-made can’t serve', () => {
    expect(thrownBy(() => to('40@c07a44b~ 41@9f2c1e7*', 'c07a44b'))).toBeInstanceOf(ReleaseUnusable)
  })
})
