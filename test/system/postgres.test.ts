import { resolve } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { quote } from '../../src/host/quote.ts'
import { makeFolder } from '../support/folder.ts'
import { type ActionRun, type Job, runAction } from '../support/runner.ts'
import { HASTY, writeRunbook } from '../support/workspace.ts'
import { APP_PATH, BAD_DEPLOY, layApplication } from './app.ts'
import { sampleProcesses } from './database/sample.ts'
import { type Fleet, startHosts } from './hosts/hosts.ts'
import { must } from './laravel/must.ts'
import { PASSWORD, type Store, startStore } from './postgres/store.ts'

// A real PostgreSQL: its backup, its restore beside the live one, the way back, and what can go wrong in between.

const ROOT = resolve(import.meta.dirname, '../..')
const BACKUPS = '/var/backups/store'
/** Clients of the application. */
const AS_STORE = `export PGHOST=127.0.0.1 PGUSER=store PGDATABASE=store PGPASSWORD=${quote(PASSWORD)}`
const STATE = '/home/deploy/.rollbook'
/** The part of the password that no way of quoting it changes. */
const NEEDLE = 's3cr'

let fleet: Fleet<['web']>
let host: Fleet<['web']>[0]
let store: Store

beforeAll(async () => {
  fleet = await startHosts(['web'])
  host = fleet[0]
  store = await startStore(host)
})
afterAll(() => fleet?.[Symbol.asyncDispose]())
beforeEach(async () => {
  await store.mend()
  await must(host, `rm -rf ${STATE} ${BACKUPS} && install -d -m 0700 -o deploy ${BACKUPS}`)
  await layApplication(host, { ...BAD_DEPLOY, broken: [] })
})

interface Ordered {
  readonly backups?: Record<string, unknown>
  readonly postgres?: Record<string, unknown>
  /** What the restore says beside its database. */
  readonly restore?: Record<string, unknown>
  /** More keys of the rollback `database`. */
  readonly rollback?: Record<string, unknown>
  readonly password?: string
  readonly inputs?: Record<string, string>
  readonly job?: Partial<Job>
}

/** `release` backs the database up and flips a link; `database` restores it. */
const run = async (rollback: 'release' | 'database', ordered: Ordered = {}): Promise<ActionRun> => {
  const { backups, postgres, password = PASSWORD, job } = ordered
  await using workspace = await makeFolder('postgres-workspace')
  const url = `http://127.0.0.1:${host.httpPort}`
  const verify = [{ http: `${url}/healthz`, ...HASTY }]
  await writeRunbook(
    workspace.path,
    { hosts: { web: `deploy@127.0.0.1:${host.sshPort}` }, path: APP_PATH, urls: [url] },
    {
      top: {
        databases: {
          main: {
            postgres: { name: 'store', user: 'store', password: { env: 'DB_PASSWORD' }, ...postgres },
            backups: { to: BACKUPS, ...backups },
          },
        },
      },
      rollback: { backup: [{ database: 'main' }], verify },
      rollbacks: {
        database: {
          'data-loss': true,
          switch: [{ restore: { database: 'main', from: 'latest', ...ordered.restore } }],
          verify,
          ...ordered.rollback,
        },
      },
    },
  )
  return await runAction({
    action: ROOT,
    cwd: workspace.path,
    env: { DB_PASSWORD: password },
    secrets: [host.privateKey, password],
    inputs: {
      'ssh-private-key': host.privateKey,
      'known-hosts': host.knownHosts,
      reason: 'orders were written twice since 14:02',
      rollback,
      ...(rollback === 'database' && { confirm: 'shop' }),
      ...ordered.inputs,
    },
    ...job,
  })
}

/** Everything that anybody can read of a run on GitHub. */
const told = (went: ActionRun): string =>
  [...went.log, went.summary, ...Object.values(went.outputs), ...Object.values(went.outputFiles)].join('\n')

const kept = async (folder = BACKUPS): Promise<string[]> =>
  (await must(host, `ls -A ${folder}`)).split('\n').filter(Boolean)
const rows = async (database = 'store'): Promise<string> =>
  (await store.ask('select count(*) from orders', database)).trim()

/** A backup of 300 orders; then 20 more are written, and one is lost. */
const backedUp = async (): Promise<void> => {
  const went = await run('release')
  expect(went.outputs.outcome, told(went)).toBe('rolled-back')
  await store.ask(
    "insert into orders (note) select 'twice' from generate_series(1, 20); delete from orders where id = 7",
    'store',
  )
}

