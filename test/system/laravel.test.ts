import { resolve } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { RunReport } from '../../src/outcome.ts'
import { type Folder, makeFolder } from '../support/folder.ts'
import { type ActionRun, runAction } from '../support/runner.ts'
import { type Fleet, startHosts } from './hosts/hosts.ts'
import { type Balancer, startBalancer } from './laravel/balancer.ts'
import { programsIn, restore, rowsIn } from './laravel/contents.ts'
import { must } from './laravel/must.ts'
import { runbookWith, writeRunbook } from './laravel/runbook.ts'
import { watchProcesses } from './laravel/watch.ts'
import {
  APP_PATH,
  artisan,
  BACKUPS,
  type Laravel,
  PASSWORD,
  startForgotten,
  startLaravel,
} from './laravel.ts'

// The runbook of examples/runbooks/fap-api.yml as it stands, on what it was written for.

const ROOT = resolve(import.meta.dirname, '../..')
const MIGRATION = '2026_11_20_100000_add_scoring_to_attempts'
/** Tables of the second backup of the runbook. */
const KEY_TABLES = ['attempts', 'results', 'events', 'orders', 'order_items']
/** The part of the password that no way of quoting it changes. */
const NEEDLE = 's3cr#t'

let fleet: Fleet<['web-1', 'web-2']>
let laravel: Laravel
let balancer: Balancer
let workspace: Folder

beforeAll(async () => {
  fleet = await startHosts(['web-1', 'web-2'])
  laravel = await startLaravel(fleet)
  balancer = await startBalancer(fleet.map(host => host.httpPort))
  workspace = await makeFolder('laravel-workspace')
  const runbook = await runbookWith({
    'https://fap.example.com': balancer.url,
    'deploy@web-1.example.com': `deploy@127.0.0.1:${fleet[0].sshPort}`,
    'deploy@web-2.example.com': `deploy@127.0.0.1:${fleet[1].sshPort}`,
  })
  await writeRunbook(workspace.path, runbook)
})
afterAll(async () => {
  await workspace?.[Symbol.asyncDispose]()
  await balancer?.[Symbol.asyncDispose]()
  await fleet?.[Symbol.asyncDispose]()
})
beforeEach(() => laravel.reset())

const run = (inputs: Record<string, string> = {}): Promise<ActionRun> =>
  runAction({
    action: ROOT,
    cwd: workspace.path,
    env: { DB_PASSWORD: PASSWORD },
    secrets: [fleet[0].privateKey, PASSWORD],
    inputs: {
      'ssh-private-key': fleet[0].privateKey,
      'known-hosts': fleet.map(host => host.knownHosts).join('\n'),
      reason: 'boot answers 500 since 14:02',
      ...inputs,
    },
  })

const recordOf = (went: ActionRun): RunReport => JSON.parse(went.outputFiles.record ?? '{}')

/** Everything that anybody can read of a run on GitHub. */
const told = (went: ActionRun): string =>
  [...went.log, went.summary, ...Object.values(went.outputs), ...Object.values(went.outputFiles)].join('\n')

const live = (): Promise<string[]> =>
  Promise.all(fleet.map(async host => (await must(host, `readlink ${APP_PATH}/current`)).trim()))

/** Status of the address that every client asks first, and the release that answers, from each host. */
const boots = (): Promise<unknown[]> =>
  Promise.all(
    fleet.map(async ({ httpPort }) => {
      const ask = (path: string) => fetch(`http://127.0.0.1:${httpPort}/api/${path}`)
      const health = (await (await ask('healthz')).json()) as { release: string }
      return [(await ask('v0.3/boot')).status, health.release]
    }),
  )
const BOTH_BAD = [
  [500, '42'],
  [500, '42'],
]
const BOTH_GOOD = [
  [200, '41'],
  [200, '41'],
]

/** Gives each worker something to do. @returns the releases that have worked it off. */
const workers = async (): Promise<string[]> => {
  await laravel.database.ask('delete from events', 'fap')
  for (let job = 1; job <= 6; job += 1)
    await fetch(`${balancer.url}/api/v0.3/attempts/${job}/score`, { method: 'POST' })
  const done = () => laravel.database.ask('select name from events', 'fap')
  await expect.poll(async () => (await done()).trim().split('\n').length, { timeout: 15_000 }).toBe(6)
  return [...new Set((await done()).trim().split('\n'))]
}

