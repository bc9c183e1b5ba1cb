import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readMysqlUrl } from '../../../src/database/mysql-url.ts'

const read = (text: string) => readMysqlUrl(text, 'DATABASE_URL')

describe('the address of a database', () => {
  test.each([
    [
      'as applications have it',
      'mysql://shop:secret@db.example.com:3307/shop',
      { host: 'db.example.com', port: 3307 },
    ],
    ['without a port', 'mysql://shop:secret@127.0.0.1/shop', { host: '127.0.0.1', port: 3306 }],
    ['of MariaDB', 'mariadb://shop:secret@localhost/shop', { host: 'localhost' }],
    ['with an address of IPv6', 'mysql://shop:secret@[::1]:3306/shop', { host: '::1' }],
    ['with what pools need', 'mysql://shop:secret@h/shop?connection_limit=5&sslaccept=strict', { host: 'h' }],
    [
      'with a socket, as Prisma writes it',
      'mysql://shop:secret@localhost/shop?socket=(/run/mysqld/mysqld.sock)',
      { host: 'localhost', socket: '/run/mysqld/mysqld.sock' },
    ],
    ['with a line break behind it, as secrets often have', 'mysql://shop:secret@h/shop\n', { host: 'h' }],
  ])('%s', (_, text, parts) => {
    expect(read(text)).toMatchObject({ schema: 'shop', user: 'shop', password: 'secret', ...parts })
  })

  test('has its parts percent-encoded, whatever is in them', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }), password => {
        fc.pre(password.isWellFormed())
        const text = `mysql://shop:${encodeURIComponent(password)}@h/shop`
        expect(read(text).password).toBe(password)
      }),
    )
    expect(read('mysql://u%40corp:p%2Fw%25%3F%23@h/my%20shop')).toMatchObject({
      user: 'u@corp',
      password: 'p/w%?#',
      schema: 'my shop',
    })
  })

  test('without a password has none', () => {
    expect(read('mysql://shop@h/shop').password).toBeUndefined()
  })
})

describe('what is no address of a database is refused by the name of its secret, and not shown', () => {
  test.each([
    ['a password alone', 'canary-hunter2', 'does not begin with mysql://'],
    ['of another system', 'postgresql://shop:canary@h/shop', 'begins with postgresql:'],
    ['without a database', 'mysql://shop:canary@h', 'no name of one database'],
    ['with two of them', 'mysql://shop:canary@h/a/b', 'no name of one database'],
    ['without a user', 'mysql://h/canary', 'no user'],
    ['with a # in its password', 'mysql://shop:ca#nary@h/shop', 'is not a URL'],
    ['with a # behind it', 'mysql://shop:canary@h/shop#x', 'there is a # in it'],
    ['with a % in its password', 'mysql://shop:canary%zz@h/shop', 'password has a % that stands for nothing'],
    ['with a blank in it', 'mysql://shop:can ary@h/shop', 'spaces or line breaks'],
    ['with a line break in it', 'mysql://shop:can\nary@h/shop', 'spaces or line breaks'],
    ['with a port that is none', 'mysql://shop:canary@h:99999/shop', 'not a URL'],
    [
      'with an option in place of a schema',
      'mysql://shop:canary@h/--all-databases',
      'no name of one database',
    ],
    ['with a line break in the schema', 'mysql://shop:canary@h/a%0Ab', 'no name of one database'],
    ['with a line break in the host', 'mysql://shop:canary@h%0Auser=root/a', 'not a'],
    ['with a socket that is no path', 'mysql://shop:canary@h/shop?socket=canary', 'not an absolute path'],
    ['nothing', '', 'does not begin'],
  ])('%s', (_, text, words) => {
    const ask = () => read(text)
    expect(ask).toThrow('The secret DATABASE_URL can')
    expect(ask).toThrow(words)
    try {
      ask()
    } catch (error) {
      expect(error).toMatchObject({ code: 'RB-DATABASE-URL' })
      expect(String(error)).not.toMatch(/canary|hunter|nary/)
    }
  })
})
