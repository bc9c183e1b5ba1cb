import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type PostgresAccess, passwordFile } from '../../../src/database/postgres-access.ts'
import { readPostgresUrl } from '../../../src/database/postgres-url.ts'

const access = (more: Partial<PostgresAccess> = {}): PostgresAccess => ({
  schema: 'store',
  host: '127.0.0.1',
  port: 5432,
  user: 'store',
  password: 'sesame',
  tls: '',
  ...more,
})
const written = (more: Partial<PostgresAccess>) => passwordFile(access(more), 'DB_PASSWORD')

/** What libpq takes from the last of the five parts of a line (`passwordFromFile`, fe-connect.c). */
function readByLibpq(file: string): string | undefined {
  const line = file.split('\n').find(each => each !== '' && !each.startsWith('#'))
  const rest = /^\*:\*:\*:\*:(.*)$/s.exec(line ?? '')?.[1]
  // An unescaped colon ends it.
  return rest === undefined ? undefined : /^(?:\\.|[^:\\])*/s.exec(rest)?.[0].replaceAll(/\\(.)/gs, '$1')
}

describe('the password file', () => {
  test('says where the server is in comments, and has one line that fits every connection', () => {
    expect(written({ tls: 'require' })).toBe(
      '# database: store\n# host: 127.0.0.1\n# port: 5432\n# user: store\n# tls: require\n*:*:*:*:sesame\n',
    )
    expect(written({ password: undefined })).not.toContain('*:')
  })

  test('brings every password back as it was', () => {
    const passwords = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(passwords, password => {
        fc.pre(!/[\n\r\0]/.test(password) && Buffer.byteLength(password) < 140)
        expect(readByLibpq(written({ password }))).toBe(password)
      }),
    )
    for (const password of ['a:b', 'a\\b', '\\', ':', '# no comment', ' blanks '])
      expect(readByLibpq(written({ password }))).toBe(password)
  })

  test.each([
    ['a line break', 'canary\n', 'has a line break in it'],
    ['a carriage return', 'canary\r', 'has a line break in it'],
    ['more than clients read', 'canary'.repeat(60), 'is longer than'],
  ])('is refused for a password with %s, without showing it', (_, password, words) => {
    const refused = () => written({ password })
    expect(refused).toThrow(words)
    expect(refused).not.toThrow('canary')
    expect(refused).toThrow('DB_PASSWORD')
  })
})

describe('an address of PostgreSQL', () => {
  const read = (text: string) => readPostgresUrl(text, 'DATABASE_URL')

  test.each([
    ['postgresql://store:sesame@db.example.com:5433/store', { host: 'db.example.com', port: 5433 }],
    ['postgres://store:sesame@db/store?schema=public&sslmode=require', { host: 'db', tls: 'require' }],
    ['postgresql://store:a%3Ab%40%25@[::1]/store', { host: '::1', password: 'a:b@%' }],
    ['postgresql://store@/store?host=/run/postgresql', { host: '/run/postgresql', password: undefined }],
    ['postgresql://store@/my%20store', { host: '', schema: 'my store', password: undefined }],
  ])('%s', (text, wanted) => {
    expect(read(text)).toEqual({ ...access({ host: '' }), ...wanted })
  })

  test.each([
    ['mysql://store:canary@db/store', 'begins with mysql:'],
    ['db.example.com/canary', 'does not begin with postgresql://'],
    ['postgresql://store:can ary@db/store', 'spaces or line breaks'],
    ['postgresql://store:canary@db/store#x', 'there is a #'],
    ['postgresql://store:canary%zz@db/store', 'a % that stands for nothing'],
    ['postgresql://store:canary%0A@db/store', 'control character'],
    ['postgresql://store:canary@db/', 'no name of one database'],
    ['postgresql://:canary@db/store', 'it has no user'],
    ['postgresql://store:canary@db/store?sslmode=canary', 'sslmode is none of'],
  ])('refused, and never shown: %s', (text, words) => {
    const refused = () => read(text)
    expect(refused).toThrow(words)
    expect(refused).not.toThrow('canary')
  })
})
