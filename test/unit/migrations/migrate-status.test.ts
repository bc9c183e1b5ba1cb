import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readMigrateStatus } from '../../../src/migrations/migrate-status.ts'

const USERS = '2014_10_12_000000_create_users_table'

describe('a line of migrate:status', () => {
  test.each([
    // Laravel 9 to 12
    [`  ${USERS} ....................................... [1] Ran  `, { name: USERS, ran: true, batch: 1 }],
    [`  ${USERS} ..................................... [137] Ran`, { name: USERS, ran: true, batch: 137 }],
    [
      `  ${USERS} ........................................ Pending  `,
      { name: USERS, ran: false, batch: undefined },
    ],
    // a name that leaves no room for dots
    [`  ${USERS}_which_is_long  Pending  `, { name: `${USERS}_which_is_long`, ran: false, batch: undefined }],
    // Laravel 5.2 to 8
    [`| Yes  | ${USERS}           | 3     |`, { name: USERS, ran: true, batch: 3 }],
    [`| No   | ${USERS}           |       |`, { name: USERS, ran: false, batch: undefined }],
    // Laravel 5.1
    [`| Y    | ${USERS} |`, { name: USERS, ran: true, batch: undefined }],
    [`| N    | ${USERS} |`, { name: USERS, ran: false, batch: undefined }],
  ])('%s', (line, status) => {
    expect(readMigrateStatus(line)).toEqual(status)
  })

  test.each([
    '',
    '  Migration name ............................... Batch / Status  ',
    '| Ran? | Migration                                      | Batch |',
    '+------+------------------------------------------------+-------+',
    '   ERROR  Migration table not found.  ',
    '   INFO  No migrations found.  ',
    'PHP Deprecated:  Return type of X::y() ... [1] Ran away',
    `  ${USERS} $(id) .............. [1] Ran`,
    `  ${USERS} .................... [1] Ran again`,
    '  .......... [1] Ran',
  ])('%s says nothing of a migration', line => {
    expect(readMigrateStatus(line)).toBeUndefined()
  })

  test('whatever it is, it is read without an error', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), line => void readMigrateStatus(line)))
    readMigrateStatus(`a_${' .'.repeat(100_000)}`)
    readMigrateStatus(`|${' '.repeat(100_000)}`)
  })
})