describe('a backup of PostgreSQL', () => {
  test('is whole, restores to the same, and its password is seen by nobody', async () => {
    const sample = await sampleProcesses(host)
    const went = await run('release')
    const processes = await sample.stop()
    expect(went.outputs.outcome, told(went)).toBe('rolled-back')

    const [file = '', sum, ...others] = await kept()
    expect(file).toMatch(/^shop-production-main-.*\.dump$/)
    expect([sum, others]).toEqual([`${file}.sha256`, []])
    expect(await must(host, `cd ${BACKUPS} && sha256sum -c ${sum}`, 'deploy')).toBe(`${file}: OK\n`)
    await store.ask('create database again')
    await must(host, `cat ${BACKUPS}/${file} | su postgres -c 'pg_restore -e -d again'`)
    const without = (lines: string[]) => lines.filter(line => !/^(database|setting)/.test(line))
    expect(without(await store.everything('again'))).toEqual(without(await store.everything()))

    expect(processes).toContain('pg_dump')
    expect(processes).not.toContain(NEEDLE)
    expect(told(went)).not.toContain(NEEDLE)
    expect(
      await must(host, `grep -rlaF -D skip -e '${NEEDLE}' /home /tmp /run /var/log ${BACKUPS} || :`),
    ).toBe('')
  })

  test('is tried out in a database of its own, which goes again', async () => {
    const went = await run('release', {
      backups: { verify: 'restore' },
    })
    // pg_trgm is trusted: the owner of a database may have it.
    expect(went.outputs.outcome, told(went)).toBe('rolled-back')
    expect(JSON.parse(went.outputs.backups ?? '')).toMatchObject([{ verified: true }])
    expect(await store.databases()).toEqual(['store'])
  })

  test('that would lack a table is refused, and names it', async () => {
    await store.ask('create table salaries (id int)', 'store')
    const went = await run('release')
    expect(went.outputs.outcome, told(went)).toBe('refused')
    expect(told(went)).toContain('store may not read public salaries postgres, and the dump would stop there')
    expect(await kept()).toEqual([])
  })

  test('with a wrong password is refused, and nothing was switched', async () => {
    const went = await run('release', { password: 'wr0ng' })
    expect(went.outputs.outcome).toBe('refused')
    expect(told(went)).toContain('did not take the user or the password')
    expect(await kept()).toEqual([])
    expect((await must(host, `readlink ${APP_PATH}/current`)).trim()).toBe('releases/3')
  })
})

describe('a restore', () => {
  test('says what would be lost, restores beside the live one, keeps that, and comes back', async () => {
    await backedUp()
    const now = await store.everything()

    const planned = await run('database', { inputs: { operation: 'plan' } })
    expect(planned.outputs.outcome, told(planned)).toBe('planned')
    for (const words of ['DATA LOSS', 'public.orders 319 now, 300 in the backup (19 fewer after it)'])
      expect(told(planned)).toContain(words)
    expect(await store.databases()).toEqual(['store'])

    const went = await run('database')
    expect(went.outputs.outcome, told(went)).toBe('rolled-back')
    expect(told(went)).toContain('DATA LOSS')
    expect(told(went)).not.toContain(NEEDLE)
    const old = (await store.databases()).find(name => name.startsWith('store_before_')) ?? ''
    expect(await store.databases()).toEqual(['store', old])
    expect(went.summary).toContain(`DROP DATABASE ${old};`)
    expect([await rows(), await rows(old)]).toEqual(['300', '319'])
    expect(await store.everything(old)).toEqual(now)
    // Locale, owner, settings and rights of the database as a whole are in no archive.
    const whole = (lines: string[]) => lines.filter(line => !line.startsWith('orders|'))
    expect(whole(await store.everything())).toEqual(whole(now))
    await store.ask("insert into orders (note) values ('after')", 'store')

    const back = await run('database', { inputs: { operation: 'undo' } })
    expect(back.outputs.outcome, told(back)).toBe('undone')
    expect(await store.everything()).toEqual(now)
    const aside = (await store.databases()).find(name => name.startsWith('store_rollbook_')) ?? ''
    expect(await store.databases()).toEqual(['store', aside])
    expect(await rows(aside)).toBe('301')
  })

  test('asks for a phrase, though the runbook has none', async () => {
    await backedUp()
    const went = await run('database', { inputs: { confirm: '' } })
    expect(went.outputs.outcome).toBe('refused')
    expect(told(went)).toContain('because it can lose data')
    expect(await rows()).toBe('319')
  })
})

