import { describe, expect, test } from 'vitest'
import { statusOf } from '../../../src/operation/status.ts'
import type { HostFacts } from '../../../src/release/facts.ts'
import { folder, ledger } from '../release/fixture.ts'

const facts = (more: Partial<HostFacts>): HostFacts => ({
  host: 'web-1',
  hostname: 'web-1',
  user: 'deploy',
  uid: 1000,
  system: 'Linux 6.1',
  bootId: 'b',
  time: 1_700_000_000,
  stateFolder: '/home/deploy/.rollbook/app/production',
  stateProblem: undefined,
  tools: {},
  lock: undefined,
  ledger: [],
  runs: [],
  symlinks: [],
  answers: [],
  ignored: 0,
  ...more,
})

describe('what status says of a host', () => {
  test('is each release with its standing, the newest first', () => {
    const [link] = statusOf(
      facts({
        symlinks: [folder('39@a 40@b 41@c* 42@d 43@e 44', { freeBytes: 1000 })],
        ledger: ledger('good 40', 'bad 42'),
      }),
    ).links
    expect(link).toMatchObject({ path: '/srv/app', live: '41', freeBytes: 1000 })
    expect(link?.releases.map(({ name, standing, why }) => [name, standing, why])).toEqual([
      ['44', 'half-made', 'has no REVISION, and other releases have one'],
      ['43', 'usable', undefined],
      ['42', 'bad', 'is marked bad'],
      ['41', 'live', undefined],
      ['40', 'good', undefined],
      ['39', 'usable', undefined],
    ])
  })

  test('is that the live release is marked bad, when it is', () => {
    const [link] = statusOf(facts({ symlinks: [folder('41 42*')], ledger: ledger('bad 42') })).links
    expect(link?.releases[0]).toEqual({ name: '42', standing: 'live', why: 'is marked bad' })
  })

  test('is who has the lock, what is on hold since when, and the last runs', () => {
    const found = statusOf(
      facts({
        lock: { run: 'r1', bootId: 'b', pid: 1, startTime: '2', alive: false, text: 'v1:r1:b:1:2' },
        ledger: ledger('hold 42 run r1'),
        runs: [{ run: 'r1', direction: 'forward', state: 'kept', from: '42', to: '41' }],
      }),
    )
    expect(found).toMatchObject({
      lock: { run: 'r1', alive: false },
      holds: [{ release: '42', run: 'r1', since: '2023-11-14T22:13:20.000Z' }],
      runs: [{ run: 'r1', direction: 'forward', ended: 'kept', from: '42', to: '41' }],
    })
  })

  test('is why nobody can tell what is live, instead of a refusal', () => {
    const broken = folder('41 42', { link: 'directory' })
    expect(statusOf(facts({ symlinks: [broken] })).links).toEqual([
      {
        path: '/srv/app',
        live: '',
        problem: '/srv/app/current is a real folder, not a link to a release.',
        releases: [],
      },
    ])
  })

  test('is where a link between choices goes', () => {
    const choice = folder('', {
      path: '/etc/nginx/upstream.conf',
      link: 'link',
      text: '/etc/nginx/blue.conf',
      resolved: '/etc/nginx/blue.conf',
      releasesFolder: undefined,
    })
    expect(statusOf(facts({ symlinks: [choice] })).links).toEqual([
      { path: '/etc/nginx/upstream.conf', live: '/etc/nginx/blue.conf', releases: [] },
    ])
  })
})
