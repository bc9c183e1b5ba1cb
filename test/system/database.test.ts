import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { makeFolder } from '../support/folder.ts'
import { type ActionRun, type Job, runAction } from '../support/runner.ts'
import { HASTY, writeRunbook } from '../support/workspace.ts'
import { APP_PATH, BAD_DEPLOY, layApplication } from './app.ts'
import { sampleProcesses } from './database/sample.ts'
import { type Shop, startShop } from './database/shop.ts'
import { type Fleet, startHosts } from './hosts/hosts.ts'
import { PASSWORD } from './laravel/database.ts'
import { must } from './laravel/must.ts'

// A backup of a real MariaDB by the action, and everything that can keep it from being one.

const ROOT = resolve(import.meta.dirname, '../..')
const BACKUPS = '/var/backups/shop'
const STATE = '/home/deploy/.rollbook'
/** The part of the password that no way of quoting it changes. */
const NEEDLE = 's3cr#t'

let fleet: Fleet<['web']>
let host: Fleet<['web']>[0]
let shop: Shop

beforeAll(async () => {
  fleet = await startHosts(['web'])
  host = fleet[0]
  shop = await startShop(host)
})
afterAll(() => fleet?.[Symbol.asyncDispose]())
beforeEach(async () => {
  await shop.mend()
  await must(host, `rm -rf ${STATE} ${BACKUPS} && install -d -m 0700 -o deploy ${BACKUPS}`)
  await layApplication(host, { ...BAD_DEPLOY, broken: [] })
})

interface Ordered {
  /** What stands beside `database: main` in the runbook. */
  readonly item?: Record<string, unknown>
  /** More keys of the database, or others. */
  readonly mysql?: Record<string, unknown>
  readonly backups?: Record<string, unknown>
  readonly password?: string
  readonly job?: Partial<Job>
}

/** A rollback whose only backup is that of the database. */
const run = async ({ item, mysql, backups, password = PASSWORD, job }: Ordered = {}): Promise<ActionRun> => {
  await using workspace = await makeFolder('database-workspace')
  const url = `http://127.0.0.1:${host.httpPort}`
  await writeRunbook(
    workspace.path,
    { hosts: { web: `deploy@127.0.0.1:${host.sshPort}` }, path: APP_PATH, urls: [url] },
    {
      top: {
        databases: {
          main: {
            mysql: { name: 'fap', user: 'fap', password: { env: 'DB_PASSWORD' }, ...mysql },
            backups: { to: BACKUPS, ...backups },
          },
        },
      },
      rollback: { backup: [{ database: 'main', ...item }], verify: [{ http: `${url}/healthz`, ...HASTY }] },
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
      reason: 'checkout answers 500 since 14:02',
    },
    ...job,
  })
}

/** Everything that anybody can read of a run on GitHub. */
const told = (went: ActionRun): string =>
  [...went.log, went.summary, ...Object.values(went.outputs), ...Object.values(went.outputFiles)].join('\n')

const live = async (): Promise<string> => (await must(host, `readlink ${APP_PATH}/current`)).trim()
const kept = async (folder = BACKUPS): Promise<string[]> =>
  (await must(host, `ls -A ${folder}`)).split('\n').filter(Boolean)

/** Nothing was switched and nothing is left, and whoever reads of it learns what to do. */
const expectRefused = async (went: ActionRun, ...words: string[]): Promise<void> => {
  const text = told(went)
  expect(went.outputs.outcome, text).toBe('refused')
  for (const each of words) expect(text).toContain(each)
  expect(text).not.toContain(NEEDLE)
  expect(await live()).toBe('releases/3')
  expect(await kept()).toEqual([])
  expect(await shop.schemas()).not.toContain('rollbook_scratch')
  expect(await must(host, `find ${STATE} -name 'database.main' -o -name progress 2>/dev/null || :`)).toBe('')
}

/** Waits on a host until a command succeeds. */
const soon = (command: string): string =>
  `i=0; until ${command}; do i=$((i + 1)); [ $i -lt 1500 ] || exit 1; sleep 0.02; done`