describe('a restore that can not be', () => {
  const expectUntouched = async (went: ActionRun, ...words: string[]): Promise<void> => {
    expect(went.outputs.outcome, told(went)).toBe('refused')
    for (const each of words) expect(told(went)).toContain(each)
    expect(told(went)).not.toContain(NEEDLE)
    expect(await rows()).toBe('319')
    expect(await store.databases()).toEqual(['store'])
  }
  const file = async () => `${BACKUPS}/${(await kept()).find(name => name.endsWith('.dump'))}`

  test('of a truncated archive: refused, whether its length or only its sum tells', async () => {
    await backedUp()
    const dump = await file()
    await must(host, `cp -p ${dump} /var/tmp/whole && truncate -s -2000 ${dump}`)
    await expectUntouched(await run('database'), 'it was changed since')
    await must(host, `head -c 2000 /dev/zero >>${dump}`)
    await expectUntouched(await run('database'), 'its sha256 is another one')
  })

  test('of a cut archive from elsewhere, of another database, or of no archive at all', async () => {
    await backedUp()
    await must(
      host,
      `head -c 9000 ${await file()} >/var/tmp/cut.dump
       su postgres -c 'createdb other && pg_dump -Fc other && dropdb other' >/var/tmp/other.dump
       echo 'create table a (b int);' >/var/tmp/plain.dump; chmod 644 /var/tmp/*.dump`,
    )
    const from = (path: string) => run('database', { restore: { from: path } })
    await expectUntouched(await from('/var/tmp/cut.dump'), '/var/tmp/cut.dump', 'cut or damaged')
    await expectUntouched(
      await from('/var/tmp/other.dump'),
      'a backup of the database other, and main is store',
    )
    await expectUntouched(await from('/var/tmp/plain.dump'), 'no archive of pg_dump -Fc')
    await expectUntouched(await from('/var/tmp/none.dump'), 'RB-BACKUP-MISSING')
  })

  test('with a wrong password, or without the rights', async () => {
    await backedUp()
    await expectUntouched(
      await run('database', { password: 'wr0ng' }),
      'did not take the user or the password',
    )
    await store.ask('alter role store nocreatedb')
    const went = await run('database')
    await store.ask('alter role store createdb')
    await expectUntouched(went, 'ALTER ROLE "store" CREATEDB')
    const admin = must(host, `psql -X -q -d store -c 'select pg_sleep(600)' 2>&1 || true`, 'postgres')
    const busy = await run('database')
    await store.ask(
      "select pg_terminate_backend(pid) from pg_stat_activity where query like '%sleep(600)%' and pid <> pg_backend_pid()",
    )
    await admin
    await expectUntouched(busy, '1 sessions in store belong to others')
  })

  test('for a disk that is full in the side database: it goes again, and nobody was sent away', async () => {
    await must(
      host,
      `mountpoint -q /srv/small || { mkdir -p /srv/small && mount -t tmpfs -o size=220m,uid=$(id -u postgres),mode=700 none /srv/small; }`,
    )
    await store.ask("create tablespace small location '/srv/small'")
    await store.ask('grant create on tablespace small to store')
    await store.ask('alter database store set tablespace small')
    await store.ask(
      "insert into orders (note) select repeat('x', 1000) || n from generate_series(1, 100000) n",
      'store',
    )
    const went = await run('release')
    expect(went.outputs.outcome, told(went)).toBe('rolled-back')
    await store.ask(
      'truncate orders; insert into orders (note) select n from generate_series(1, 319) n',
      'store',
    )
    await must(host, `head -c 95m /dev/zero >/srv/small/ballast`)

    const restored = await run('database')
    expect(restored.outputs.outcome, told(restored)).toBe('restored')
    expect(told(restored)).toContain('the disk of the server is full')
    expect(await store.databases()).toEqual(['store'])
    expect(await rows()).toBe('319')
    await must(host, 'rm /srv/small/ballast')
    await store.ask('drop database store with (force)')
    await store.ask('drop tablespace small')
  })
})

