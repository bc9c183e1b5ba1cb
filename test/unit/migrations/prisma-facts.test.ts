import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readPrismaFacts } from '../../../src/migrations/prisma-facts.ts'
import { HOSTILE } from '../../support/hostile.ts'

const read = (...lines: string[]) => readPrismaFacts('web', 'f'.repeat(40), 'a'.repeat(40), lines)
const INIT = '20250101000000_init'
const EMAIL = '20250201000000_add_email'
const PHONE = '20250301000000_phone'
const FILES = [
  'migrations live 2 0',
  'migrations target 1 0',
  `migration live ${EMAIL}`,
  `migration both ${INIT}`,
]
const statuses = (...lines: string[]) => {
  const { database } = read(...FILES, ...lines)
  return database.kind === 'silent'
    ? database.why
    : Object.fromEntries(
        [...database.migrations].map(([name, { ran, failed }]) => [name, failed ? 'failed' : ran]),
      )
}

describe('what the database has applied', () => {
  test('is what lies in the folder that was looked into, but for what is named as missing or failed', () => {
    const said = (...words: string[]) => [...words.map(word => `prisma-said ${word}`), 'prisma-status 1 ']
    const [managed, list] = [
      ['hasMigrationsTable:', 'true'],
      ['migrations:', INIT, EMAIL],
    ]
    expect(statuses(...said(...managed, ...list))).toEqual({ [INIT]: true, [EMAIL]: true })
    expect(statuses(...said(...managed, 'unappliedMigrationNames:', EMAIL, ...list))).toEqual({
      [INIT]: true,
      [EMAIL]: false,
    })
    expect(statuses(...said(...managed, 'failedMigrationNames:', EMAIL, ...list))).toEqual({
      [INIT]: true,
      [EMAIL]: 'failed',
    })
    // The image of the service was built before the checkout was.
    expect(statuses(...said(...managed, 'migrations:', INIT))).toEqual({ [INIT]: true })
  })

  test('without reasons, as many as the live commit has are the same ones; otherwise nobody knows', () => {
    const fine = ['prisma-line Database schema is up to date!', 'prisma-status 0 ']
    expect(statuses('prisma-line 2 migrations found in prisma/migrations', ...fine)).toEqual({
      [INIT]: true,
      [EMAIL]: true,
    })
    expect(statuses('prisma-line 7 migrations found in prisma/migrations', ...fine)).toEqual({})
  })

  test('what the database has and neither commit counts, and is not said twice', () => {
    const words = ['hasMigrationsTable:', 'true', 'unpersistedMigrationNames:', PHONE, EMAIL, INIT]
    expect(
      read(...FILES, ...words.map(word => `prisma-said ${word}`), 'prisma-status 0 ').lackedElsewhere,
    ).toEqual([PHONE])
  })
})

describe('why a database could not be asked', () => {
  test.each([
    [[], 'nothing was said about it'],
    [['prisma-status 1 no-folder'], 'there is no such folder, or it may not be read'],
    [['prisma-status 127 no-npx'], 'there is no `npx` on its PATH'],
    [['prisma-status 1 no-prisma'], 'Prisma is not installed there'],
    [['prisma-status 1 stopped'], 'the service does not run'],
    [['prisma-status 1 no-engine'], 'the container engine does not answer'],
    [['prisma-status 124 '], '`prisma migrate status` did not end in 30 seconds'],
    [['prisma-status endless '], '`prisma migrate status` printed without an end'],
    [['prisma-status 1 P1001'], '`prisma migrate status` ended with status 1, P1001: it does not answer'],
    [['prisma-status 1 P3999'], '`prisma migrate status` ended with status 1, P3999'],
    [['prisma-status 1 constructor'], '`prisma migrate status` ended with status 1'],
    [['prisma-status 0 '], 'the answer of `prisma migrate status` could not be read'],
    [
      ['prisma-said hasMigrationsTable:', 'prisma-said false', 'prisma-status 1 '],
      'it has no table of migrations',
    ],
  ])('%j', (lines, why) => {
    expect(read(...lines).database).toEqual({ kind: 'silent', why })
  })
})

test('whatever a host says, it is read without an error', () => {
  const words = [
    ...[
      'prisma-said',
      'prisma-line',
      'prisma-status',
      'migration latest',
      'migration live',
      'migrations live',
    ],
    ...['hasMigrationsTable:', 'true', 'migrations:', '1_a', '0', '', ...HOSTILE],
  ]
  const line = fc
    .array(fc.oneof(fc.constantFrom(...words), fc.string({ unit: 'binary' })), { maxLength: 4 })
    .map(parts => parts.join(' '))
  fc.assert(fc.property(fc.array(line), lines => void read(...lines)))
})
