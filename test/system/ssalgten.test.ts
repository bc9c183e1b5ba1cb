import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunReport } from '../../src/outcome.ts'
import { makeFolder } from '../support/folder.ts'
import { type ActionRun, runAction } from '../support/runner.ts'
import { runbookWith, writeRunbook } from './laravel/runbook.ts'
import type { Facts } from './ssalgten/facts.ts'
import { BACKUPS, PATH, type Production, startProduction } from './ssalgten/production.ts'
import { FILES } from './ssalgten/settings.ts'
import { migrateStatus } from './ssalgten/store.ts'
import { listenToTurns } from './ssalgten/turns.ts'

// The runbook of examples/runbooks/ssalgten.yml as it stands, on what it was written for: services of Compose, PostgreSQL in
// one of them, migrations of Prisma, settings in `.env` files.

const ROOT = resolve(import.meta.dirname, '../..')
const MIGRATION = '20261120100000_add_station'
const ADDRESS = 'deploy@ssalgten.example.com'
/** Milliseconds: images are built, and ten looks may have to fail. */
const LONGEST = 280_000

let production: Production

beforeAll(async () => {
  production = await startProduction()
})
afterAll(() => production?.[Symbol.asyncDispose]())

const address = () => `deploy@127.0.0.1:${production.host.sshPort}`

type Rollback = 'image' | 'code' | 'config' | 'database' | 'emergency'

async function run(
  rollback: Rollback,
  inputs: Record<string, string> = {},
  changes: Readonly<Record<string, string>> = {},
): Promise<ActionRun> {
  await using workspace = await makeFolder('ssalgten-workspace')
  await writeRunbook(workspace.path, await runbookWith({ [ADDRESS]: address(), ...changes }, 'ssalgten'))
  return await runAction({
    action: ROOT,
    cwd: workspace.path,
    secrets: [production.host.privateKey],
    killAfter: LONGEST,
    inputs: {
      'ssh-private-key': production.host.privateKey,
      'known-hosts': production.host.knownHosts,
      reason: 'health answers 500 since 14:02',
      confirm: 'ssalgten',
      rollback,
      ...inputs,
    },
  })
}

const outcome = (went: ActionRun): string => went.outputs.outcome ?? ''
const recordOf = (went: ActionRun): RunReport => JSON.parse(went.outputFiles.record ?? '{}')
/** Everything that anybody can read of a run on GitHub. */
const told = (went: ActionRun): string =>
  [...went.log, went.summary, ...Object.values(went.outputs), ...Object.values(went.outputFiles)].join('\n')
const undo = (rollback: Rollback) => run(rollback, { operation: 'undo' })
/** The tag that a run left on the commit that was live. */
const tagOf = async (went: ActionRun): Promise<string> =>
  (await production.run(`git rev-parse --verify rollbook/${went.outputs['run-id']}^{commit}`)).trim()
const states = ({ containers }: Facts): readonly string[] =>
  containers.map(row => row.split(' ').slice(0, 2).join(' '))
const imageOf = ({ containers }: Facts, service: string): string | undefined =>
  containers.find(row => row.startsWith(`${service} `))?.split(' ')[2]
const RUNNING = ['agent running', 'backend running', 'frontend running', 'postgres running']