describe('what people and programs have made of a server', () => {
  test('a name of 63 bytes that needs quotes, and large objects: there, and back', async () => {
    const name = `Shöp "live" of 'EU'; -- ${'x'.repeat(38)}`
    expect(Buffer.byteLength(name)).toBe(63)
    const quoted = `"${name.replaceAll('"', '""')}"`
    const ask = (sql: string, database = name) =>
      must(host, `psql -X -q -A -t -v ON_ERROR_STOP=1 -d ${quote(database)} -c ${quote(sql)}`, 'postgres')
    await ask(`create database ${quoted} owner store`, 'postgres')
    await ask("set role store; create table orders (id int); select lo_from_bytea(4711, 'a picture')")
    const postgres = { name }
    const kept = await run('release', { postgres })
    expect(kept.outputs.outcome, told(kept)).toBe('rolled-back')
    await ask("insert into orders values (1); select lo_put(4711, 0, 'lost')")
    const picture = async () => (await ask("select encode(lo_get(4711), 'escape')")).trim()

    const went = await run('database', { postgres })
    expect(went.outputs.outcome, told(went)).toBe('rolled-back')
    expect([await picture(), (await ask('select count(*) from orders')).trim()]).toEqual(['a picture', '0'])
    const back = await run('database', { postgres, inputs: { operation: 'undo' } })
    expect(back.outputs.outcome, told(back)).toBe('undone')
    expect([await picture(), (await ask('select count(*) from orders')).trim()]).toEqual(['lostcture', '1'])
  })

  test('a role that may make functions gets none of them run with our rights', async () => {
    await store.ask(
      'grant create on schema public to reader; grant usage on schema public to reader',
      'store',
    )
    await store.ask(
      `set role reader;
       create function public.format(text, name, name) returns text language plpgsql as $$ begin
         insert into public.orders (note) select 'taken over' where current_user = 'store';
         return pg_catalog.format($1, $2, $3); end $$`,
      'store',
    )
    const went = await run('release')
    expect(went.outputs.outcome, told(went)).toBe('rolled-back')
    const planned = await run('database', { inputs: { operation: 'plan' } })
    expect(planned.outputs.outcome, told(planned)).toBe('planned')
    expect(await rows()).toBe('300')
  })

  test('settings of other roles do not stop a restore: they are named, and stay with the database that was live', async () => {
    await backedUp()
    await store.ask("alter role reader in database store set work_mem = '9MB'")
    const went = await run('database')
    expect(went.outputs.outcome, told(went)).toBe('rolled-back')
    expect(went.summary).toMatch(/Settings of other roles .*those of reader/)
    expect(await rows()).toBe('300')
  })

  test('a role that the backup names and the server has no more: the side database goes again, nothing else happened', async () => {
    await store.ask('create role ghost; grant ghost to store')
    await store.ask('create table left_behind (id int); alter table left_behind owner to ghost', 'store')
    await store.ask('grant select on left_behind to store', 'store')
    await backedUp()
    await store.ask('drop table left_behind; drop owned by ghost', 'store')
    await store.ask('drop role ghost')
    const went = await run('database')
    expect(went.outputs.outcome, told(went)).toBe('restored')
    expect(told(went)).toContain('a role that it names is not on this server')
    expect(await store.databases()).toEqual(['store'])
    expect(await rows()).toBe('319')
  })

  test('a replication slot or a prepared transaction: refused, and both are still there', async () => {
    await backedUp()
    await store.ask('alter system set wal_level = logical')
    await store.ask('alter system set max_prepared_transactions = 5')
    await must(host, 'systemctl restart postgresql@17-main && until pg_isready -q; do sleep 0.1; done')
    await store.ask("select pg_create_logical_replication_slot('feed', 'test_decoding')", 'store')
    await store.ask("begin; insert into orders (note) values ('later'); prepare transaction 'half'", 'store')
    try {
      const went = await run('database')
      expect(went.outputs.outcome, told(went)).toBe('refused')
      expect(told(went)).toContain('has prepared transactions or replication slots')
      expect((await store.ask('select count(*) from pg_replication_slots')).trim()).toBe('1')
      expect((await store.ask('select count(*) from pg_prepared_xacts')).trim()).toBe('1')
      expect(await store.databases()).toEqual(['store'])
    } finally {
      await store.ask("rollback prepared 'half'", 'store')
      await store.ask("select pg_drop_replication_slot('feed')", 'store')
      await store.ask('alter system reset all')
      await must(host, 'systemctl restart postgresql@17-main && until pg_isready -q; do sleep 0.1; done')
    }
  })

  test('the server cleans up in the live database itself: it is no session of anybody, and the restore goes on', async () => {
    await backedUp()
    await store.ask(
      "insert into orders (note) select repeat('x', 500) from generate_series(1, 60000); delete from orders where id > 400",
      'store',
    )
    for (const setting of [
      "autovacuum_naptime = '1s'",
      "autovacuum_vacuum_cost_delay = '100ms'",
      'autovacuum_vacuum_cost_limit = 1',
    ])
      await store.ask(`alter system set ${setting}`)
    await store.ask('select pg_reload_conf()')
    try {
      await must(
        host,
        `i=0; until psql -X -At -c "select 1 from pg_stat_activity where backend_type = 'autovacuum worker' and datname = 'store'" | grep -q 1; do i=$((i + 1)); [ $i -lt 600 ] || exit 1; sleep 0.1; done`,
        'postgres',
      )
      const went = await run('database')
      expect(went.outputs.outcome, told(went)).toBe('rolled-back')
      expect(await rows()).toBe('300')
    } finally {
      await store.ask('alter system reset all')
      await store.ask('select pg_reload_conf()')
    }
  })
})

