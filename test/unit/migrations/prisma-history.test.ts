import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readDiagnosis, readStatusText } from '../../../src/migrations/prisma-history.ts'
import { HOSTILE } from '../../support/hostile.ts'
import { statusText } from '../../support/prisma.ts'

const INIT = '20250101000000_init'
const EMAIL = '20250201000000_add_email'
const PHONE = '20250301000000_phone'
const of = (...names: string[]) => new Set(names)
const read = (text: string) => readStatusText(text.split('\n'))

describe('what `prisma migrate status` prints for people', () => {
  test('all is applied', () => {
    expect(read(statusText({ local: [INIT, EMAIL] }))).toEqual({
      local: undefined,
      count: 2,
      unapplied: of(),
      unpersisted: of(),
      failed: of(),
      managed: true,
    })
  })

  test('some is not applied, and what stands behind the list is no migration', () => {
    expect(read(statusText({ local: [INIT, EMAIL], unapplied: [EMAIL] }))).toMatchObject({
      count: 2,
      unapplied: of(EMAIL),
      unpersisted: of(),
    })
    expect(read(statusText({ local: [INIT, EMAIL], unapplied: [INIT, EMAIL] }))?.unapplied).toEqual(
      of(INIT, EMAIL),
    )
  })

  test('a word that stands alone behind the list is none either', () => {
    const text = `Following migrations have not yet been applied:\n${INIT}\n\nnotice\n`
    expect(read(text)?.unapplied).toEqual(of(INIT))
  })

  test('the histories went apart', () => {
    expect(
      read(statusText({ local: [INIT, EMAIL], unapplied: [EMAIL], unpersisted: [PHONE] })),
    ).toMatchObject({ unapplied: of(EMAIL), unpersisted: of(PHONE) })
  })

  test('one failed', () => {
    expect(read(statusText({ local: [INIT, EMAIL], failed: [EMAIL] }))).toMatchObject({ failed: of(EMAIL) })
  })

  test('a database that Prisma does not manage', () => {
    expect(read(statusText({ local: [], managed: false }))).toMatchObject({ managed: false, count: 0 })
  })

  test('the older way to write one and several', () => {
    expect(
      read(`3 migrations found in prisma/migrations

Following migration(s) have not yet been applied:
${EMAIL}

To apply migrations in production run prisma migrate deploy.`)?.unapplied,
    ).toEqual(of(EMAIL))
  })

  test('an error is no conclusion', () => {
    expect(read('')).toBeUndefined()
    expect(
      read("Error: P1001: Can't reach database server\n2 migrations found in prisma/migrations"),
    ).toBeUndefined()
  })
})

describe('what it gives as its reasons', () => {
  const words = (text: string) => text.trim().split(/\s+/)

  test('the folder that it looked into, and what is amiss', () => {
    expect(
      readDiagnosis(
        words(`diagnoseResult: editedMigrationNames: ${INIT} failedMigrationNames: hasMigrationsTable: true history:
          diagnostic: migrationsDirectoryIsBehind unpersistedMigrationNames: ${PHONE}
          listMigrationDirectoriesResult: migrations: ${INIT} ${EMAIL}`),
      ),
    ).toEqual({
      local: of(INIT, EMAIL),
      count: 2,
      unapplied: of(),
      unpersisted: of(PHONE),
      failed: of(),
      managed: true,
    })
  })

  test('no table, and none said at all', () => {
    expect(readDiagnosis(words('hasMigrationsTable: false migrations: a'))).toMatchObject({ managed: false })
    expect(readDiagnosis(words(`unappliedMigrationNames: ${INIT}`))).toBeUndefined()
    expect(readDiagnosis([])).toBeUndefined()
  })
})

test('whatever a host says, it is read without an error, and only names are taken', () => {
  const line = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      ...statusText({ local: [INIT], unapplied: [INIT], unpersisted: [PHONE] }).split('\n'),
      'hasMigrationsTable:',
      'true',
      'constructor:',
      '__proto__:',
      'migrations:',
      'Following migrations have failed:',
      ...HOSTILE,
    ),
  )
  fc.assert(
    fc.property(fc.array(line), lines => {
      for (const history of [readStatusText(lines), readDiagnosis(lines)])
        for (const name of [
          ...(history?.failed ?? []),
          ...(history?.unapplied ?? []),
          ...(history?.unpersisted ?? []),
        ])
          expect(name).toMatch(/^[A-Za-z0-9._-]{1,200}$/)
    }),
  )
})
