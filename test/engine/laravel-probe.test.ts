import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { type MigrationFacts, readMigrationFacts } from '../../src/migrations/laravel-facts.ts'
import { migrationsQuestion } from '../../src/migrations/question.ts'
import { SHELLS, type Shell } from './shells.ts'
import { makeSite, type Site } from './site.ts'
import { talkTo } from './talk.ts'

const PATHS = { artisan: 'backend/artisan', directory: 'backend/database/migrations' }
const USERS = '2014_10_12_000000_create_users_table'
const ORDERS = '2026_11_19_090000_split_orders'
const TOKENS = '2019_12_14_000001_create_personal_access_tokens_table'

const put = (site: Site, path: string, text = '<?php\n'): void => {
  const file = join(site.root, 'releases', path)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, text)
}

/** An application whose release 3 is live and has a migration that 2 lacks. */
const application = (site: Site): void => {
  for (const release of ['2', '3']) {
    put(site, `${release}/backend/artisan`)
    put(site, `${release}/${PATHS.directory}/${USERS}.php`)
  }
  put(site, `3/${PATHS.directory}/${ORDERS}.php`, "<?php\n// it's \\ `here`\n")
}

/** What the migrations of release 2 look like from 3, with this for `php`. */
const probed = async (
  site: Site,
  shell: Shell,
  php: string,
  directory = PATHS.directory,
): Promise<MigrationFacts> => {
  const bin = join(site.root, 'bin')
  mkdirSync(bin, { recursive: true })
  writeFileSync(join(bin, 'php'), `#!/bin/sh\n${php}\n`)
  chmodSync(join(bin, 'php'), 0o755)
  await using talk = await talkTo(site, shell, { env: { PATH: `${bin}:${shell.path}` } })
  const lines = await talk.session.ask([migrationsQuestion({ ...PATHS, directory }, site.root, '2')])
  return readMigrationFacts('web', '3', '2', lines)
}

const STATUS = [
  '  Migration name ....................... Batch / Status  ',
  `  ${USERS} ............. [1] Ran  `,
  `  ${ORDERS} ................... [7] Ran  `,
].join('\n')
const print = (text: string) => `cat <<'END'\n${text}\nEND`

const PROBE = fileURLToPath(new URL('../../src/migrations/laravel-probe.sh', import.meta.url))

test.each(SHELLS)(
  'a command that hangs ends in its time, with what it started, under $name',
  ({ sh, path }) => {
    const began = performance.now()
    const script = `. '${PROBE}'; in_time 1 sh -c 'sleep 30 & sleep 30'; echo "ended $?"`
    const { stdout } = spawnSync(sh, ['-c', script], { encoding: 'utf8', env: { PATH: path } })
    expect(stdout).toMatch(/^ended (124|137)$/m)
    expect(performance.now() - began).toBeLessThan(20_000)
  },
)