describe('a restore in the middle of things', () => {
  test('while clients keep connecting: both names change at once, and every answer is whole', async () => {
    await backedUp()
    // Until one of them is answered by the restored database.
    const working = must(
      host,
      `${AS_STORE}; i=0; said=''; until [ "$said" = 300 ]; do
         i=$((i + 1)); [ $i -lt 5000 ] || exit 1
         said=$(psql -X -q -A -t -c 'select count(*) from orders' 2>&1 | tail -n 1); echo "$said"; sleep 0.02
       done | sort | uniq -c`,
    )
    const pinned = must(host, `${AS_STORE}; psql -X -q -c 'select pg_sleep(600)' 2>&1 || true`)
    const went = await run('database')
    expect(went.outputs.outcome, told(went)).toBe('rolled-back')
    const seen = (await working).split('\n').map(line => line.trim().replace(/^\d+ /, ''))
    expect(seen).toContain('319')
    expect(seen).toContain('300')
    expect(seen.filter(line => /^\d+$/.test(line)).sort()).toEqual(['300', '319'])
    expect(await pinned).toContain('terminating connection')
    expect(await rows()).toBe('300')
  })

  test('when its program and its pg_restore are killed: the next run drops the half, and nothing was lost', async () => {
    await backedUp()
    // A restore waits for this lock until it is killed.
    await must(
      host,
      `cat >/usr/local/bin/pg_restore <<'END'
#!/bin/sh
case " $* " in *' -d '*) : >/var/tmp/restoring; sleep 30 ;; esac
exec /usr/bin/pg_restore "$@"
END
chmod 755 /usr/local/bin/pg_restore; rm -f /var/tmp/restoring`,
    )
    const going = run('database')
    await must(
      host,
      `i=0; until [ -e /var/tmp/restoring ]; do i=$((i + 1)); [ $i -lt 1500 ] || exit 1; sleep 0.02; done
       psql=$(su postgres -c "psql -X -At -c \\"select count(*) from pg_database where datname like 'store_rollbook%'\\""); [ "$psql" = 1 ]
       for each in $(pgrep -u deploy -f 'rollbook|pg_restore'); do kill -9 $each 2>/dev/null || :; done; rm /usr/local/bin/pg_restore`,
    )
    const went = await going
    expect(went.outputs.outcome, told(went)).not.toBe('rolled-back')
    expect(await rows()).toBe('319')
    const next = await run('database')
    expect(next.outputs.outcome, told(next)).toBe('rolled-back')
    const names = await store.databases()
    expect(names.filter(name => name.includes('_rollbook_'))).toEqual([])
    expect(await rows()).toBe('300')
  })

  test('when it is killed with the database closed: the next run lets people in again', async () => {
    await backedUp()
    await must(
      host,
      `cat >/usr/local/bin/psql <<'END'
#!/bin/sh
case " $* " in *' aside='*) : >/var/tmp/swapping; sleep 30 ;; esac
exec /usr/bin/psql "$@"
END
chmod 755 /usr/local/bin/psql; rm -f /var/tmp/swapping`,
    )
    const going = run('database')
    await must(
      host,
      `i=0; until [ -e /var/tmp/swapping ]; do i=$((i + 1)); [ $i -lt 1500 ] || exit 1; sleep 0.02; done
       for each in $(pgrep -u deploy -f 'rollbook|/psql'); do kill -9 $each 2>/dev/null || :; done; rm /usr/local/bin/psql`,
    )
    expect((await store.ask("select datallowconn from pg_database where datname = 'store'")).trim()).toBe('f')
    const went = await going
    expect(went.outputs.outcome, told(went)).not.toBe('rolled-back')
    const again = await run('database')
    expect(again.outputs.outcome, told(again)).toBe('rolled-back')
    expect(await rows()).toBe('300')
    expect((await store.databases()).filter(name => name.includes('_rollbook_'))).toEqual([])
  })
})