/** Does something on the host, as root, as soon as the dump is on its way. */
const amidst = async (script: string): Promise<void> => {
  await must(host, `${soon(`[ -n "$(find ${BACKUPS} -name '*.part' -size +0)" ]`)}\n${script}`)
}
/** The schema that a backup is tried out in is there. */
const TRYING = soon("mariadb -e 'show databases' | grep -q scratch")
/** What a system that shuts down does to a step. */
const STOP = `kill -15 $(cut -d ' ' -f 1 ${STATE}/*/*/runs/*/at-work)`

describe('a backup of a database', () => {
  test('is whole, restores to the same rows, and its password is seen by nobody', async () => {
    const sample = await sampleProcesses(host)
    const went = await run()
    const processes = await sample.stop()
    expect(went.outputs.outcome, told(went)).toBe('rolled-back')
    expect(await live()).toBe('releases/2')

    const [file = '', sum, ...others] = await kept()
    expect(file).toMatch(/^shop-production-main-.*\.sql\.zst$/)
    expect([sum, others]).toEqual([`${file}.sha256`, []])
    expect(await must(host, `cd ${BACKUPS} && sha256sum -c ${sum}`, 'deploy')).toBe(`${file}: OK\n`)
    expect(await shop.restored(`zstd -dc ${BACKUPS}/${file}`)).toEqual(await shop.everything('fap'))
    expect(told(went)).toContain(
      '[warning]web: not InnoDB, so that the dump may have rows of it that changed meanwhile: legacy (MyISAM)',
    )

    expect(processes).toContain('--single-transaction')
    expect(processes).toContain('--defaults-file=')
    expect(processes).not.toContain(NEEDLE)
    expect(told(went)).not.toContain(NEEDLE)
    expect(
      await must(host, `grep -rlaF -D skip -e '${NEEDLE}' /home /tmp /run /var/log ${BACKUPS} || :`),
    ).toBe('')
  })

  test('of some tables has these and no other, and names what is in it', async () => {
    const went = await run({ item: { tables: ['orders', 'we`ird name'] }, backups: { verify: 'stream' } })
    expect(went.outputs.outcome, told(went)).toBe('rolled-back')
    const [file = ''] = await kept()
    const tables = await must(host, `zstd -dc ${BACKUPS}/${file} | grep -a '^-- Table structure'`)
    expect(tables).toBe(
      '-- Table structure for table `orders`\n-- Table structure for table `we``ird name`\n',
    )
  })

  test('of a table that keeps its own past has all of that, and counts it', async () => {
    await shop.allowScratch()
    const went = await run({ item: { tables: ['prices'] }, backups: { verify: 'restore' } })
    expect(went.outputs.outcome, told(went)).toBe('rolled-back')
    const [file = ''] = await kept()
    await shop.restored(`zstd -dc ${BACKUPS}/${file}`)
    expect(await shop.ask('select id, price from prices for system_time all order by 1, 2', 'again')).toBe(
      '1\t10\n1\t20\n1\t30\n2\t5\n',
    )
  })

  test('without that past, where the client can not dump it, says so and names the table', async () => {
    await shop.allowScratch()
    const old = 'case $* in *--help) /usr/bin/mariadb-dump --help | sed s/--dump-history//; exit ;; esac'
    await host.write('/usr/local/bin/mariadb-dump', `#!/bin/sh\n${old}\nexec /usr/bin/mariadb-dump "$@"\n`)
    await must(host, 'chmod 0755 /usr/local/bin/mariadb-dump')
    const went = await run({ item: { tables: ['prices'] }, backups: { verify: 'restore' } })
    expect(went.outputs.outcome, told(went)).toBe('rolled-back')
    expect(told(went)).toContain('system-versioned, and without their history in the dump: prices')
  })

  test('is tried out with what triggers and names of columns have in them, and none of that is run', async () => {
    await shop.allowScratch()
    const tables = ['short', 'columns', 'prices']
    const went = await run({ item: { tables }, backups: { verify: 'restore' } })
    expect(went.outputs.outcome, told(went)).toBe('rolled-back')
    const [file = ''] = await kept()
    const headings = await must(
      host,
      `zstd -dc ${BACKUPS}/${file} | grep -a -c 'structure for table .*ghost'`,
    )
    expect(headings).toBe('3\n')
  })

  test('by a user who may not even see routines is one, and says that they may be missing', async () => {
    await shop.letIn('someone', PASSWORD)
    await shop.ask(
      `create or replace database bare; create table bare.one (id int); create procedure bare.hidden() select 1;
       grant select, show view, trigger, event on bare.* to someone@'%'`,
    )
    const went = await run({ mysql: { name: 'bare', user: 'someone' }, backups: { verify: 'stream' } })
    expect(went.outputs.outcome, told(went)).toBe('rolled-back')
    expect(told(went)).toContain(
      "'someone'@'%' seems to lack SHOW CREATE ROUTINE (MySQL: SHOW_ROUTINE; MariaDB before 11.3: SELECT ON mysql.proc): if there are routines, they are not in the dump",
    )
  })

  test('is tried out in a schema of its own, while a queue goes on to be worked off', async () => {
    await shop.allowScratch()
    const log = await shop.logQueries()
    const queue = shop.keepBusy()
    const went = await run({ backups: { verify: 'restore' } })
    await queue.stop()
    const queries = await log.stop()
    expect(went.outputs.outcome, told(went)).toBe('rolled-back')
    expect(JSON.parse(went.outputs.backups ?? '')).toMatchObject([{ verified: true }])
    expect(await kept()).toHaveLength(2)
    expect(await shop.schemas()).not.toContain('rollbook_scratch')
    // Events would begin to run, and some lines of a dump are about the real schema, wherever it is loaded.
    expect(queries).toContain('create database rollbook_scratch_')
    expect(queries.replaceAll(/(create|drop) database (if exists )?rollbook_scratch_\d+/g, '')).not.toMatch(
      /^(create|alter|drop) .*\b(database|event|trigger|function|procedure)\b/m,
    )
  })

  test('goes on as a gzip where nothing better is there', async () => {
    await must(host, 'mv /usr/bin/zstd /usr/bin/zstd.away')
    const went = await run({ item: { tables: ['orders'] } })
    expect(went.outputs.outcome, told(went)).toBe('rolled-back')
    const [file = ''] = await kept()
    expect(await must(host, `gzip -dc ${BACKUPS}/${file} | tail -n 1`)).toContain('-- Dump completed on ')
  })
})

