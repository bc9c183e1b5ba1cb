import { describe, expect, test } from 'vitest'
import { PHASES } from '../../../src/kind/item.ts'
import { decide } from '../../../src/rollback/decide.ts'
import { makePlan } from '../../../src/rollback/plan.ts'
import { choose } from '../../../src/runbook/choose.ts'
import { SecretNotSet, secretsOf } from '../../../src/runbook/secrets.ts'
import { readByClient } from '../database/clients.ts'
import { folder } from '../release/fixture.ts'
import { factsOf, kindOf, settingOf } from '../rollback/fixture.ts'
import { load, refusal, runbook } from '../runbook/fixture.ts'

const MYSQL = 'mysql: { name: fap, user: fap, password: { env: DB_PASSWORD } }'
const book = (database: string, backup = '- database: main') =>
  runbook(`backup:\n  ${backup.replaceAll('\n', '\n  ')}`, `databases:\n  main: { ${database} }`)
const WHOLE = `${MYSQL}, on: web-2, backups: { to: /var/backups/shop, keep: 14 }`

const releaseOf = (text: string) => {
  const { release } = load(text).rollbacks
  if (release === undefined) throw new Error('no rollback')
  return release
}

describe('databases in a runbook', () => {
  test('have the usual host and port, and are read back unless told otherwise', () => {
    const { databases } = load(book(WHOLE))
    expect(databases.main).toMatchObject({
      name: 'main',
      schema: 'fap',
      on: 'web-2',
      backups: { to: '/var/backups/shop', keep: 14, verify: 'readback' },
      later: [],
    })
  })

  test.each([
    ['no system', 'backups: { to: /b }', 'Expected either mysql or postgres.'],
    ['two systems', `${MYSQL}, postgres: {}`, 'Expected either mysql or postgres.'],
    ['no name', 'mysql: { user: u, password: { env: P } }', 'Expected name, user and password'],
    ['no password', 'mysql: { name: n, user: u }', 'Expected password: { env: DB_PASSWORD }'],
    ['a url and more', 'mysql: { url: { env: U }, name: n }', 'expected either url or name'],
    ['a socket and a port', 'mysql: { name: n, user: u, socket: /run/s, port: 3306 }', 'leave them out'],
    [
      'a port in the host',
      'mysql: { host: "db:3306", name: n, user: u, password: { env: P } }',
      'without a port',
    ],
    [
      'a port that is none',
      'mysql: { port: 70000, name: n, user: u, password: { env: P } }',
      'from 1 to 65535',
    ],
    [
      'a name with a line break',
      'mysql: { name: "a\\nb", user: u, password: { env: P } }',
      'no control characters',
    ],
    [
      'a name that is an option',
      'mysql: { name: --all-databases, user: u, password: { env: P } }',
      'an option',
    ],
    ['a folder that is none', `${MYSQL}, backups: { to: backups }`, 'absolute path'],
    ['nothing to keep', `${MYSQL}, backups: { to: /b, keep: 0 }`, 'from 1 to'],
    ['another proof', `${MYSQL}, backups: { to: /b, verify: hope }`, 'stream, readback or restore'],
    ['a slip', `${MYSQL}, backups: { to: /b, kepp: 3 }`, 'Did you mean "keep"?'],
  ])('with %s are refused', (_, database, words) => {
    expect(refusal(book(database, '- files: [/etc/hosts]')).message).toContain(words)
  })

  test('that nothing says where to back up are refused where they are backed up, and only there', () => {
    expect(refusal(book(MYSQL)).message).toMatch(
      /rollbook\.yml:11:9 rollbacks\.release\.backup\[0\]\.database: Nothing says where its backups go\. Write backups: \{ to: .* in databases\.main/,
    )
    expect(load(book(MYSQL, '- files: [/etc/hosts]')).databases.main?.backups).toBeUndefined()
  })
})

describe('a backup of a database', () => {
  test('is made on the host of the database, with a secret that is made for it alone', () => {
    const [item] = releaseOf(book(WHOLE)).phases.backup
    expect(item).toMatchObject({ kind: 'database', on: 'web-2', env: ['database.main'] })
  })

  test('is made elsewhere when its item says so', () => {
    const [item] = releaseOf(book(WHOLE, '- { database: main, on: web-1 }')).phases.backup
    expect(item?.on).toBe('web-1')
  })

  test('on nobody knows which of two hosts is refused, with what to write', () => {
    const text = book(`${MYSQL}, backups: { to: /b }`)
    expect(() => choose(load(text), {})).toThrow(
      'Nothing says which host reaches the database main. Write on: web-1, or another of the hosts, in databases.main (line 13).',
    )
    const single = text.replace(', web-2: deploy@web-2.example.com', '')
    expect(choose(load(single), {}).rollback.phases.backup[0]?.on).toBeUndefined()
    const beside = text.replace('web-2: deploy@web-2.example.com', 'here: local')
    expect(choose(load(beside), {}).rollback.phases.backup).toHaveLength(1)
  })

  test.each([
    ['twice the same table', '[orders, orders]', 'The table orders is there twice.'],
    ['no tables', '[]', 'The list is empty.'],
    ['a table with a line break', '["a\\nb"]', 'no control characters'],
    ['a table that is an option', '["--where=1"]', 'an option'],
  ])('of %s is refused', (_, tables, words) => {
    expect(refusal(book(WHOLE, `- { database: main, tables: ${tables} }`)).message).toContain(words)
  })

  test('stands in stop and start only as what a later version will do', () => {
    const text = runbook('stop:\n  - database: main\n    mode: read-only', `databases:\n  main: { ${WHOLE} }`)
    expect(releaseOf(text).later).toMatchObject([{ kind: 'database', position: { line: 11 } }])
    const misplaced = runbook('resume: [ { database: main } ]', `databases:\n  main: { ${WHOLE} }`)
    expect(refusal(misplaced).message).toContain('database belongs to backup, stop, start, not to resume.')
  })

  /** @param live what web-2 serves; web-1 is on 42. Both go to 41. */
  const planned = (text: string, live = '42') => {
    const setting = { ...settingOf(load(text)), target: '41' }
    const onto = (release: string) => (release === '41' ? '41* 42' : '41 42*')
    const at = (release: string) => folder(onto(release), { path: '/var/www/shop' })
    const facts = [factsOf('web-1', at('42')), factsOf('web-2', at(live))]
    return makePlan(setting, decide(setting, facts, kindOf), facts, kindOf).hosts
  }

  test('becomes a step that says what, where to and under which name', () => {
    const hosts = planned(
      book(WHOLE, '- database: main\n- database: main\n  tables: [orders, "odd `name\' $(id)"]'),
    )
    const steps = hosts.map(({ host, steps }) => [host, steps.filter(({ phase }) => phase === 'backup')])
    expect(steps).toMatchObject([
      ['web-1', []],
      [
        'web-2',
        [
          {
            title: 'back up main (fap)',
            secrets: ['database.main'],
            timeout: 1800,
            data: {
              system: 'mysql',
              database: 'main',
              tables: '',
              folder: '/var/backups/shop',
              stem: 'shop-production-main-20261120T141058Z-3f9a2c',
              verify: 'readback',
            },
          },
          {
            title: 'back up 2 tables of main',
            data: {
              tables: "orders\nodd `name' $(id)",
              stem: 'shop-production-main-tables-12-20261120T141058Z-3f9a2c',
            },
          },
        ],
      ],
    ])
  })

  test('is made also on a host that needs no switch itself: the others are switched', () => {
    const hosts = planned(book(WHOLE), '41')
    const kinds = hosts.map(({ host, steps }) => [host, steps.map(({ kind }) => kind)])
    expect(kinds).toEqual([
      ['web-1', ['symlink']],
      ['web-2', ['database']],
    ])
  })
})

describe('the secret of a database', () => {
  const release = releaseOf(book(WHOLE))

  test('is an option file, and the password is sent in no other form', () => {
    const { given, hidden } = secretsOf(release, { DB_PASSWORD: 'hush "4711"' }, PHASES)
    expect([...given.keys()]).toEqual(['database.main'])
    expect(given.get('database.main')).toMatch(/^# database: fap\n\[client\]\n/)
    expect(readByClient(given.get('database.main') ?? '').password?.toString()).toBe('hush "4711"')
    expect(hidden).toEqual([{ name: 'DB_PASSWORD', value: 'hush "4711"' }])
  })

  test('that is an address gives its parts, and its password is hidden as it is', () => {
    const rollback = releaseOf(book('mysql: { url: { env: DATABASE_URL } }, on: web-1, backups: { to: /b }'))
    const url = 'mysql://shop:p%40ss%2Fw0rd@db:3307/shop'
    const { given, hidden } = secretsOf(rollback, { DATABASE_URL: url }, PHASES)
    expect(given.get('database.main')).toContain('# database: shop\n')
    expect(hidden.map(({ value }) => value)).toEqual([url, 'p@ss/w0rd'])
    expect(rollback.phases.backup[0]).toMatchObject({ value: { schema: undefined } })
    expect(() => secretsOf(rollback, { DATABASE_URL: 'postgres://u:canary@h/d' }, PHASES)).toThrow(
      'The secret DATABASE_URL',
    )
  })

  test('that is not set is named with the place where it is named', () => {
    expect(() => secretsOf(release, {}, PHASES)).toThrow(SecretNotSet)
    expect(() => secretsOf(release, {}, PHASES)).toThrow(
      'This secret is not set: DB_PASSWORD. Nothing was changed.\n.github/rollbook.yml:13:59 DB_PASSWORD',
    )
  })

  test('is not asked for where nothing is backed up', () => {
    const undo = PHASES.filter(phase => phase !== 'backup')
    expect([...secretsOf(release, {}, undo).given]).toEqual([])
  })

  test('of a socket that knows its user has no password', () => {
    const rollback = releaseOf(
      book(
        'mysql: { name: fap, user: deploy, socket: /run/mysqld/mysqld.sock }, on: web-1, backups: { to: /b }',
      ),
    )
    const text = secretsOf(rollback, {}, PHASES).given.get('database.main') ?? ''
    expect(Object.keys(readByClient(text))).toEqual(['host', 'port', 'user', 'socket'])
    expect(readByClient(text).host?.toString()).toBe('localhost')
  })
})