describe('the five rollbacks of the document, there and back', { timeout: 900_000 }, () => {
  test('the runbook is the one of the examples: nothing but the address of its host differs', async () => {
    const asItStands = await readFile(join(ROOT, 'examples/runbooks/ssalgten.yml'), 'utf8')
    const used = await runbookWith({ [ADDRESS]: address() }, 'ssalgten')
    expect(used.replaceAll(address(), ADDRESS)).toBe(asItStands)
    expect([asItStands.includes(PATH), asItStands.includes(BACKUPS)]).toEqual([true, true])
  })

  test('image: both services go to the tag that was asked for, by one place in .env', async () => {
    await production.reset({ mode: 'new' })
    const before = await production.facts()
    expect(before.answers).toMatchObject({ status: 500, version: '1.1' })
    const went = await run('image', { target: '1.0' })
    expect(outcome(went), told(went)).toBe('rolled-back')
    const after = await production.facts()
    expect(after.answers).toMatchObject({ status: 200, version: '1.0', mode: 'new' })
    expect(after.settings).toBe(before.settings.replace('TAG=1.1', 'TAG=1.0'))
    expect(states(after)).toEqual(RUNNING)
    for (const service of ['backend', 'frontend'])
      expect(imageOf(after, service)).not.toBe(imageOf(before, service))
    for (const service of ['agent', 'postgres'])
      expect(imageOf(after, service)).toBe(imageOf(before, service))
    expect([after.commit, after.rows]).toEqual([before.commit, before.rows])

    const back = await undo('image')
    expect(outcome(back), told(back)).toBe('undone')
    expect(await production.facts()).toEqual(before)
  })

  test('code: the commit before is built and serves; Prisma names the migration that it does not know', async () => {
    await production.reset({ mode: 'new' })
    const before = await production.facts()
    expect(await migrateStatus(production.run)).toContain('Database schema is up to date!')

    const refused = await run('code', {}, { 'unknown-to-target: warn': 'unknown-to-target: refuse' })
    expect(outcome(refused), told(refused)).toBe('refused')
    expect(told(refused)).toContain('RB-MIGRATIONS-UNKNOWN')
    expect(told(refused)).toContain(MIGRATION)
    expect(await production.facts()).toEqual(before)

    const went = await run('code')
    expect(outcome(went), told(went)).toBe('rolled-back')
    const { warnings, checklist = [] } = recordOf(went)
    expect(warnings.join('\n')).toMatch(new RegExp(`${MIGRATION}.*adds column .?readings.station`, 's'))
    expect(warnings.join('\n')).toContain('applied')
    expect(checklist.find(({ what }) => what === 'migrations')).toBeDefined()
    const after = await production.facts()
    expect(after.commit).toBe(`${production.good}\ndetached`)
    expect(await tagOf(went)).toBe(production.bad)
    expect(after.answers).toMatchObject({ status: 200, version: '1.0' })
    expect(states(after)).toEqual(RUNNING)
    expect(imageOf(after, 'backend')).not.toBe(imageOf(before, 'backend'))
    expect([after.settings, after.rows]).toEqual([before.settings, before.rows])
    // Its table says so, and the folder of what runs now lacks it: Prisma alone would not tell.
    expect(await production.ask('select migration_name from _prisma_migrations order by 1')).toContain(
      MIGRATION,
    )

    const back = await undo('code')
    expect(outcome(back), told(back)).toBe('undone')
    expect(await production.facts()).toEqual(before)
  })

  test('config: the four files get the bytes of their copies, and every service notices', async () => {
    await production.reset({ mode: 'new' })
    const before = await production.facts()
    const copies = await production.run(
      'cat .env.backup backend/.env.backup frontend/.env.backup agent/.env.backup',
    )
    const turns = await listenToTurns(production.name)
    const went = await run('config')
    expect(outcome(went), told(went)).toBe('rolled-back')
    const after = await production.facts()
    expect(after.answers).toMatchObject({ status: 200, version: '1.1', mode: 'legacy', level: 'info' })
    expect(after.settings.endsWith(copies)).toBe(true)
    // Owner and mode stay.
    expect(after.settings.match(/\S+ deploy:deploy 640/g)).toHaveLength(4)
    expect(await turns.stop()).toEqual(
      ['agent', 'backend', 'frontend'].flatMap(each => [`${each} die 1`, `${each} start 1`]),
    )
    expect(JSON.parse(went.outputs.backups ?? '')).toMatchObject([{ kind: 'files', verified: true }])

    const back = await undo('config')
    expect(outcome(back), told(back)).toBe('undone')
    expect(await production.facts()).toEqual(before)
  })

  test('database: the backup of the night takes the place of what is there, which is kept beside it', async () => {
    await production.reset({ mode: 'legacy' })
    await backupOfTheNight()
    await production.ask('delete from readings where id > 100')
    const before = await production.facts()
    const went = await run('database')
    expect(outcome(went), told(went)).toBe('rolled-back')
    const after = await production.facts()
    expect(after).toMatchObject({ rows: '1000', answers: { status: 200, readings: 1000 } })
    expect(states(after)).toEqual(RUNNING)
    expect([after.commit, after.settings]).toEqual([before.commit, before.settings])
    const [kept = ''] = /ssalgten_before_\w+/.exec(told(went)) ?? []
    expect(await production.ask('select count(*) from readings', kept)).toBe('100')
    expect(JSON.parse(went.outputs.backups ?? '')).toMatchObject([{ kind: 'database', verified: true }])

    const back = await undo('database')
    expect(outcome(back), told(back)).toBe('undone')
    expect(await production.facts()).toEqual(before)
  })
})

/** As a nightly job of the document leaves it: nothing of Rollbook's. */
const backupOfTheNight = (): Promise<string> =>
  production.run(
    `docker compose exec -T postgres pg_dump -Fc -U ssalgten ssalgten >${BACKUPS}/night-2026-11-20.dump`,
  )