describe('whatever the host has of its own', () => {
  test('its settings for database clients do not reach the dump', async () => {
    const settings = '[client]\nuser = nobody\nport = 1\n[mysqldump]\nskip-comments\ncompact\nno-data\n'
    await host.write('/home/deploy/.my.cnf', settings)
    await host.write('/etc/mysql/conf.d/99-own.cnf', settings)
    const went = await run({ item: { tables: ['orders'] } })
    expect(went.outputs.outcome, told(went)).toBe('rolled-back')
    const [file = ''] = await kept()
    expect(await must(host, `zstd -dc ${BACKUPS}/${file} | grep -c '^([0-9]'`)).toBe('300\n')
  })

  test.each(['bash', 'busybox'])(
    'with %s as its shell it is backed up and tried out all the same',
    async shell => {
      await shop.allowScratch()
      await must(host, `ln -sf ${shell} /bin/sh`)
      const went = await run({ backups: { verify: 'restore' }, item: { tables: ['orders', 'we`ird name'] } })
      expect(went.outputs.outcome, told(went)).toBe('rolled-back')
      expect(await kept()).toHaveLength(2)
      expect(await shop.schemas()).not.toContain('rollbook_scratch')
    },
  )
})

const NOT_SOUND = "can't be read back as it was written. Is the disk sound?"
/** A `tee` behind which something happens to the file of a backup. */
const spoils = (how: string): string =>
  `/usr/bin/tee "$@" || exit; for f; do :; done; case $f in *.part) ${how} ;; esac`

describe('a dump that ends well and is not whole is refused when', () => {
  test.each([
    ['its end is missing', 'mariadb-dump', '/usr/bin/mariadb-dump "$@" | head -n -1', 'has no end'],
    [
      'a table is missing',
      'mariadb-dump',
      'f=$1; shift; exec /usr/bin/mariadb-dump "$f" --ignore-table=fap.orders "$@"',
      'do not agree about orders',
    ],
    [
      'the disk gives back other bytes',
      'tee',
      spoils('printf X | dd of="$f" bs=1 seek=99 conv=notrunc'),
      NOT_SOUND,
    ],
    ['the disk gives back more than it was given', 'tee', spoils('zstd -c </dev/null >>"$f"'), NOT_SOUND],
    [
      'rows are missing',
      'mariadb-dump',
      '/usr/bin/mariadb-dump "$@" | sed /^.7,/d',
      'attempts (1499 rows; the server has 1500)',
    ],
  ])('%s', async (_, tool, script, words) => {
    await shop.allowScratch()
    await host.write(`/usr/local/bin/${tool}`, `#!/bin/sh\n${script}\n`)
    await must(host, `chmod 0755 /usr/local/bin/${tool}`)
    await expectRefused(await run({ backups: { verify: 'restore' } }), words)
  })
})

