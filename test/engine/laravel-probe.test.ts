import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { MigrationFacts } from '../../src/migrations/facts.ts'
import { laravel } from '../../src/migrations/laravel.ts'
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
  const move = { path: site.root, from: '3', to: '2' }
  const question = laravel.question({ tool: 'laravel', ...PATHS, directory }, move)
  return laravel.facts('web', move, await talk.session.ask([question]))
}

const STATUS = [
  '  Migration name ....................... Batch / Status  ',
  `  ${USERS} ............. [1] Ran  `,
  `  ${ORDERS} ................... [7] Ran  `,
].join('\n')
const print = (text: string) => `cat <<'END'\n${text}\nEND`

const PROBE = fileURLToPath(new URL('../../src/migrations/probe.sh', import.meta.url))

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
    if (facts.database.kind === 'silent' && facts.database.why.includes('without an end'))
      expect(facts.uncompared).toEqual(['what the tool printed about the database was cut off'])
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

  test('the newest of hundreds that modules brought counts as lacking, wherever a module keeps them', async () => {
    using site = makeSite()
    application(site)
    const names = Array.from(
      { length: 205 },
      (_, at) => `2026_02_01_${String(at).padStart(6, '0')}_module_${at % 7}`,
    )
    for (const [at, name] of names.entries()) {
      put(site, `3/backend/Modules/Blog/Database/Migrations/${name}.php`)
      if (at < 203) put(site, `2/backend/Modules/Blog/Database/Migrations/${name}.php`)
    }
    const table = [STATUS, ...names.map(name => `  ${name} ......... [8] Ran`)].join('\n')
    const facts = await probed(site, shell, print(table))
    expect(facts).toMatchObject({ lackedElsewhere: names.slice(203), uncompared: [] })
  })

  test('a name as long as a file may have, and dots as many as a terminal is wide', async () => {
    using site = makeSite()
    application(site)
    const long = `2026_02_01_000000_${'drop_columns_'.repeat(17)}end`
    put(site, `3/${PATHS.directory}/${long}.php`)
    const facts = await probed(
      site,
      shell,
      print(`${STATUS}\n  ${long} [9] Ran\n  ${TOKENS} ${'.'.repeat(300)} [1] Ran`),
    )
    expect(facts.onlyFrom).toEqual([long, ORDERS])
    expect(facts.database).toMatchObject({
      migrations: new Map([
        [USERS, expect.anything()],
        [ORDERS, expect.anything()],
        [long, { name: long, ran: true, batch: 9 }],
        [TOKENS, { name: TOKENS, ran: true, batch: 1 }],
      ]),
    })
    expect(facts.lackedElsewhere).toEqual([TOKENS])
  })

  test('names that nobody can compare are told, unless the target has the same file', async () => {
    using site = makeSite()
    application(site)
    for (const release of ['2', '3'])
      put(site, `${release}/${PATHS.directory}/2025_01_01_000000_old (copy).php`)
    put(site, `3/${PATHS.directory}/2026_02_01_000000_drop_orders (copy).php`)
    put(site, `3/${PATHS.directory}/2026_02_02_000000_\`id\`.php`)
    const table = [
      STATUS,
      '  2025_01_01_000000_old (copy) ... [2] Ran',
      '  2026_02_01_000000_drop_orders (copy) ... [9] Ran',
      '  2026_03_01_000000_of+a_package ... [9] Ran',
    ].join('\n')
    const odd = (name: string) => `\`${name}\` has a name that no migration should have`
    expect((await probed(site, shell, print(table))).uncompared).toEqual([
      odd('2026_02_01_000000_drop_orders (copy)'),
      odd('2026_02_02_000000_?id?'),
      odd('2026_03_01_000000_of+a_package'),
    ])
  })

  test('more than one answer tells of, and an answer without an end, are told', async () => {
    using site = makeSite()
    application(site)
    const many = (of: string, count: number) =>
      Array.from({ length: count }, (_, at) => `  2020_01_01_${at + 100_000}_${of} .... [1] Ran`).join('\n')
    expect((await probed(site, shell, print(many('a', 1801)))).uncompared).toEqual([
      'the database names more migrations than one answer tells of',
      'the target lacks more migrations of packages and modules than one answer tells of',
    ])
    for (let at = 1000; at < 1600; at++) put(site, `3/${PATHS.directory}/2020_01_01_00${at}_x.php`)
    expect((await probed(site, shell, print(STATUS))).uncompared).toEqual([
      'the target lacks more migrations than one answer tells of',
    ])
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
