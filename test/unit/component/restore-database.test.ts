import { describe, expect, test } from 'vitest'
import { readRestorableDatabase } from '../../../src/component/restore-database-reader.ts'
import { resolveBackup } from '../../../src/component/restore-database-target.ts'
import { Refusal } from '../../../src/refusal.ts'
import { readFactLine } from '../../../src/release/fact-line.ts'
import { load } from '../runbook/fixture.ts'

const SUM = 'a'.repeat(64)
const NEW = `rd-backup 1795248000 20300 20261121T080000Z-aaaaaa readback whole yes ${SUM} /b/new.dump`
const OLD = `rd-backup 1795161600 20100 20261120T080000Z-bbbbbb restore whole no ${SUM} /b/old.dump`
const CHOSEN = ['rd-chosen /b/new.dump', 'rd-created 2026-11-21 07:59:58 UTC', 'rd-of store']
/** Two hours after the newer backup was whole. */
const NOW = 1795255200

const seen = (...lines: string[]) => readRestorableDatabase(lines.map(readFactLine))
const wanted = (from = 'latest') => ({ name: 'main', schema: 'store', from, host: 'web', now: NOW })
const resolved = (...lines: string[]) => resolveBackup(wanted(), seen(...lines))
const refusal = (act: () => unknown): Refusal => {
  try {
    act()
  } catch (error) {
    if (error instanceof Refusal) return error
  }
  throw new Error('it was not refused')
}

describe('which backup is restored', () => {
  test('it goes from the moment to the file, and tells how old, how large and how proven that is', () => {
    const choice = resolved(OLD, NEW, ...CHOSEN)
    expect(choice).toMatchObject({ from: 'store@20261121T100000Z', to: 'new.dump', alreadyThere: false })
    expect(choice.why).toBe(
      'it is the newest backup of main: of 2026-11-21 07:59:58 UTC, 2 hours old, 20.3 kB, made by run 20261121T080000Z-aaaaaa, read to its end. Others: of run 20261120T080000Z-bbbbbb (26 hours old, 20.1 kB, tried in a restore, without its checksum file)',
    )
  })

  test('none: the others are named with what is wrong with them', () => {
    const none = refusal(() => resolved(OLD.replace('whole', 'missing')))
    expect([none.code, none.table?.rows[0]?.[4]]).toEqual(['RB-BACKUP-MISSING', 'it is not there any more'])
    expect(refusal(() => resolved()).remedy.join()).toContain('database: main')
  })

  test('one of another database, or one that can not be read, is refused', () => {
    const other = refusal(() => resolved(NEW, ...CHOSEN.slice(0, 2), 'rd-of shop'))
    expect([other.code, other.message]).toEqual([
      'RB-BACKUP-UNFIT',
      '/b/new.dump on web is a backup of the database shop, and main is store. Nothing was changed.',
    ])
    expect(refusal(() => resolved(NEW, CHOSEN[0] ?? '', 'rd-unreadable cut')).code).toBe('RB-BACKUP-UNFIT')
  })

  test('what is in no form that we know says nothing', () => {
    expect(seen('rd-backup x', 'rd-chosen /b/new.dump', 'rd-live 1', 'rd-now many public.a')).toEqual({
      problem: undefined,
      backups: [],
      chosen: undefined,
      live: undefined,
      rowsNow: new Map(),
      rowsThen: new Map(),
    })
  })
})

describe('what would be lost', () => {
  const LIVE = 'rd-live 9000000 17.5 1795161600 4711 - store'

  test('from when to when, and table by table', () => {
    const { warnings } = resolved(
      NEW,
      ...CHOSEN,
      LIVE,
      'rd-now 1319 public.orders',
      'rd-now 7 public.same',
      'rd-now 3 public.young',
      'rd-kept 1300 public.orders',
      'rd-kept 7 public.same',
    )
    expect(warnings).toEqual([
      'DATA LOSS: everything written to store after 2026-11-21 07:59:58 UTC and until the switch is not in the restored database: 2 hours of writes by now. It stays in the database that is kept beside it.',
      'The server has counted about 4,711 rows inserted, changed or deleted since 2026-11-20 08:00:00 UTC, which is an estimate. When the last write was, it does not keep (track_commit_timestamp is off).',
      'Rows: public.orders 1,319 now, 1,300 in the backup (19 fewer after it); public.young 3 now, not in the backup. 1 more have as many rows now as then; rows that were only changed do not show.',
    ])
  })

  test('what can not be known is said, too', () => {
    const { warnings } = resolved(NEW, ...CHOSEN, 'rd-problem nothing answers there')
    expect(warnings[1]).toBe(
      "How many rows that is can't be told: the server of store was not asked, because nothing answers there.",
    )
    expect(resolved(NEW, ...CHOSEN, LIVE, 'rd-now 2 public.a').warnings[2]).toContain(
      'are counted before the switch',
    )
    expect(resolved(NEW, ...CHOSEN, LIVE.replace(' - ', ' 1795250000 ')).warnings[1]).toContain(
      'last commit on the whole server was at 2026-11-21 08:33:20 UTC, after the backup',
    )
  })

  test('a file without a sum is named', () => {
    const { warnings } = resolveBackup(
      wanted('/b/x.dump'),
      seen('rd-file 1795248000 100 - /b/x.dump', 'rd-chosen /b/x.dump', 'rd-of store'),
    )
    expect(warnings.at(-1)).toContain('Nothing says which sha256 /b/x.dump')
  })
})

describe('a restore of a database in a runbook', () => {
  const book = (postgres: string, from = 'latest') => `app: shop
environments: { production: { hosts: { web: deploy@web.example.com } } }
databases:
  main: { ${postgres} }
rollbacks:
  release:
    switch:
      - restore: { database: main, from: ${from} }
`
  const switched = (text: string) => load(text).rollbacks.release?.phases.switch[0]

  test('through a service needs no secret, and has time enough', () => {
    const item = switched(
      book('postgres: { name: store, user: store }, through: { compose: /opt/store, service: postgres }'),
    )
    expect(item).toMatchObject({ kind: 'restore_database', env: [], timeout: 3600 })
    expect(load(book('postgres: { url: { env: URL } }')).rollbacks.release?.dataLoss).toBe(true)
  })

  test('is given the secret of its database and no other', () => {
    const item = switched(book('postgres: { name: store, user: store, password: { env: DB_PASSWORD } }'))
    expect(item?.made?.flatMap(({ of }) => of.map(({ name }) => name))).toEqual(['DB_PASSWORD'])
  })

  test('of MySQL is for a later version', () => {
    const { later } = load(book('mysql: { url: { env: URL } }')).rollbacks.release ?? {}
    expect(later?.map(({ kind }) => kind)).toEqual(['restore: mysql'])
  })

  test.each([
    ['no password', 'postgres: { name: a, user: b }', 'Expected password'],
    [
      'a service of MySQL',
      'mysql: { url: { env: U } }, through: { compose: /a, service: b }',
      'for postgres',
    ],
    ['a long name', `postgres: { name: ${'é'.repeat(32)}, user: b, password: { env: P } }`, '63 bytes'],
  ])('can not be: %s', (_, database, words) => {
    expect(() => load(book(database))).toThrow(words)
  })
})
