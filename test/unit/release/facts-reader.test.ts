import fc from 'fast-check'
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
    ignored: 0,
  })
})

describe('what a hostile host says', () => {
  const said = (...lines: readonly string[]) => readFacts('web', ['symlink /srv/app', ...lines])

  test.each([
    'release directory 1 - - ../../etc',
    'release directory 1 - - .git',
    'release directory 1 - - -rf',
    'release directory 1 - - $(id)',
    'release directory 1 - - lost+found',
    `release directory 1 - - ${'x'.repeat(300)}`,
  ])('%s: counted as a name that can be no release', line => {
    expect(said(line)).toMatchObject({ symlinks: [{ releases: [], unnamable: 1 }] })
  })

  test.each([
    'release directory 1 - - a b',
    'release directory soon - - 41',
    'release directory 1 - -',
    'release directory 1 x - 41',
    'release folder 1 - - 41',
    'release directory 1 - - 4\u001b[31m1',
    'release directory 1 - - 4\ufffd1',
    'hostname ::add-mask::x y',
    'user root',
    'user root zero',
    'time NaN',
    'state relative/path',
    'state /home/\ufffd',
    'tool mv bin/mv',
    'tool __proto__ /bin/x',
    'run r1 sideways committed 42 41',
    'ledger null',
    'resolved releases/42',
    'disk much plenty',
    'constructor x',
    '__proto__ x',
    'link',
    ' hostname web-1',
    '',
  ])('%j is ignored and counted', line => {
    expect(said(line).ignored).toBe(1)
  })

  test('a fact that is said twice: the first one stands', () => {
    const facts = readFacts('web', ['user deploy 1001', 'user root 0'])
    expect(facts).toMatchObject({ user: 'deploy', uid: 1001, ignored: 1 })
    expect(said('release link 1 - - 41', 'release directory 1 - - 41').symlinks[0]?.releases).toMatchObject([
      { type: 'link' },
    ])
  })

  test('a heading that can’t be right: its lines don’t pass for the folder above it', () => {
    const facts = said('link link releases/42', 'symlink srv/evil', 'release directory 1 - - 41', 'disk 1 1')
    expect(facts.symlinks).toMatchObject([{ path: '/srv/app', releases: [], freeBytes: undefined }])
    expect(facts.ignored).toBe(3)
  })

  test('a lock whose owner can’t be read is there, and its owner is not dead', () => {
    for (const line of [
      'lock',
      'lock dead',
      'lock dead \u001b[2J',
      'lock dead v2:x',
      'lock dead v1:r:b',
      'lock gone v1:r:b:1:2',
    ]) {
      expect(readFacts('web', [line]).lock, line).toMatchObject({ alive: true })
    }
  })

  test('a second lock does not free the first', () => {
    const facts = readFacts('web', [`lock alive v1:r1:${BOOT}:1:2`, `lock dead v1:r2:${BOOT}:3:4`])
    expect(facts).toMatchObject({ lock: { run: 'r1', alive: true }, ignored: 1 })
  })

  test('a problem of the state folder is told whatever stands in it, without its escapes', () => {
    expect(readFacts('web', ['state-problem \u001b[2Jall is well']).stateProblem).toBe('?[2Jall is well')
    expect(readFacts('web', ['state-problem']).stateProblem).not.toBe('')
  })

  test('a link whose text has bytes that can’t be kept is a link that can’t be used, not a missing one', () => {
    expect(said('link link releases/4\ufffd').symlinks).toMatchObject([{ link: 'link', text: '' }])
  })

  test('more than anybody needs is cut', () => {
    const many = (count: number, line: (index: number) => string) =>
      Array.from({ length: count }, (_, index) => line(index))
    const facts = said(
      ...many(6000, index => `release directory 1 - - ${index}`),
      ...many(300, index => `revisions line ${index}`),
      ...many(300, index => `ledger {"at":${index},"event":"good","release":"${index}"}`),
      ...many(300, index => `run r${index} forward committed 1 2`),
      ...many(300, index => `tool t${index} /bin/t`),
      `foreign-lock /${'x'.repeat(9000)}`,
      ...many(300, index => `symlink /srv/${index}`),
    )
    expect(facts.symlinks[0]?.releases).toHaveLength(5000)
    expect(facts.symlinks[0]?.revisionsLog).toEqual(many(200, index => `line ${index + 100}`))
    expect(facts.symlinks[0]?.foreignLocks[0]).toHaveLength(4096)
    expect(facts.ledger.map(({ release }) => release)).toEqual(many(200, index => `${index + 100}`))
    expect(facts.runs).toHaveLength(50)
    expect(Object.keys(facts.tools)).toHaveLength(100)
    expect(facts.symlinks).toHaveLength(50)
    expect(
      readFacts(
        'web',
        many(30_000, () => 'time 1'),
      ).ignored,
    ).toBe(29_999)
  })
})

test('random lines never throw, and never make a release that isn’t one', () => {
  const word = fc.constantFrom(
    'symlink',
    'link',
    'release',
    'ledger',
    'lock',
    'run',
    'tool',
    'revisions',
    'dep',
    'disk',
    'user',
    'unnamable',
  )
  const field = fc.oneof(
    fc.constantFrom('link', 'directory', '-', 'e', '/srv', '1', 'dead', 'forward', '{}'),
    fc.string({ unit: 'binary' }),
  )
  const line = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.tuple(word, fc.array(field, { maxLength: 7 })).map(([first, rest]) => [first, ...rest].join(' ')),
  )
  fc.assert(
    fc.property(fc.array(line, { maxLength: 40 }), lines => {
      const facts = readFacts('web', lines)
      for (const { releases } of facts.symlinks) {
        for (const { name } of releases) expect(name).toMatch(/^[A-Za-z0-9_+@][A-Za-z0-9._+@-]*$/)
      }
      expect(facts.ignored).toBeLessThanOrEqual(lines.length)
    }),
    { numRuns: 300 },
  )
})
