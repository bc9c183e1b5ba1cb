import { afterAll, beforeAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import type { ActionRun } from '../support/runner.ts'
import { allowDeploy, ENGINE, newProject, ownLabels, type Project } from './compose/project.ts'
import { IMAGE } from './hosts/host.ts'
import { type Fleet, startHosts } from './hosts/hosts.ts'
import { runOn } from './hosts/run-on.ts'
import { must } from './laravel/must.ts'

// PostgreSQL in a Compose service: nothing of it is on the host, and its tools run inside the service.

const BACKUPS = '/var/backups/ssalgten'
const PASSWORD = `s3cr:t 'back\\slash' "$HOME"`

let fleet: Fleet<['app']>
let project: Project

// The server lets its own socket in as official images do, and asks everybody else for a password.
const SERVER = [
  'rm -f /etc/postgresql/17/main/pg_hba.conf',
  'printf "local all guarded scram-sha-256\\nlocal all all trust\\nhost all all all scram-sha-256\\n" >/etc/postgresql/17/main/pg_hba.conf',
  'chown postgres: /etc/postgresql/17/main/pg_hba.conf',
  'install -d -o postgres /run/postgresql',
  'exec su postgres -c "exec /usr/lib/postgresql/17/bin/postgres -c config_file=/etc/postgresql/17/main/postgresql.conf"',
].join('; ')

beforeAll(async () => {
  fleet = await startHosts(['app'], ENGINE)
  await allowDeploy(fleet[0])
  project = await newProject(fleet[0])
  await project.write(
    'docker-compose.yml',
    `name: ${project.name}
services:
  postgres:
    image: ${IMAGE}
    init: true
    command: ${JSON.stringify(['sh', '-c', SERVER])}
    healthcheck: { test: ["CMD", "pg_isready", "-q"], interval: 1s, retries: 60 }
    network_mode: none
${ownLabels()}
`,
  )
  await project.run('docker compose up -d --wait 2>&1')
  await ask(
    "create role ssalgten login superuser; create role guarded login createdb password '" +
      PASSWORD.replaceAll("'", "''") +
      "'",
    'postgres',
  )
  await ask('create database ssalgten owner ssalgten', 'postgres')
  await ask('create table readings as select n as id, n * 2 as value from generate_series(1, 500) n')
  await must(fleet[0], `install -d -m 0700 -o deploy ${BACKUPS}`)
})
afterAll(async () => {
  await project?.[Symbol.asyncDispose]()
  await fleet?.[Symbol.asyncDispose]()
})

const ask = async (sql: string, database = 'ssalgten'): Promise<string> => {
  await project.write('ask.sql', sql)
  return (
    await project.run(
      `docker compose exec -T postgres psql -X -q -A -t -v ON_ERROR_STOP=1 -U postgres -d ${database} -f - <ask.sql`,
    )
  ).trim()
}

const run = async (
  rollback: 'keep' | 'database',
  operation = 'rollback',
  postgres: Record<string, unknown> = { user: 'ssalgten' },
): Promise<ActionRun> => {
  return await runOn(
    fleet[0],
    stringify({
      app: 'ssalgten',
      environments: { production: { hosts: { app: `deploy@127.0.0.1:${fleet[0].sshPort}` } } },
      databases: {
        main: {
          postgres: { name: 'ssalgten', ...postgres },
          through: { compose: project.path, service: 'postgres' },
          backups: { to: BACKUPS, verify: 'restore' },
        },
      },
      rollbacks: {
        keep: { backup: [{ database: 'main' }], switch: [{ run: 'true', undo: 'true' }] },
        database: { 'data-loss': true, switch: [{ restore: { database: 'main', from: 'latest' } }] },
      },
    }),
    {
      reason: 'readings were deleted',
      operation,
      rollback,
      ...(rollback === 'keep' && { target: '1' }),
      ...(rollback === 'database' && { confirm: 'ssalgten' }),
    },
    { env: { DB_PASSWORD: PASSWORD }, secrets: [PASSWORD] },
  )
}

const told = (went: ActionRun): string =>
  [...went.log, went.summary, ...Object.values(went.outputs), ...Object.values(went.outputFiles)].join('\n')
const databases = () =>
  ask("select string_agg(datname, ' ' order by datname) from pg_database where datname like 'ssalgten%'")

test('backup, restore and the way back, with nothing of PostgreSQL on the host', async () => {
  await must(fleet[0], 'for each in psql pg_dump pg_restore; do mv /usr/bin/$each /usr/bin/$each.away; done')
  const kept = await run('keep')
  expect(kept.outputs.outcome, told(kept)).toBe('rolled-back')
  expect(JSON.parse(kept.outputs.backups ?? '')).toMatchObject([{ verified: true }])
  await ask('delete from readings where id > 100')

  const planned = await run('database', 'plan')
  expect(told(planned)).toContain('public.readings 100 now, 500 in the backup (400 more after it)')

  const went = await run('database')
  expect(went.outputs.outcome, told(went)).toBe('rolled-back')
  expect(await ask('select count(*) from readings')).toBe('500')
  expect(await databases()).toMatch(/^ssalgten ssalgten_before_\d{8}t\d{6}z_[0-9a-f]{6}$/)

  const back = await run('database', 'undo')
  expect(back.outputs.outcome, told(back)).toBe('undone')
  expect(await ask('select count(*) from readings')).toBe('100')
  expect(await databases()).toMatch(/^ssalgten ssalgten_rollbook_\d+$/)
})

test('with a password: it goes in by a file that is gone behind it', async () => {
  await ask('alter database ssalgten owner to guarded; grant pg_read_all_data to guarded', 'postgres')
  const went = await run('keep', 'rollback', { user: 'guarded', password: { env: 'DB_PASSWORD' } })
  expect(went.outputs.outcome, told(went)).toBe('rolled-back')
  expect(told(went)).not.toContain('s3cr')
  expect(
    await project.run("docker compose exec -T postgres sh -c 'ls -A /dev/shm /tmp' | grep '^tmp[.]' || :"),
  ).toBe('')
})

test('a setting that a role has written for itself is copied as words, and never run', async () => {
  await ask('create role sly login', 'postgres')
  await ask(
    `set session authorization sly; select set_config('search_path', 'a;alter/**/role/**/sly/**/superuser', false); alter role sly in database ssalgten set search_path from current`,
  )
  const went = await run('database')
  expect(went.outputs.outcome, told(went)).toBe('rolled-back')
  expect(await ask("select rolsuper from pg_roles where rolname = 'sly'")).toBe('f')
  expect(
    await ask(
      "select setconfig from pg_db_role_setting s join pg_database d on d.oid = setdatabase where datname = 'ssalgten' and setrole = 'sly'::regrole",
    ),
  ).toContain('alter/**/role')
})