describe('a password', () => {
  test.each([
    ['with a single quote', "it's"],
    ['with double quotes and backslashes', 'a"b\\c\\\\"'],
    ['with what a shell would read', '$HOME `id` !! #no %d & ; | * ~ <x>'],
    ['with blanks around it', '  blank  '],
    ['with a line feed', 'first\nsecond'],
    ['with a carriage return and a tab', 'first\r\n\tsecond'],
    ['that is an ordinary word', 'main'],
    ['with what a log or a template would read', ']]{{ x }}::set-output name=a::b'],
    ['in composed letters', 'pässwörd 日本 🎓'.normalize('NFC')],
    ['in decomposed letters', 'pässwörd 日本 🎓'.normalize('NFD')],
    ['that begins with a comment or ends with an escape', '#;[client]\\'],
  ])('%s gets in', async (_, password) => {
    await shop.letIn('someone', password)
    const went = await run({ mysql: { user: 'someone' }, item: { tables: ['orders'] }, password })
    expect(went.outputs.outcome, went.log.join('\n')).toBe('rolled-back')
    expect(await kept()).toHaveLength(2)
  })

  test('of 10 kB is refused before anything is tried', async () => {
    const password = randomBytes(5000).toString('hex')
    const went = await run({ password })
    await expectRefused(went, 'longer than what the clients of MySQL and MariaDB can read')
  })
})

describe('before anything is dumped, a rollback is refused when', () => {
  test('the password is wrong', async () => {
    await expectRefused(
      await run({ password: 'not-it' }),
      'ERROR 1045',
      'did not take the user or the password',
    )
  })

  test('the server is down', async () => {
    await must(host, 'systemctl stop mariadb')
    await expectRefused(await run().finally(shop.mend), 'nothing answers there', 'systemctl status mariadb')
  })

  test('the server takes connections and says nothing', async () => {
    await must(host, 'kill -STOP $(pidof mariadbd)')
    const went = await run().finally(() => must(host, 'kill -CONT $(pidof mariadbd)'))
    await expectRefused(went, 'did not answer in time')
  })

  test('the database is not there', async () => {
    await expectRefused(await run({ mysql: { name: 'nosuch' } }), 'no database nosuch', 'may not see it')
  })

  test('tables are not there', async () => {
    const went = await run({ item: { tables: ['orders', 'gone', 'Orders'] } })
    await expectRefused(went, 'fap has no table Orders, gone.')
  })

  test('a view is broken', async () => {
    await shop.ask('create view newest as select * from short; alter table short rename column a to b', 'fap')
    await expectRefused(await run(), 'newest (ERROR 1356)', 'DROP VIEW')
  })

  test('no client is there', async () => {
    await must(host, 'mv /usr/bin/mariadb-dump /usr/bin/mariadb-dump.away')
    await expectRefused(await run(), 'Neither mariadb-dump nor mysqldump', 'mariadb-client')
  })

  test('the folder can not be written', async () => {
    await must(host, 'install -d -m 0755 /var/backups/closed')
    const went = await run({ backups: { to: '/var/backups/closed/shop' } })
    await expectRefused(went, 'sudo install -d -m 0700 -o deploy -g deploy /var/backups/closed/shop')
  })

  test('there is no room for it', async () => {
    await must(host, `mount -t tmpfs -o size=256k,uid=$(id -u deploy) backups ${BACKUPS}`)
    await expectRefused(await run(), 'MB free', 'are needed (the data, before compression)')
  })

  test('it may not have a schema to try the backup in', async () => {
    const went = await run({ backups: { verify: 'restore' } })
    await expectRefused(went, "GRANT ALL PRIVILEGES ON `rollbook\\_scratch\\_%`.* TO 'fap'@'%'")
  })
})

