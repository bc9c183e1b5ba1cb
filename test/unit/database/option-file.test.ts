import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Access, optionFile } from '../../../src/database/option-file.ts'
import { readByClient } from './clients.ts'

const access = (more: Partial<Access> = {}): Access => ({
  schema: 'fap',
  host: '127.0.0.1',
  port: 3306,
  user: 'fap',
  password: 'sesame',
  socket: undefined,
  ...more,
})
const written = (more: Partial<Access>) => optionFile(access(more), 'DB_PASSWORD')
const passwordRead = (password: string) => readByClient(written({ password })).password?.toString()

test('names the schema first, and then everything that a client needs', () => {
  expect(written({})).toBe(
    '# database: fap\n[client]\nhost="127.0.0.1"\nport=3306\nuser="fap"\npassword="sesame"\n',
  )
  expect(written({ host: 'localhost', socket: '/run/mysqld/mysqld.sock', password: undefined })).toBe(
    '# database: fap\n[client]\nhost="localhost"\nport=3306\nuser="fap"\nsocket="/run/mysqld/mysqld.sock"\n',
  )
})

describe('a password comes back from the file as it was', () => {
  test.each([
    ["single quotes, as it's", "it's'"],
    ['double quotes', '"a"b"'],
    ['a double quote alone', '"'],
    ['backslashes, the last one at its end', 'a\\b\\\\n\\'],
    ['what a shell or a comment would take', '$HOME `id` !x #y %z & ; *?'],
    ['blanks around it', '  a b\t'],
    ['line breaks of both kinds', 'first\nsecond\r\nthird\n'],
    ['expressions and commands of other tools', ']] {{ x }} ::set-output name=a::b [client]'],
    ['letters outside of ASCII, composed', 'pässwörd'.normalize('NFC')],
    ['the same, taken apart', 'pässwörd'.normalize('NFD')],
    ['characters outside of the basic plane', '🔑'],
    ['other control characters', '\u0001\u0007\b\u000b\f\u001b\u007f'],
    ['what looks like an escape', '\\n\\t\\s\\x41'],
    ['what looks like another option', 'x"\nuser="root'],
    ['an equals sign', 'a=b==c'],
  ])('with %s', (_, password) => {
    expect(passwordRead(password)).toBe(password)
  })

  test('whatever it is made of', () => {
    const hard = fc.constantFrom(...'\\"\'\n\r\t\b#;=[]$` ans')
    const password = fc
      .oneof(
        fc.string({ unit: 'binary', minLength: 1, maxLength: 100 }),
        fc.string({ unit: hard, minLength: 1, maxLength: 40 }),
      )
      .filter(text => !text.includes('\0') && text.isWellFormed())
    fc.assert(
      fc.property(password, password, (secret, user) => {
        const read = readByClient(written({ password: secret, user }))
        expect(read.password).toEqual(Buffer.from(secret))
        expect(read.user).toEqual(Buffer.from(user))
        expect(Object.keys(read)).toEqual(['host', 'port', 'user', 'password'])
      }),
      { numRuns: 2000 },
    )
  })
})

test('a password that no client could read is refused by the name of its secret', () => {
  const long = 'hunter2'.repeat(1500)
  const ask = () => written({ password: long })
  expect(ask).toThrow('The secret DB_PASSWORD is longer than what the clients')
  expect(ask).not.toThrow('hunter2')
  expect(passwordRead('x'.repeat(3900))).toHaveLength(3900)
})
