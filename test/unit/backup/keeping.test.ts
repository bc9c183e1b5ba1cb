import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fatesOf } from '../../../src/backup/keeping.ts'
import { partOf, stemOf } from '../../../src/backup/stem.ts'
import { readStored, type StoredBackup } from '../../../src/backup/stored.ts'
import { load, runbook } from '../runbook/fixture.ts'

const { databases } = load(
  runbook(
    '',
    [
      'databases:',
      '  main: { mysql: { url: { env: U } }, on: web-1, backups: { to: /b, keep: 2 } }',
      '  main-tables: { mysql: { url: { env: U } }, on: web-1, backups: { to: /b, keep: 1 } }',
      '  all: { mysql: { url: { env: U } }, on: web-1, backups: { to: /b } }',
    ].join('\n'),
  ),
)
const APP = { app: 'shop', environment: 'production' }
const SUM = 'ab'.repeat(32)

/** The backup that the run of one day made. */
const of = (day: number, more: Partial<StoredBackup> = {}, tablesOf?: number): StoredBackup => {
  const run = `202611${String(day).padStart(2, '0')}T141058Z-3f9a2c`
  const name = more.name ?? 'main'
  return {
    at: 1_795_000_000 + day * 86_400,
    run,
    sha256: SUM,
    bytes: 1000,
    level: 'readback',
    kind: 'database',
    name,
    path: `/b/${stemOf({ ...APP, database: name, run, tablesOf })}.sql.zst`,
    found: 'whole',
    runIsOver: true,
    ...more,
  }
}
const fates = (...stored: StoredBackup[]) => fatesOf(stored, { ...APP, databases })
const going = (...stored: StoredBackup[]): number[] =>
  fates(...stored).flatMap(({ backup, goes }) => (goes ? [Number(backup.run.slice(6, 8))] : []))
const whyOf = (backup: StoredBackup, ...others: StoredBackup[]) =>
  fates(backup, ...others).find(each => each.backup === backup)

describe('what keep covers no longer', () => {
  test('is what is older than the newest so many runs', () => {
    expect(going(of(1), of(2), of(3), of(4))).toEqual([2, 1])
    expect(going(of(1), of(2))).toEqual([])
    expect(going()).toEqual([])
  })

  test('is counted in runs: two backups of tables in one run are one', () => {
    const day = (at: number) => [of(at, {}, 26), of(at, {}, 28)]
    expect(going(...day(1), ...day(2), ...day(3))).toEqual([1, 1])
  })

  test('is counted for the whole and for tables apart: many of the one push none of the other out', () => {
    expect(going(of(1), of(2, {}, 26), of(3, {}, 26), of(4, {}, 26))).toEqual([2])
  })

  test('goes by the order of the list, and not by a clock that may jump', () => {
    expect(going(of(1, { at: 9e9 }), of(2), of(3))).toEqual([1])
  })

  test.each([
    ['its database has no keep', of(1, { name: 'all' }), 'no keep'],
    ['it is of a database that the runbook does not have', of(1, { name: 'old' }), 'no database of this'],
    ['it is of files, under a name that is not ours', of(1, { kind: 'files', name: 'files' }), 'not give it'],
    ['it is not there any more', of(1, { found: 'missing' }), 'not there'],
    ['it is another file by now', of(1, { found: 'changed' }), 'not the file any more'],
    ['its run is not over', of(1, { runIsOver: false }), 'not over'],
    ['it has a name that we did not give it', of(1, { path: '/b/shop.sql.zst' }), 'no database of this'],
    ['it has the name of another run', of(1, { path: of(2).path }), 'no database of this'],
    ['it is of another app', of(1, { path: of(1).path.replace('shop', 'shop-2') }), 'no database of this'],
    ['it is half written', of(1, { path: `${of(1).path}.part` }), 'no database of this'],
  ])('is not what stays because %s', (_, backup, why) => {
    const fate = whyOf(backup, of(2), of(3), of(4))
    expect(fate).toMatchObject({ goes: false, why: expect.stringContaining(why) })
  })

  test('is never the newest one that was proved, be it older than all that keep covers', () => {
    const stream = { level: 'stream' } as const
    expect(going(of(1), of(2), of(3, stream), of(4, stream))).toEqual([1])
    expect(whyOf(of(2), of(3, stream), of(4, stream))).toMatchObject({ goes: false })
    expect(going(of(1, stream), of(2, stream), of(3, stream))).toEqual([1])
  })

  test('of files is what is older than the newest five runs that backed up the same ones', () => {
    const file = (day: number, line = 21, more: Partial<StoredBackup> = {}) => {
      const { run } = of(day)
      return of(day, {
        kind: 'files',
        name: 'files',
        path: `/s/backups/${run}-files-${line}.tar.gz`,
        ...more,
      })
    }
    const days = [1, 2, 3, 4, 5, 6, 7]
    expect(going(...days.map(day => file(day)))).toEqual([2, 1])
    // Others push nothing out, and neither do databases.
    expect(going(file(1), ...days.slice(1).map(day => file(day, 30)), of(6), of(7))).toEqual([2])
    expect(going(file(1), ...days.slice(1).map(day => file(day, 21, { runIsOver: false })))).toEqual([])
    expect(
      going(
        file(1, 21, { path: '/s/backups/other-files-21.tar.gz' }),
        ...days.slice(1).map(day => file(day)),
      ),
    ).toEqual([2])
    expect(fates(...days.map(day => file(day))).at(-1)).toMatchObject({
      goes: true,
      why: '5 newer runs have theirs',
    })
    expect(fates(file(1))[0]?.part).toBeUndefined()
  })

  test('counts nothing that is gone or that was changed', () => {
    expect(going(of(1), of(2), of(3, { found: 'missing' }), of(4, { found: 'changed' }))).toEqual([])
    expect(going(of(1), of(2), of(3, { runIsOver: false }))).toEqual([])
  })

  test('leaves, whatever the list says, the newest proved one, and as many runs as it should', () => {
    const any = fc.record({
      day: fc.integer({ min: 1, max: 28 }),
      level: fc.constantFrom('stream' as const, 'readback' as const, 'restore' as const),
      found: fc.constantFrom('whole' as const, 'whole' as const, 'changed' as const, 'missing' as const),
      runIsOver: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.uniqueArray(any, { selector: ({ day }) => day, maxLength: 12 }), all => {
        const stored = all.map(({ day, ...more }) => of(day, more))
        const told = fates(...stored)
        expect(told.map(({ backup }) => backup)).toEqual(stored.toReversed())
        const gone = told.filter(({ goes }) => goes).map(({ backup }) => backup)
        for (const backup of gone) expect(backup).toMatchObject({ found: 'whole', runIsOver: true })
        const whole = stored.filter(({ found }) => found === 'whole')
        const proved = whole.findLast(({ level }) => level !== 'stream')
        if (proved) expect(gone).not.toContain(proved)
        const left = whole.filter(each => !gone.includes(each))
        expect(left.length).toBeGreaterThanOrEqual(Math.min(2, whole.length))
      }),
    )
  })
})