describe('a user of the database who may do little', () => {
  const may = async (privileges: string): Promise<Ordered> => {
    await shop.ask(
      `create or replace user low@'%' identified by 'little'; grant ${privileges} on fap.* to low@'%'`,
    )
    return { mysql: { user: 'low' }, password: 'little' }
  }

  test('is told before the dump what it lacks', async () => {
    const went = await run(await may('select, show view'))
    await expectRefused(
      went,
      'notes (ERROR 1370)',
      'Events of fap: ERROR 1044',
      "EVENT, EXECUTE ON `fap`.* TO 'low'@",
    )
  })

  test('and knows of routines that it can not read', async () => {
    const went = await run(await may('select, show view, trigger, event, execute'))
    await expectRefused(
      went,
      'may not read the routine nothing, three',
      'GRANT SHOW CREATE ROUTINE ON `fap`.*',
    )
  })

  test('is warned of what it may not even know of', async () => {
    const went = await run({ ...(await may('select')), item: { tables: ['orders'] } })
    expect(went.outputs.outcome, told(went)).toBe('rolled-back')
    expect(told(went)).toContain(
      "'low'@'%' seems to lack TRIGGER: if there are triggers, they are not in the dump",
    )
  })
})

describe('in the middle of a dump, a rollback is refused when', () => {
  beforeAll(() => shop.grow())

  test.each([
    ['the dump is killed', 'pkill -9 -x mariadb-dump', 'mariadb-dump was killed in the middle'],
    ['what compresses it is killed', 'pkill -9 -x zstd', 'zstd was killed in the middle'],
    ['the server is gone', 'kill -9 $(pidof mariadbd)', 'the server went away'],
    [
      'it is told to stop',
      'kill -15 $(cut -d " " -f 1 /home/deploy/.rollbook/*/*/runs/*/at-work)',
      'told to stop',
    ],
  ])('%s', async (_, script, words) => {
    const [went] = await Promise.all([run(), amidst(script)])
    await expectRefused(went, words)
    expect(await must(host, 'pgrep -x "mariadb-dump|zstd" || :')).toBe('')
  })

  test.each([
    ['emptied', 'truncate table events', 'ERROR 1412'],
    ['dropped', 'drop table events', 'ERROR 1146'],
  ])('a table is %s that it has not come to', async (_, sql, words) => {
    const reading = "mariadb -e 'show processlist' | grep -q 'SELECT .* FROM .attempts.'"
    const [went] = await Promise.all([run(), must(host, `${soon(reading)}\nmariadb fap -e '${sql}'`)])
    await expectRefused(went, words)
  })

  test('the disk is full', async () => {
    await must(host, `mount -t tmpfs -o size=500m,uid=$(id -u deploy) backups ${BACKUPS}`)
    const fill = `dd if=/dev/zero of=${BACKUPS}/filler bs=1M 2>/dev/null || :`
    const [went] = await Promise.all([run(), amidst(fill)])
    await must(host, `rm ${BACKUPS}/filler`)
    await expectRefused(went, `the disk under ${BACKUPS} is full`)
  })

  test('its time is up', async () => {
    await expectRefused(await run({ item: { timeout: '1s' } }), 'It took longer than 1 s')
  })

  test('a trial is told to stop: its schema goes, too', async () => {
    await shop.allowScratch()
    const [went] = await Promise.all([run({ backups: { verify: 'restore' } }), amidst(`${TRYING}\n${STOP}`)])
    await expectRefused(went, 'told to stop')
  })

  test('all of it is killed; the next run takes away what that left', async () => {
    await shop.allowScratch()
    const [went] = await Promise.all([
      run({ backups: { verify: 'restore' } }),
      amidst(`${TRYING}\npkill -9 -u deploy -f rollbook || :`),
    ])
    expect(went.outputs.outcome, told(went)).not.toBe('rolled-back')
    expect(await live()).toBe('releases/3')
    expect(await kept()).toEqual([expect.stringMatching(/\.part$/)])
    expect(await shop.schemas()).toContain('rollbook_scratch')

    const next = await run({ item: { tables: ['orders'] } })
    expect(next.outputs.outcome, told(next)).toBe('rolled-back')
    expect(await kept()).toEqual([expect.stringMatching(/\.sql\.zst$/), expect.stringMatching(/\.sha256$/)])
    expect(await shop.schemas()).not.toContain('rollbook_scratch')
  })
})