describe('a bad deploy of a Laravel API with a migration, on two hosts with one MariaDB', () => {
  test('is first refused: going back would leave a migration that release 41 does not know', async () => {
    expect(await boots()).toEqual(BOTH_BAD)
    const went = await run()
    expect(went.outputs.outcome, went.log.join('\n')).toBe('refused')
    for (const words of [MIGRATION, 'scored_at', 'certificates', 'run anyway'])
      expect(told(went)).toContain(words)
    expect(await live()).toEqual(['releases/42', 'releases/42'])
    expect(await boots()).toEqual(BOTH_BAD)
    expect(await workers()).toEqual(['scored by 42'])
    for (const host of fleet) expect(await must(host, `ls ${BACKUPS}`)).toBe('')
  })

  test('plan shows all of it and writes nothing; an nginx that gives PHP the link is named', async () => {
    const [, two] = fleet
    await must(two, 'install -m 0644 /etc/fap-api/nginx-site-by-link.conf /etc/nginx/sites-available/default')
    const went = await run({ operation: 'plan', confirm: 'run anyway' })
    expect(went.outputs.outcome, went.log.join('\n')).toBe('planned')
    const { checklist = [], warnings } = recordOf(went)
    expect([...new Set(checklist.map(({ what }) => what))]).toEqual(
      expect.arrayContaining(['target', 'releases', 'migrations', 'disk', 'locks', 'approvals', 'reason']),
    )
    const ofNginx = warnings.filter(words => words.includes('/etc/nginx/'))
    expect(ofNginx.join('\n')).toContain('fastcgi_param SCRIPT_FILENAME $realpath_root$fastcgi_script_name;')
    for (const words of ofNginx) expect(words).toMatch(/^web-2: /)
    expect(await live()).toEqual(['releases/42', 'releases/42'])
    for (const host of fleet)
      expect(await must(host, `find ${BACKUPS} /home/deploy/.rollbook -type f 2>/dev/null || :`)).toBe('')
  })

  test('goes back when that is confirmed, with a backup that restores; and undo brings it again', async () => {
    const [one, two] = fleet
    const before = await rowsIn(laravel.database, 'fap')
    const forgotten = await startForgotten(two)
    const watch = await watchProcesses(one)
    const went = await run({ confirm: 'run anyway' })
    const processes = await watch.stop()
    expect(went.outputs.outcome, went.log.join('\n')).toBe('rolled-back')
    expect(await live()).toEqual(['releases/41', 'releases/41'])
    expect(await boots()).toEqual(BOTH_GOOD)
    expect(await workers()).toEqual(['scored by 41'])
    expect(await artisan(one, 'migrate:status')).not.toContain(MIGRATION)
    const { checks, serving = [], warnings } = recordOf(went)
    expect(checks.map(({ detail }) => detail)).toContain('GET /api/healthz: 200 OK')
    expect(serving).toMatchObject([
      { host: 'web-1', live: `${APP_PATH}/releases/41`, old: [] },
      { host: 'web-2', live: `${APP_PATH}/releases/41`, old: [{ pid: forgotten, user: 'deploy' }] },
    ])
    expect(warnings.join('\n')).toContain(`web-2: pid ${forgotten} (php, deploy) still runs from`)

    const backups: { host: string; path: string; verified: boolean }[] = JSON.parse(
      went.outputs.backups ?? '',
    )
    expect(backups).toMatchObject([
      { host: 'web-1', kind: 'database', verified: true },
      { host: 'web-1', kind: 'database', verified: true },
    ])
    const [whole = '', tables = ''] = backups.map(({ path }) => path)
    expect(await must(one, `cd ${BACKUPS} && sha256sum -c ./*.sha256`, 'deploy')).toMatch(/^(.*: OK\n){2}$/)
    expect(await restore(one, laravel.database, whole, 'again')).toEqual(before)
    expect(await programsIn(laravel.database, 'again')).toEqual([
      'order_items_counted',
      'order_totals',
      'orders_of',
    ])
    expect(await restore(one, laravel.database, tables, 'again')).toEqual(
      before.filter(row => KEY_TABLES.includes(row.split('\t')[0] ?? '')),
    )

    expect(processes).toContain('--single-transaction')
    expect(processes).not.toContain(NEEDLE)
    expect(told(went)).not.toContain(NEEDLE)
    for (const host of fleet) {
      const places = `/home/deploy /tmp /run ${BACKUPS} /var/log`
      expect(await must(host, `grep -rlaF -D skip -e '${NEEDLE}' ${places} || :`)).toBe('')
      expect(await must(host, `journalctl --no-pager | grep -F '${NEEDLE}' || :`)).toBe('')
    }

    const back = await run({ operation: 'undo' })
    expect(back.outputs.outcome, back.log.join('\n')).toBe('undone')
    expect(await live()).toEqual(['releases/42', 'releases/42'])
    expect(await boots()).toEqual(BOTH_BAD)
    expect(await workers()).toEqual(['scored by 42'])
  })

  test('and is live again on both hosts when the release before does not pass either', async () => {
    const boot = `${APP_PATH}/releases/41/backend/app/Http/Boot.php`
    expect(await boots()).toEqual(BOTH_BAD)
    for (const host of fleet) await must(host, `sed -i "s/'ok' => true/'ok' => false/" ${boot}`, 'deploy')
    const went = await run({ confirm: 'run anyway' })
    expect(went.outputs.outcome, went.log.join('\n')).toBe('restored')
    expect(await live()).toEqual(['releases/42', 'releases/42'])
    expect(await boots()).toEqual(BOTH_BAD)
    expect(await workers()).toEqual(['scored by 42'])
    const { diagnosis } = recordOf(went)
    const linesOf = (title: string) =>
      diagnosis.filter(each => each.title.includes(title)).map(({ lines }) => lines.join('\n'))
    expect(linesOf('migrate:status')).toHaveLength(2)
    for (const lines of linesOf('migrate:status')) expect(lines).toContain('create_orders_tables')
    for (const lines of linesOf('queue:failed')) expect(lines).toContain('No failed jobs found')
    for (const lines of linesOf('laravel.log')) expect(lines).toContain("Unknown column 'score_at'")
    expect(told(went)).not.toContain(NEEDLE)
  })
})
