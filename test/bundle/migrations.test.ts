import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { HOSTILE } from '../support/hostile.ts'
import { artisanOf, LARAVEL, layMigrations, makePhp, migration, statusOf } from '../support/laravel.ts'
import { makeProduction, type Production } from '../support/production.ts'
import { BROKEN, expectOutcome, HEALTHY, headline, on, recordOf, seen, told, WORSE } from './story.ts'

const USERS = '2014_10_12_000000_create_users_table'
const SPLIT = '2026_11_19_090000_split_orders'
const CHANNEL = '2026_11_19_101500_add_order_channel'

const OLD = { [USERS]: migration("Schema::create('users', fn (Blueprint $table) => $table->id());") }
const NEW = {
  ...OLD,
  [SPLIT]: migration(
    "Schema::create('order_customers', function (Blueprint $table) { $table->id(); });\n        Schema::table('orders', fn (Blueprint $table) => $table->dropColumn('customer_name'));",
  ),
  [CHANNEL]: migration("Schema::table('orders', fn (Blueprint $table) => $table->string('channel'));"),
}
const RELEASES = { '1': OLD, '2': OLD, '3': NEW }
const APPLIED = statusOf({ [USERS]: 1, [SPLIT]: 7, [CHANNEL]: 7 })

/** Machines with a PHP of their own, and a runbook that looks at migrations. */
const laravel = async (
  machines: Parameters<typeof makeProduction>[0]['machines'],
  more: Readonly<Record<string, unknown>> = {},
  rollback: Readonly<Record<string, unknown>> = {},
): Promise<Production> => {
  const php = await makePhp()
  const production = await makeProduction({
    machines,
    ssh: { env: { PATH: `${php.path}:/usr/local/bin:/usr/bin:/bin` } },
    runbook: () => ({ rollback: { migrations: { laravel: LARAVEL, ...more }, ...rollback } }),
  })
  return {
    ...production,
    async [Symbol.asyncDispose]() {
      await production[Symbol.asyncDispose]()
      await php[Symbol.asyncDispose]()
    },
  }
}

