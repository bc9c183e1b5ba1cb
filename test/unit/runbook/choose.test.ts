import { describe, expect, test } from 'vitest'
import { choose, chooseEnvironment, NotInRunbook } from '../../../src/runbook/choose.ts'
import { RunbookInvalid } from '../../../src/runbook/problem.ts'
import { load } from './fixture.ts'

const book = (verify: string, production = 'url: https://shop.example.com', more = '') =>
  load(`
app: shop
environments:
  staging: { hosts: { web: deploy@staging.example.com } }
  production: { ${production}, hosts: { web: deploy@example.com, db: deploy@db.example.com } }
rollbacks:
  release:
    switch: [ { symlink: { path: /srv/shop }, on: web } ]
    verify: [ ${verify} ]
    ${more}
  other: { switch: [ { symlink: { path: /srv/other } } ] }
`)

describe('which environment and which rollback', () => {
  const runbook = book('{ http: /up }')

  test('the first rollback, in the environment that was named', () => {
    const chosen = choose(runbook, { environment: 'production' })
    expect(chosen).toMatchObject({
      environment: { name: 'production' },
      rollback: { name: 'release' },
      hold: 'release',
    })
  })

  test('with two environments one has to be named', () => {
    expect(() => choose(runbook, {})).toThrow(NotInRunbook)
    expect(() => choose(runbook, {})).toThrow('has staging and production')
  })

  test('a name that is not there is answered with the nearest one', () => {
    expect(() => chooseEnvironment(runbook, 'prodution')).toThrow('Did you mean "production"?')
    expect(() => choose(runbook, { environment: 'production', rollback: 'relase' })).toThrow(
      'Did you mean "release"?',
    )
    expect(() => chooseEnvironment(runbook, '__proto__')).toThrow(NotInRunbook)
    expect(() => choose(runbook, { environment: 'production', rollback: 'constructor' })).toThrow(
      NotInRunbook,
    )
  })

  test('what the rollback says of hold and lost contact goes before what the environment says', () => {
    const settings = 'url: https://a.example.com, hold: all, on-lost-contact: keep'
    const chosen = (more: string) =>
      choose(book('{ http: /up }', settings, more), { environment: 'production' })
    expect(chosen('')).toMatchObject({ hold: 'all', onLostContact: 'keep' })
    expect(chosen('hold: none')).toMatchObject({ hold: 'none', onLostContact: 'keep' })
    expect(chosen('on-lost-contact: undo')).toMatchObject({ hold: 'all', onLostContact: 'undo' })
  })
})

describe('the state folder', () => {
  test('is the one of the runbook, unless the environment has one of its own', () => {
    const text = `
app: shop
state: /var/lib/rollbook
environments:
  staging: { hosts: { web: deploy@staging.example.com } }
  production: { state: /srv/state, hosts: { web: deploy@example.com } }
rollbacks: { release: { switch: [ { symlink: { path: /srv/shop } } ] } }
`
    const runbook = load(text)
    expect(chooseEnvironment(runbook, 'staging').state).toBe('/var/lib/rollbook')
    expect(chooseEnvironment(runbook, 'production').state).toBe('/srv/state')
  })
})

describe('a rollback that does not fit its environment is refused before any connection', () => {
  const LOCALHOST = 'From the runner this address is the runner itself'
  test.each([
    ['a path without a url', 'staging', '{ http: /up }', 'the environment has no url'],
    [
      'a path without a url inside any',
      'staging',
      '{ any: [ { http: /up } ] }',
      'the environment has no url',
    ],
    [
      'a host of another environment',
      'staging',
      '{ run: ls, on: db }',
      'The environment staging has no host db',
    ],
    ['a look from such a host', 'staging', '{ tcp: 80, from: db }', 'The environment staging has no host db'],
    ['localhost from the runner', 'production', '{ http: http://localhost:3000/up }', LOCALHOST],
    ['127.0.0.1 by tcp', 'production', '{ tcp: 127.0.0.1:5432 }', LOCALHOST],
  ])('%s', (_, environment, verify, words) => {
    const ask = () => choose(book(verify), { environment })
    expect(ask).toThrow(RunbookInvalid)
    expect(ask).toThrow(words)
    expect(ask).toThrow(/rollbook\.yml:9:15 rollbacks\.release\.verify\[0\]: /)
  })

  test('localhost is fine from the host, and on a runner that is the host', () => {
    expect(
      choose(book('{ http: http://localhost/up, from: host }'), { environment: 'production' }),
    ).toBeDefined()
    const local = load(
      'app: a\nenvironments: { p: { hosts: { me: local } } }\nrollbacks: { r: { switch: [ { symlink: { path: /srv/a } } ], verify: [ { http: http://localhost/ } ] } }',
    )
    expect(choose(local, {})).toBeDefined()
  })
})
