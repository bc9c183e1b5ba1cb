import { afterAll, beforeAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import type { ActionRun } from '../support/runner.ts'
import { buildImage, removeImages } from './compose/images.ts'
import { allowDeploy, ENGINE, newProject, ownLabels, type Project } from './compose/project.ts'
import { docker } from './hosts/docker.ts'
import { type Fleet, startHosts } from './hosts/hosts.ts'
import { runOn } from './hosts/run-on.ts'
import { must } from './laravel/must.ts'
import { PASSWORD, type Store, startStore } from './postgres/store.ts'

// What rollbacks of services, of a checkout and of a database leave on a host: shown, and tidied up.

const BACKUPS = '/var/backups/store'
const CHECKOUT = '/opt/shop-code'
const RUNS = '/home/deploy/.rollbook/shop/production/runs'
/** The part of the password that no way of quoting it changes. */
const NEEDLE = 's3cr'

let fleet: Fleet<['app']>
let project: Project
let store: Store

beforeAll(async () => {
  fleet = await startHosts(['app'], ENGINE)
  await allowDeploy(fleet[0])
  store = await startStore(fleet[0])
  await store.mend()
  project = await newProject(fleet[0])
  for (const version of ['1.0', '1.1']) await buildImage(project.backend, version)
  await project.write(
    'docker-compose.yml',
    `name: ${project.name}
services:
  backend:
    image: ${project.backend}:1.1
    init: true
    network_mode: none
${ownLabels()}
`,
  )
  await project.run('docker compose up -d --wait 2>&1')
  await must(fleet[0], `install -d -m 0700 -o deploy ${BACKUPS}; install -d -o deploy ${CHECKOUT}`)
  await git(`init -q -b main
    echo 1 >version; git add version; git commit -q -m First
    echo 2 >version; git commit -q -a -m Second; git tag by-hand`)
})
afterAll(async () => {
  await project?.[Symbol.asyncDispose]()
  await removeImages('rollbook-keep/backend')
  await fleet?.[Symbol.asyncDispose]()
})

const NAMED = ['AUTHOR', 'COMMITTER'].map(who => `GIT_${who}_NAME=Mei GIT_${who}_EMAIL=mei@example.com`)
const git = async (words: string): Promise<string> =>
  (await must(fleet[0], `cd ${CHECKOUT}; export ${NAMED.join(' ')}\ngit ${words}`, 'deploy')).trim()
const lines = async (printed: Promise<string>): Promise<string[]> =>
  (await printed).split('\n').filter(Boolean)
const databases = async () => (await store.databases()).sort()
const folders = () => lines(must(fleet[0], `ls ${RUNS}`))
const keptImages = async () =>
  (await lines(docker('image', 'ls', '--format', '{{.Repository}}:{{.Tag}}'))).filter(name =>
    name.startsWith('rollbook-keep/backend:'),
  )

const run = async (
  rollback: string,
  inputs: Record<string, string> = {},
  env: Record<string, string> = { DB_PASSWORD: PASSWORD },
): Promise<ActionRun> => {
  return await runOn(
    fleet[0],
    stringify({
      app: 'shop',
      environments: {
        production: { confirm: 'shop', hosts: { app: `deploy@127.0.0.1:${fleet[0].sshPort}` } },
      },
      databases: {
        main: {
          postgres: { name: 'store', user: 'store', password: { env: 'DB_PASSWORD' } },
          backups: { to: BACKUPS, keep: 1 },
        },
      },
      rollbacks: {
        image: { switch: [{ images: { compose: project.path, services: ['backend'] } }] },
        code: { switch: [{ git: { path: CHECKOUT } }] },
        config: {
          backup: [{ files: ['docker-compose.yml'], in: project.path }],
          switch: [{ run: 'true', undo: 'true' }],
        },
        database: {
          'data-loss': true,
          switch: [{ restore: { database: 'main', from: 'latest' } }],
        },
        keep: { backup: [{ database: 'main' }], switch: [{ run: 'true', undo: 'true' }] },
      },
    }),
    { rollback, confirm: 'shop', ...inputs },
    { env, secrets: [PASSWORD] },
  )
}
const told = (went: ActionRun): string =>
  [...went.log, went.summary, ...Object.values(went.outputs), ...Object.values(went.outputFiles)].join('\n')
/** @returns the id of the run. */
const goes = async (rollback: string, inputs: Record<string, string> = {}): Promise<string> => {
  const went = await run(rollback, inputs)
  const wanted = inputs.operation === 'undo' ? 'undone' : 'rolled-back'
  expect(went.outputs.outcome, told(went)).toBe(wanted)
  return went.outputs['run-id'] ?? ''
}
const beforeOf = (id: string): string => `store_before_${id.toLowerCase().replace('-', '_')}`

// So many rollbacks that the first are old: on a busy machine that takes a while.
const PATIENCE = { timeout: 900_000 }

test(
  'rollbacks of an image, a checkout and a database leave things: shown, and removed when they are old and nobody uses them',
  PATIENCE,
  async () => {
    await goes('keep', { target: '1' })
    const image = await goes('image', { target: '1.0' })
    const code = await goes('code')
    await goes('database')
    await goes('database', { operation: 'undo' })
    const [aside = ''] = (await databases()).filter(name => name.startsWith('store_rollbook_'))
    const restored = await goes('database')
    const before = beforeOf(restored)
    // Called so that a name alone could mislead.
    await store.ask('create database store_before_christmas')
    await git('tag rollbook/20260101T000000Z-abcdef')
    const all = [before, 'store_before_christmas', aside]
    expect(await databases()).toEqual(['store', ...all].sort())

    const status = await run('image', { operation: 'status' })
    expect(status.outputs.outcome, told(status)).toBe('reported')
    for (const words of [
      `images of backend in ${project.path}: 1.0 is live`,
      '1.1  bad: it was left by a rollback',
      `checkout ${CHECKOUT}: ${await git('rev-parse --short=7 HEAD')} is live`,
      'app: database store: store is live',
      'PostgreSQL 17',
      '1 kept image',
      '2 tags',
      '3 old databases',
    ])
      expect(told(status)).toContain(words)
    const shut = await run('image', { operation: 'status' }, {})
    expect(shut.outputs.outcome).toBe('reported')
    expect(told(shut)).toContain('the database main: its password was not given to this operation')
    const refused = await run('image', { operation: 'prune' }, {})
    expect(refused.outputs.outcome).toBe('refused')
    expect(told(refused)).toContain('RB-SECRET-NOT-SET')

    for (let each = 0; each < 4; each++) await goes('config', { target: '1' })
    const again = await goes('code', { target: 'main' })
    // A report that runs on the old data is not sent away.
    const reading = must(
      fleet[0],
      `psql -X -q -d ${before} -c 'select pg_sleep(600)' >/dev/null 2>&1 || :`,
      'postgres',
    )
    const readers = () => store.ask(`select count(*) from pg_stat_activity where datname = '${before}'`)
    await expect.poll(async () => (await readers()).trim()).toBe('1')

    const busy = await run('image', { operation: 'prune' })
    expect(busy.outputs.outcome, told(busy)).toBe('pruned')
    expect(told(busy)).toContain('somebody uses it')
    const log = busy.log.join('\n')
    for (const gone of [
      `image rollbook-keep/backend:${image}`,
      `tag ${CHECKOUT} rollbook/${code}`,
      `database main ${aside}`,
    ]) {
      expect(log).toContain(`goes: ${gone}`)
      expect(log.indexOf(`removed ${gone}`), log).toBeGreaterThan(log.indexOf(`goes: ${gone}`))
    }
    expect(await keptImages()).toEqual([])
    expect(await lines(git('tag --list'))).toEqual([
      'by-hand',
      'rollbook/20260101T000000Z-abcdef',
      `rollbook/${again}`,
    ])
    expect(await databases()).toEqual(['store', before, 'store_before_christmas'].sort())
    // The folder of its run is what proves whose it is.
    expect(await folders()).toContain(restored)
    expect(await folders()).not.toContain(image)

    await store.ask(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${before}'`)
    await reading
    const last = await run('image', { operation: 'prune' })
    expect(last.outputs.outcome, told(last)).toBe('pruned')
    expect(told(last)).toContain(`removed database main ${before}`)
    expect(await databases()).toEqual(['store', 'store_before_christmas'])
    expect((await store.ask('select count(*) from orders', 'store')).trim()).toBe('300')
    expect(await folders()).not.toContain(restored)
    for (const each of [status, shut, busy, last]) expect(told(each)).not.toContain(NEEDLE)

    // What was kept still leads back.
    await goes('code', { operation: 'undo' })
    expect(await git('log -1 --format=%s')).toBe('First')
  },
)
