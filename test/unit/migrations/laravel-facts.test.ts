import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readLaravelFacts } from '../../../src/migrations/laravel-facts.ts'
import { HOSTILE } from '../../support/hostile.ts'

const read = (...lines: string[]) => readLaravelFacts('web', '42', '41', lines)

describe('why a database could not be asked', () => {
  test.each([
    [[], 'nothing was said about it'],
    [['migrate-status missing'], 'there is no artisan where the runbook says'],
    [['migrate-status 127 '], 'there is no `php` on its PATH'],
    [['migrate-status 124 '], '`migrate:status` did not end in 20 seconds'],
    [['migrate-status endless '], '`migrate:status` printed without an end'],
    [['migrate-status 1 none'], 'it has no table of migrations'],
    [['migrate-status 255 '], '`migrate:status` ended with status 255'],
    [
      ['migrate-status 1 HY000 [1045]'],
      '`migrate:status` ended with status 1, SQLSTATE HY000 1045: access denied',
    ],
    [['migrate-status 1 42S02'], '`migrate:status` ended with status 1, SQLSTATE 42S02'],
    [['migrate-status 0 '], 'the answer of `migrate:status` could not be read'],
    [['migrate-line 1_a ..... [1] Ran', 'migrate-status 1 '], '`migrate:status` ended with status 1'],
  ])('%j', (lines, why) => {
    expect(read(...lines).database).toEqual({ kind: 'silent', why })
  })
})

test('a host can not make it say more than a form allows', () => {
  const facts = read(
    'migrations live 2 0',
    'migrations live 9 9',
    'migration live 1_a',
    'migration live ../../etc',
    'migration live a b',
    'migration nowhere 1_b',
    'migration live 1_\u202ea',
    'migration-text 1_a not*base64',
    'migration-text ../x YQ==',
    'migrate-status 1 <script> [::error::]',
    'migrate-status 0 ',
  )
  expect(facts).toMatchObject({ fromCount: 2, unnamable: 0, onlyFrom: ['1_a'] })
  expect(facts.texts.size).toBe(0)
  expect(facts.database).toEqual({ kind: 'silent', why: '`migrate:status` ended with status 1' })
})

test('an answer of which something was dropped is not the whole', () => {
  expect(read('migrations live 1 0', 'cut').uncompared).toEqual([
    'the host told more than is kept of one answer',
  ])
  expect(read('migrations-cut what?').uncompared).toEqual(['the answer of the host was cut off'])
  const odd = Array.from({ length: 30 }, (_, at) => `migration odd ${at} \u202e<b>\``)
  expect(read(...odd).uncompared).toHaveLength(21)
  expect(read(...odd).uncompared.join('')).not.toMatch(/[<\u202e]|``/)
})

test('whatever a host says, it is read without an error', () => {
  const words = [
    'migration live',
    'migration both',
    'migrations live',
    'migrate-line',
    'migrate-status',
    'migration-text',
    '1_a',
    '0',
    '-1',
    '',
    ...HOSTILE,
  ]
  const line = fc
    .array(fc.oneof(fc.constantFrom(...words), fc.string({ unit: 'binary' })), { maxLength: 4 })
    .map(parts => parts.join(' '))
  fc.assert(fc.property(fc.array(line), lines => void read(...lines)))
  expect(read(...Array<string>(20_000).fill('migration live 1_a')).onlyFrom).toEqual(['1_a'])
})
