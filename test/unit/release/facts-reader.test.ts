import { describe, expect, test } from 'vitest'
import { readFacts } from '../../../src/release/facts-reader.ts'

const BOOT = '6f1c3a52-0d1e-4b7e-9a54-7a1d9f0c2b11'

const PROBE = `hostname web-1
user deploy 1001
system Linux 6.1.0-31-amd64
boot ${BOOT}
time 1795183863
state /home/deploy/.rollbook/shop/production
state-problem can be written by other users
tool mv /usr/bin/mv
tool sha256sum /usr/bin/sha256sum
lock dead v1:20261120T141058Z-8d1:${BOOT}:4711:88231
run r2 forward committed 42 41
run r1 back undone - -
ledger {"at":1795180000,"event":"good","release":"41"}
ledger {"at":1795181000,"event":"go
symlink /srv/my app
link link releases/42
resolved /srv/my app/releases/42
releases /srv/my app/releases
unnamable 2
release directory 1795170000 - c07a44b 41
release directory 1795180000 bde - 42
release link 1795180001 - - latest
revisions Branch main (at c07a44b) deployed as release 41 by J\u00fcrgen O\u2019Neil
dep {"release_name":"41"}
foreign-lock /srv/my app/.dep/deploy.lock
disk 1073741824 65536
symlink /srv/other
link directory
disk - -`.split('\n')

describe('what a healthy host says', () => {
  const facts = readFacts('web', PROBE)

  test('about itself', () => {
    expect(facts).toMatchObject({
      host: 'web',
      hostname: 'web-1',
      user: 'deploy',
      uid: 1001,
      system: 'Linux 6.1.0-31-amd64',
      bootId: BOOT,
      time: 1_795_183_863,
      stateFolder: '/home/deploy/.rollbook/shop/production',
      stateProblem: 'can be written by other users',
      tools: { mv: '/usr/bin/mv', sha256sum: '/usr/bin/sha256sum' },
      lock: { run: '20261120T141058Z-8d1', bootId: BOOT, pid: 4711, startTime: '88231', alive: false },
      runs: [
        { run: 'r2', direction: 'forward', state: 'committed', from: '42', to: '41' },
        { run: 'r1', direction: 'back', state: 'undone', from: '', to: '' },
      ],
    })
  })

  test('in its ledger, where a line that a crash cut is left out and counted', () => {
    expect(facts.ledger).toEqual([{ at: 1_795_180_000, event: 'good', release: '41' }])
    expect(facts.ignored).toBe(1)
  })

  test('about each folder, its lines kept apart', () => {
    expect(facts.symlinks).toHaveLength(2)
    expect(facts.symlinks[0]).toMatchObject({
      path: '/srv/my app',
      link: 'link',
      text: 'releases/42',
      resolved: '/srv/my app/releases/42',
      releasesFolder: '/srv/my app/releases',
      unnamable: 2,
      releases: [
        {
          name: '41',
          type: 'directory',
          modified: 1_795_170_000,
          revision: 'c07a44b',
          empty: false,
          bad: false,
          dirty: false,
        },
        { name: '42', type: 'directory', revision: undefined, empty: true, bad: true, dirty: true },
        { name: 'latest', type: 'link' },
      ],
      revisionsLog: ['Branch main (at c07a44b) deployed as release 41 by Jürgen O’Neil'],
      releasesLog: ['{"release_name":"41"}'],
      foreignLocks: ['/srv/my app/.dep/deploy.lock'],
      freeBytes: 1_073_741_824,
      freeInodes: 65_536,
    })
    expect(facts.symlinks[1]).toMatchObject({
      path: '/srv/other',
      link: 'directory',
      text: '',
      releases: [],
      freeBytes: undefined,
    })
  })
})

test('a host that says nothing is nobody, and above all not root', () => {
  expect(readFacts('web', [])).toMatchObject({
    hostname: '',
    uid: -1,
    time: 0,
    lock: undefined,
    symlinks: [],
    answers: [],
    ignored: 0,
  })
})