describe('migrations that the target does not know', () => {
  test('are refused: each is named with what it did, and nothing is touched', async () => {
    await using production = await laravel({ web: BROKEN })
    const [web] = production.machines
    await layMigrations(web, RELEASES, APPLIED)
    const before = await web.state()
    const run = await production.run()
    expectOutcome(run, 'refused')
    expect(headline(run)).toContain('was not changed')
    expect(recordOf(run).failure).toMatchObject({
      code: 'RB-MIGRATIONS-UNKNOWN',
      table: {
        head: ['migration', 'batch', 'what it did'],
        rows: [
          [`\`${SPLIT}\``, '7', 'drops column `orders.customer_name`, creates table `order_customers`'],
          [`\`${CHANNEL}\``, '7', 'adds column `orders.channel`'],
        ],
      },
    })
    expect(run.summary).toContain(`| \`${CHANNEL}\` | 7 | adds column \`orders.channel\` |`)
    expect(run.summary).toContain('`confirm: run anyway`')
    expect(run.summary).not.toContain('never_read')
    expect(await seen([web])).toEqual(on([web], '3'))
    expect(await web.state()).toEqual(before)
    expect(await artisanOf(web)).toEqual(['artisan migrate:status --no-ansi --no-interaction in 3'])
  })

  test('`plan` shows the same refusal', async () => {
    await using production = await laravel({ web: BROKEN })
    await layMigrations(production.machines[0], RELEASES, APPLIED)
    const [plan, run] = [await production.run({ operation: 'plan' }), await production.run()]
    expectOutcome(plan, 'refused')
    expect(recordOf(plan).failure).toEqual(recordOf(run).failure)
  })

  test('with `confirm: run anyway` it goes on, warns of each, and keeps the phrase; undo asks nothing', async () => {
    await using production = await laravel({ web: BROKEN })
    const [web] = production.machines
    await layMigrations(web, RELEASES, APPLIED)
    const run = await production.run({ confirm: 'run anyway' })
    expectOutcome(run, 'rolled-back')
    const { warnings, confirm } = recordOf(run)
    expect(confirm).toBe('run anyway')
    expect(warnings).toContain(
      'Release 2 does not know 2 migrations that the database has applied: it would run against a newer schema. It goes on because of `confirm: run anyway`.',
    )
    for (const name of [SPLIT, CHANNEL]) {
      expect(warnings.filter(warning => warning.includes(name))).toHaveLength(1)
      expect(run.summary).toContain(name)
    }
    const undo = await production.run({ operation: 'undo' })
    expectOutcome(undo, 'undone')
    expect(await seen([web])).toEqual(on([web], '3'))
    expect(await artisanOf(web)).toHaveLength(1)
  })

  test('`unknown-to-target: warn` goes on by itself', async () => {
    await using production = await laravel({ web: BROKEN }, { 'unknown-to-target': 'warn' })
    await layMigrations(production.machines[0], RELEASES, APPLIED)
    const run = await production.run()
    expectOutcome(run, 'rolled-back')
    expect(recordOf(run).warnings.join('\n')).toContain('the runbook: `unknown-to-target: warn`')
  })

  test('what was never applied keeps nobody, and a target that knows all is told as such', async () => {
    await using production = await laravel({ web: BROKEN })
    const [web] = production.machines
    await layMigrations(web, RELEASES, statusOf({ [USERS]: 1, [SPLIT]: undefined, [CHANNEL]: undefined }))
    const run = await production.run()
    expectOutcome(run, 'rolled-back')
    expect(recordOf(run).checklist?.filter(({ what }) => what === 'migrations')).toEqual([
      {
        what: 'migrations',
        said: 'release 2 knows all that the database has applied (release 3 has 3 migrations, release 2 has 1)',
      },
      {
        what: 'migrations',
        said: 'release 2 lacks 2 migrations that the database has never applied',
        items: [`\`${SPLIT}\``, `\`${CHANNEL}\``],
      },
    ])
  })

  test.runIf(process.platform === 'linux')('hosts that differ are told apart', async () => {
    await using production = await laravel({ 'web-1': BROKEN, 'web-2': BROKEN })
    const [first, second] = production.machines
    await layMigrations(first, RELEASES, APPLIED)
    if (second) await layMigrations(second, { ...RELEASES, '2': NEW }, APPLIED)
    const run = await production.run()
    expectOutcome(run, 'refused')
    expect(recordOf(run).failure?.table).toMatchObject({
      head: ['migration', 'hosts', 'batch', 'what it did'],
      rows: [
        [`\`${SPLIT}\``, 'web-1', '7', expect.any(String)],
        [`\`${CHANNEL}\``, 'web-1', '7', expect.any(String)],
      ],
    })
  })
})

describe('a database that can not be asked', () => {
  test('leaves the files: what the target lacks counts as applied, and the class of the error is all that is told', async () => {
    await using production = await laravel({ web: BROKEN })
    const [web] = production.machines
    const error = "SQLSTATE[HY000] [2002] Connection refused (host 10.1.2.3, row 'mei@example.com')"
    await layMigrations(web, RELEASES, error, 1)
    const run = await production.run()
    expectOutcome(run, 'refused')
    expect(recordOf(run).failure?.message).toBe(
      'Release 2 lacks 2 migrations of release 3, and the database could not be asked whether it has applied them (`migrate:status` ended with status 1, SQLSTATE HY000 2002: it does not answer). They count as applied: it would run against a newer schema. Nothing was changed.',
    )
    expect(recordOf(run).failure?.table?.head).toEqual(['migration', 'what it did'])
    expect(told(run)).not.toMatch(/10\.1\.2\.3|mei@example/)
  })

  test('keeps nobody when both releases have the same files', async () => {
    await using production = await laravel({ web: BROKEN })
    await layMigrations(production.machines[0], { '1': OLD, '2': NEW, '3': NEW }, '', 255)
    const run = await production.run()
    expectOutcome(run, 'rolled-back')
    expect(run.summary).toContain('files alone were compared')
  })

  test('and a folder that the live release does not have is no reason to believe that all is well', async () => {
    await using production = await laravel({ web: BROKEN })
    const run = await production.run()
    expectOutcome(run, 'refused')
    expect(recordOf(run).failure).toMatchObject({
      code: 'RB-MIGRATIONS-NOT-FOUND',
      message: expect.stringContaining('`backend/database/migrations` in release 3 on web'),
    })
    expectOutcome(await production.run({ confirm: 'run anyway' }), 'rolled-back')
  })
})