describe('emergency: everything, in one go', { timeout: 900_000 }, () => {
  test('step by step as the document has it, and one undo for all of it', async () => {
    await production.reset({ mode: 'new' })
    await backupOfTheNight()
    await production.ask('delete from readings where id > 100')
    const before = await production.facts()
    expect(before.answers.status).toBe(500)

    const unconfirmed = await run('emergency', { confirm: '' })
    expect(outcome(unconfirmed), told(unconfirmed)).toBe('refused')
    expect(await production.facts()).toEqual(before)

    const turns = await listenToTurns(production.name)
    const went = await run('emergency')
    expect(outcome(went), told(went)).toBe('rolled-back')
    // Each service was stopped once and started once, whatever config, database and code say of it.
    expect(await turns.stop()).toEqual(
      ['agent', 'backend', 'frontend'].flatMap(each => [`${each} die 1`, `${each} start 1`]),
    )
    const record = recordOf(went)
    expect(stepsIn(record)).toEqual([
      'backup: back up 4 files',
      'backup: back up main (ssalgten)',
      'stop: stop backend, frontend, agent in /opt/ssalgten',
      'switch: restore 4 files',
      'switch: restore the database ssalgten from a backup',
      'switch: move the checkout /opt/ssalgten',
      'start: build and restart backend, frontend, agent in /opt/ssalgten',
    ])
    expect(record.warnings.join('\n')).toContain(MIGRATION)

    // The steps of the document: code has a tag, the database and the files have backups that were read to their end.
    expect(await tagOf(went)).toBe(production.bad)
    const backups: { kind: string; path: string; verified: boolean }[] = JSON.parse(
      went.outputs.backups ?? '',
    )
    expect(backups.map(({ kind, verified }) => [kind, verified]).sort()).toEqual([
      ['database', true],
      ['files', true],
    ])
    const archive = backups.find(({ kind }) => kind === 'files')?.path ?? ''
    for (const file of FILES)
      expect(before.settings).toContain(await production.run(`tar -xzOf ${archive} ${file}`))

    const after = await production.facts()
    expect(after).toMatchObject({
      commit: `${production.good}\ndetached`,
      rows: '1000',
      answers: { status: 200, version: '1.0', mode: 'legacy', readings: 1000 },
    })
    expect(states(after)).toEqual(RUNNING)

    // The tests of 1.0 ask for a page that is not there any more: that is told, and decides nothing.
    const tests = [...record.checks, ...record.steps].filter(({ title }) => title.includes('production-test'))
    expect(tests.map(({ status }) => status)).toContain('warned')

    const followUp = (record.followUp ?? []).map(({ text }) => text).join('\n')
    for (const words of [`rollbook/${record.run}`, 'ssalgten_before_', '/kept`', 'cause'])
      expect(followUp).toContain(words)
    const report = went.outputFiles.report ?? ''
    for (const words of ['health answers 500 since 14:02', production.good.slice(0, 7), 'ssalgten_before_'])
      expect(report).toContain(words)
    expect(went.summary).toContain('operation: undo')

    const back = await undo('emergency')
    expect(outcome(back), told(back)).toBe('undone')
    expect(await production.facts()).toEqual(before)
  })

  test('the plan has the ten looks, ten seconds apart, and what decides nothing', async () => {
    const plan = await run('emergency', { operation: 'plan' })
    expect(outcome(plan), told(plan)).toBe('planned')
    const verify = (recordOf(plan).planned ?? []).filter(({ phase }) => phase === 'verify')
    expect(verify).toMatchObject([
      { title: 'GET http://localhost/api/health', data: { attempts: '10', every: '10' } },
      { title: './scripts/production-test.sh --url http://localhost' },
    ])
  })

  test('when health does not come: the logs, everything as it was, and what would bring it back by hand', async () => {
    await production.reset({ mode: 'legacy', copies: 'that do not reach the database' })
    await backupOfTheNight()
    await production.ask('delete from readings where id > 100')
    const before = await production.facts()
    expect(before.answers).toMatchObject({ status: 200, readings: 100 })
    // As many looks as the document has, nearer to each other.
    const went = await run('emergency', {}, { 'every: 10s': 'every: 1s' })
    expect(outcome(went), told(went)).toBe('restored')
    const { diagnosis, checks, steps } = recordOf(went)
    const logs = diagnosis.find(({ title }) => title.includes('docker compose logs'))
    expect(logs?.lines.join('\n')).toMatch(/backend.*health: /)
    expect(JSON.stringify([checks, steps])).toContain('10')
    expect(await production.facts()).toEqual(before)
    expect(await tagOf(went)).toBe(production.bad)
    const { followUp = [], backups } = recordOf(went)
    expect(backups).toHaveLength(2)
    expect(followUp.length).toBeGreaterThan(0)
  })
})

/** What was done on the host until the checks, once each, in the words of a person. */
const stepsIn = ({ steps }: RunReport): readonly string[] => [
  ...new Set(
    steps
      .filter(({ phase }) => ['backup', 'stop', 'switch', 'start'].includes(phase))
      .map(({ phase, title }) => `${phase}: ${title}`),
  ),
]