describe('the name of a backup', () => {
  test('tells the whole of a database from some of its tables, also where names look alike', () => {
    const run = '20261101T141058Z-3f9a2c'
    const tables = stemOf({ ...APP, database: 'main', run, tablesOf: 26 })
    expect(tables).toBe(`shop-production-main-tables-26-${run}`)
    expect(partOf(`${tables}.sql.gz`, { ...APP, database: 'main', run })).toBe('tables')
    expect(partOf(`${tables}.sql.gz`, { ...APP, database: 'main-tables', run })).toBeUndefined()
    const other = stemOf({ ...APP, database: 'main-tables', run })
    expect(partOf(`${other}.sql`, { ...APP, database: 'main-tables', run })).toBe('whole')
    expect(partOf(`${other}.sql`, { ...APP, database: 'main', run })).toBeUndefined()
  })
})

describe('what a host says of its backups', () => {
  const line = (level: string, path = '/b/x.sql.zst', rest = 'whole over') =>
    `backup 1795000000 r1 ${SUM} 5 ${level} database main ${rest} ${path}`

  test('is read as it says it', () => {
    expect(readStored([line('restore')])).toEqual([
      {
        at: 1_795_000_000,
        run: 'r1',
        sha256: SUM,
        bytes: 5,
        level: 'restore',
        kind: 'database',
        name: 'main',
        path: '/b/x.sql.zst',
        found: 'whole',
        runIsOver: true,
      },
    ])
  })

  test('has the last word about each file: what was removed is not there', () => {
    expect(readStored([line('readback'), line('removed')])).toEqual([])
    expect(readStored([line('removed'), line('readback')])).toHaveLength(1)
    expect(readStored([line('readback'), line('stream')])).toMatchObject([{ level: 'stream' }])
  })

  test.each([
    ['another word', 'lock alive v1'],
    ['a proof that nobody knows', line('hope')],
    ['a path that is none', line('readback', 'b/x.sql')],
    ['a sum that is none', line('readback').replace(SUM, 'abc')],
    ['control characters', line('readback', '/b/\u001b[2Jx')],
    ['a path that begins another line', line('readback', '/b/x\nbackup')],
    ['a size beyond all sizes', line('readback').replace(' 5 ', ` ${'9'.repeat(30)} `)],
    ['nothing', ''],
  ])('is not taken with %s', (_, fact) => {
    expect(readStored([fact])).toEqual([])
  })

  test('counts as open and as changed where it is neither yes nor no', () => {
    expect(readStored([line('readback', '/b/x', 'changed open')])).toMatchObject([
      { found: 'changed', runIsOver: false },
    ])
  })
})
