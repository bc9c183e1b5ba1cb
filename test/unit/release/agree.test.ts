import { describe, expect, test } from 'vitest'
import { Refusal } from '../../../src/refusal.ts'
import {
  AlreadyLive,
  type Answer,
  agree,
  HostsRefuse,
  NoHosts,
  refuseIdle,
} from '../../../src/release/agree.ts'
import { HostsDisagree } from '../../../src/release/disagreement.ts'
import { ReleaseMissing } from '../../../src/release/named.ts'
import { resolveOnHost } from '../../../src/release/resolve.ts'
import { folder, ledger, thrownBy } from './fixture.ts'

type Fleet = Readonly<Record<string, string>>

function answers(fleet: Fleet, target: string, entries: readonly string[]): Answer[] {
  return Object.entries(fleet).map(([host, notation]) => {
    try {
      return { host, choice: resolveOnHost(folder(notation), ledger(...entries), target) }
    } catch (error) {
      if (error instanceof Refusal) return { host, refusal: error }
      throw error
    }
  })
}

const together = (fleet: Fleet, target: string, ...entries: readonly string[]) =>
  agree(answers(fleet, target, entries), target)

describe('all hosts go to one release', () => {
  test('the plain case', () => {
    const agreement = together(
      { 'web-1': '40 41@aaaaaaa 42@bbbbbbb*', 'web-2': '41@aaaaaaa 42@bbbbbbb*' },
      'previous',
    )
    expect(agreement).toMatchObject({
      from: '42',
      to: '41',
      toCommit: 'aaaaaaa',
      unchanged: false,
      warnings: [],
    })
    expect([...agreement.choices.keys()]).toEqual(['web-1', 'web-2'])
  })

  test('a half-finished deploy: the host that never got it is there already', () => {
    const agreement = together({ 'web-1': '41 42*', 'web-2': '41*' }, '41')
    expect(agreement).toMatchObject({ from: '42, 41', to: '41', unchanged: false })
    expect([...agreement.choices.values()].map(choice => choice.alreadyThere)).toEqual([false, true])
  })

  test('last-good that is live everywhere changes nothing, and that is fine', () => {
    expect(together({ 'web-1': '41*', 'web-2': '41*' }, 'last-good', 'good 41')).toMatchObject({
      unchanged: true,
      to: '41',
    })
  })

  test('a warning names its hosts, unless it is everybody’s', () => {
    expect(together({ 'web-1': '40 41!* 42', 'web-2': '42 43*' }, '42').warnings).toEqual([
      'web-1: Release 42 is newer than 41: this goes forward, not back.',
    ])
    expect(together({ 'web-1': '41* 42', 'web-2': '41* 42' }, '42').warnings).toHaveLength(1)
  })
})

describe('or nobody goes anywhere', () => {
  test('hosts that would end on different releases: a table, and the release that would do for all', () => {
    const error = thrownBy(() => together({ 'web-1': '39 40 41 42*', 'web-2': '39 40 41! 42*' }, 'previous'))
    expect(error).toBeInstanceOf(HostsDisagree)
    expect(error).toMatchObject({
      remedy: ['Every host has 40: run again with `target: 40`.'],
      table: {
        head: ['host', 'live', 'would go to', 'has'],
        rows: [
          ['web-1', '42', '41', '42, 41, 40, 39'],
          ['web-2', '42', '40', '42, 41, 40, 39'],
        ],
      },
    })
  })

  test('hosts that are live on different releases: the one that some serve already would do', () => {
    const fleet = { 'web-1': '40 41 42*', 'web-2': '40 41*' }
    const error = thrownBy(() => together(fleet, 'previous'))
    expect(error).toMatchObject({ remedy: ['Every host has 41: run again with `target: 41`.'] })
    expect(together(fleet, '41').to).toBe('41')
  })

  test('hosts without a release in common', () => {
    const error = thrownBy(() => together({ 'web-1': '40 42*', 'web-2': '41 42*' }, 'previous'))
    expect(error).toMatchObject({ remedy: [expect.stringContaining('No release is whole on every host')] })
  })

  test('a release newer than the live one is not offered as a way back', () => {
    const error = thrownBy(() => together({ 'web-1': '40 42* 43', 'web-2': '41 42* 43' }, 'previous'))
    expect(error).toMatchObject({ remedy: [expect.not.stringContaining('43')] })
  })

  test('the same number made from different commits is not the same release', () => {
    const error = thrownBy(() =>
      together({ 'web-1': '41@aaaaaaa 42@bbbbbbb*', 'web-2': '41@ccccccc 42@bbbbbbb*' }, '41'),
    )
    expect(error).toBeInstanceOf(HostsDisagree)
    expect(error).toMatchObject({
      remedy: [expect.stringContaining('No release is whole on every host')],
      table: {
        rows: [['web-1', '42 (bbbbbbb)', '41 (aaaaaaa)', '42, 41'], expect.arrayContaining(['41 (ccccccc)'])],
      },
    })
    expect(together({ 'web-1': '41@AAAAAAA 42*', 'web-2': '41@aaaaaaa1234 42*' }, '41').to).toBe('41')
  })

  test('one host lacks the target: its reason, beside what the others would do', () => {
    const error = thrownBy(() => together({ 'web-1': '41 42*', 'web-2': '40 42*' }, '41'))
    expect(error).toBeInstanceOf(HostsRefuse)
    expect(error).toMatchObject({
      message: "1 of 2 hosts can't go to `41`, so none goes anywhere.",
      cause: [expect.any(ReleaseMissing)],
      table: {
        rows: [
          ['web-2', '', 'Target "41": no release in /srv/app/releases is named so.'],
          ['web-1', '41', '41 was asked for by name'],
        ],
      },
    })
  })

  test('when every host says the same, that is what is said', () => {
    const error = thrownBy(() => together({ 'web-1': '42*', 'web-2': '42*' }, '7'))
    expect(error).toBeInstanceOf(ReleaseMissing)
  })

  test('when hosts refuse for different reasons, each says its own', () => {
    const error = thrownBy(() => together({ 'web-1': '42*', 'web-2': '41? 42*' }, '41'))
    expect(error).toBeInstanceOf(HostsRefuse)
    expect(error).toMatchObject({
      table: {
        rows: [
          ['web-1', '', expect.any(String)],
          ['web-2', '', expect.stringContaining('is empty')],
        ],
      },
    })
  })

  test('a release that is bad anywhere is not offered', () => {
    const error = thrownBy(() => together({ 'web-1': '40 41 42*', 'web-2': '40 41!*' }, 'previous'))
    expect(error).toMatchObject({ remedy: ['Every host has 40: run again with `target: 40`.'] })
  })

  test('an explicit target that is live everywhere is an error: nothing was rolled back', () => {
    expect(
      thrownBy(() => refuseIdle([together({ 'web-1': '41*', 'web-2': '41*' }, '41')], '41')),
    ).toBeInstanceOf(AlreadyLive)
  })

  test('no host at all', () => {
    expect(thrownBy(() => together({}, 'previous'))).toBeInstanceOf(NoHosts)
  })
})