test('what a host makes of it is shown, and nothing of it is obeyed', async () => {
  await using production = await laravel({ web: BROKEN })
  const [web] = production.machines
  const up = HOSTILE.map(text => `Schema::drop(${JSON.stringify(text).replaceAll('$', '\\$')});`).join('\n')
  const rows = HOSTILE.map(text => `  ${text} .......... [1] Ran`).join('\n')
  await layMigrations(web, { ...RELEASES, '3': { ...NEW, [SPLIT]: migration(up) } }, `${rows}\n${APPLIED}`)
  await writeFile(join(web.site.path, 'releases/3', LARAVEL.directory, '2027_::error::x_y.php'), '')
  const run = await production.run()
  expectOutcome(run, 'refused')
  const own = ['group', 'endgroup', 'error', 'warning', 'notice', 'debug', 'add-mask']
  expect(run.commands.map(({ name }) => name).filter(name => !own.includes(name))).toEqual([])
  expect(run.rawLog.filter(line => /[\p{Cc}\u202a-\u202e]/u.test(line.replaceAll('\t', '')))).toEqual([])
  expect(run.summary).not.toMatch(/<script|<img|<h1/)
  expect(Buffer.byteLength(run.summary)).toBeLessThan(20_000)
  expect(run.summary).toContain('and 35 more')
  expect(await seen([web])).toEqual(on([web], '3'))
})

describe('forward: true', () => {
  test('applies what the database lacks, after the switch, before anything else of start, and on one host', async () => {
    await using production = await laravel(
      { 'web-1': BROKEN, 'web-2': BROKEN },
      { forward: true },
      {
        start: [{ run: 'echo "caches in $(cat ~/shop/current/VERSION)" >>~/artisan' }],
      },
    )
    const [first, second] = production.machines
    for (const machine of production.machines)
      await layMigrations(
        machine,
        RELEASES,
        statusOf({ [USERS]: 1, [SPLIT]: undefined, [CHANNEL]: undefined }),
      )
    const run = await production.run()
    expectOutcome(run, 'rolled-back')
    const status = 'artisan migrate:status --no-ansi --no-interaction in 3'
    expect(await artisanOf(first)).toEqual([
      status,
      'artisan migrate --force --no-interaction in 2',
      'caches in 2',
    ])
    expect(second && (await artisanOf(second))).toEqual([status, 'caches in 2'])
    expect(recordOf(run).steps.filter(({ title }) => title.includes('migrations'))).toMatchObject([
      { host: 'web-1', phase: 'start', action: 'ready' },
      { host: 'web-1', phase: 'start', action: 'do', status: 'passed' },
    ])
  })

  test('applies nothing on the way back', async () => {
    await using production = await laravel({ web: WORSE }, { forward: true })
    const [web] = production.machines
    await layMigrations(web, RELEASES, statusOf({ [USERS]: 1, [SPLIT]: undefined, [CHANNEL]: undefined }))
    expectOutcome(await production.run(), 'restored')
    expect((await artisanOf(web)).filter(line => line.includes('--force'))).toEqual([
      'artisan migrate --force --no-interaction in 2',
    ])
  })

  test('is in the plan, with the host that it runs on', async () => {
    await using production = await laravel({ web: HEALTHY }, { forward: true })
    await layMigrations(production.machines[0], { '1': OLD, '2': NEW, '3': NEW }, APPLIED)
    const run = await production.run({ operation: 'plan' })
    expectOutcome(run, 'planned')
    expect(recordOf(run).planned?.find(({ phase }) => phase === 'start')).toMatchObject({
      host: 'web',
      title: 'apply the migrations that the database lacks (none on the way back)',
      data: { script: expect.stringContaining('migrate --force --no-interaction') },
    })
  })
})