describe.each(SHELLS)('what a host tells of the migrations of two releases, under $name', shell => {
  test('the files of both, what the database has applied, and the text of what the target lacks', async () => {
    using site = makeSite()
    application(site)
    const facts = await probed(site, shell, print(STATUS))
    expect(facts).toMatchObject({ fromCount: 2, toCount: 1, unnamable: 0, onlyFrom: [ORDERS], onlyTo: [] })
    expect([...facts.both]).toEqual([USERS])
    expect(facts.database).toEqual({
      kind: 'answered',
      migrations: new Map([
        [USERS, { name: USERS, ran: true, batch: 1 }],
        [ORDERS, { name: ORDERS, ran: true, batch: 7 }],
      ]),
    })
    expect([...facts.texts]).toEqual([[ORDERS, "<?php\n// it's \\ `here`\n"]])
  })

  test('artisan is asked in the live release, as the login would, and nothing is written there', async () => {
    using site = makeSite()
    application(site)
    const before = readdirSync(join(site.root, 'releases/3/backend'))
    const facts = await probed(site, shell, `echo "$(pwd) $* $(umask)" >"$HOME/asked"; ${print(STATUS)}`)
    expect(facts.database.kind).toBe('answered')
    const asked = readFileSync(join(site.home, 'asked'), 'utf8')
    const umask = process.umask().toString(8).padStart(4, '0')
    expect(asked.trim()).toBe(
      `${join(site.root, 'releases/3/backend')} artisan migrate:status --no-ansi --no-interaction ${umask}`,
    )
    expect(readdirSync(join(site.root, 'releases/3/backend'))).toEqual(before)
  })

  test('of an error only its class leaves the host', async () => {
    using site = makeSite()
    application(site)
    const php = `echo "SQLSTATE[HY000] [1045] Access denied for user 'mei'@'10.0.0.7' (using password: YES)"; echo "row: mei@example.com" >&2; exit 1`
    const facts = await probed(site, shell, php)
    expect(facts.database).toEqual({
      kind: 'silent',
      why: '`migrate:status` ended with status 1, SQLSTATE HY000 1045: access denied',
    })
    expect(JSON.stringify(facts)).not.toContain('mei')
  })

  test('an artisan that prints without an end, or hangs, is not waited for', async () => {
    using site = makeSite()
    application(site)
    const facts = await probed(
      site,
      shell,
      'while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done',
    )
    expect(facts.database).toMatchObject({
      kind: 'silent',
      why: expect.stringMatching(/without an end|ended/),
    })
    expect(facts.onlyFrom).toEqual([ORDERS])
  })

  test('what a package brought counts as known where the target has it, too', async () => {
    using site = makeSite()
    application(site)
    const OTHER = '2020_01_01_000000_create_telescope_entries_table'
    for (const release of ['2', '3'])
      put(site, `${release}/backend/vendor/laravel/sanctum/database/migrations/${TOKENS}.php`)
    put(site, `3/backend/vendor/laravel/telescope/database/migrations/${OTHER}.php`)
    const table = `${STATUS}\n  ${TOKENS} ......... [1] Ran\n  ${OTHER} ..... [2] Ran`
    expect((await probed(site, shell, print(table))).lackedElsewhere).toEqual([OTHER])
  })

  test('folders that are not there, and files whose names are none', async () => {
    using site = makeSite()
    application(site)
    put(site, `3/${PATHS.directory}/2026_01_01 $(id).php`)
    put(site, `3/${PATHS.directory}/-rf_x.php`)
    rmSync(join(site.root, 'releases/2/backend'), { recursive: true })
    const facts = await probed(site, shell, print(STATUS))
    expect(facts).toMatchObject({ fromCount: 2, toCount: undefined, unnamable: 2, onlyFrom: [USERS, ORDERS] })
    const typo = await probed(site, shell, print(STATUS), 'backend/migrations')
    expect(typo).toMatchObject({ fromCount: undefined, onlyFrom: [] })
    rmSync(join(site.root, 'releases/3/backend/artisan'))
    expect((await probed(site, shell, print(STATUS))).database).toMatchObject({
      why: expect.stringContaining('artisan'),
    })
  })

  test('a thousand migrations, a long one, and one that is no file', async () => {
    using site = makeSite()
    application(site)
    for (let at = 1000; at < 2400; at++) {
      put(site, `3/${PATHS.directory}/2020_01_01_00${at}_x.php`)
      if (at !== 1001) put(site, `2/${PATHS.directory}/2020_01_01_00${at}_x.php`)
    }
    put(site, `3/${PATHS.directory}/2026_12_01_000000_long.php`, 'x'.repeat(99) + '\n'.repeat(5000))
    mkdirSync(join(site.root, `releases/3/${PATHS.directory}/2026_12_02_000000_folder.php`))
    symlinkSync('/nowhere', join(site.root, `releases/3/${PATHS.directory}/2026_12_03_000000_link.php`))
    const facts = await probed(site, shell, print(STATUS))
    expect(facts.onlyFrom).toEqual([
      '2020_01_01_001001_x',
      ORDERS,
      '2026_12_01_000000_long',
      '2026_12_02_000000_folder',
      '2026_12_03_000000_link',
    ])
    expect(facts.both.size).toBe(1400)
    expect(facts.texts.get('2026_12_01_000000_long')?.split('\n')).toHaveLength(201)
    expect(facts.texts.has('2026_12_02_000000_folder')).toBe(false)
  })
})
