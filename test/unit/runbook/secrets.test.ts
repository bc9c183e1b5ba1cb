import { describe, expect, test } from 'vitest'
import { PHASES } from '../../../src/kind/item.ts'
import { SecretNotSet, secretsOf } from '../../../src/runbook/secrets.ts'
import { load, refusal, runbook } from './fixture.ts'

const CANARY = 'hunter2-canary'

describe('a secret that someone typed into the runbook', () => {
  const databases = (mysql: string) => runbook('', `databases: { main: { mysql: ${mysql} } }`)
  test.each([
    ['as a password', databases(`{ password: ${CANARY} }`), 'Expected { env: PASSWORD }'],
    ['as a password in quotes that YAML stumbles over', databases(`{ password: "${CANARY} }`), 'not closed'],
    ['as a password that starts with !', databases(`{ password: !${CANARY} x }`), 'must be in quotes'],
    ['as a password that starts with *', databases(`{ password: *${CANARY} }`), 'must be in quotes'],
    ['as a password that starts with @', databases(`{ password: @${CANARY} }`), 'must be in quotes'],
    [
      'behind an alias',
      runbook('', `audit: { x: &p ${CANARY} }\ndatabases: { main: { mysql: { password: *p } } }`),
      'Expected { env: PASSWORD }',
    ],
    ['in a list under a password', databases(`{ password: [${CANARY}] }`), 'Expected { env: PASSWORD }'],
    ['as the name of the secret', databases(`{ password: { env: ${CANARY} } }`), 'not its value'],
    ['beside a misspelt env', databases(`{ password: { evn: ${CANARY} } }`), 'Did you mean "env"?'],
    [
      'in the URL of a database',
      databases(`{ url: "mysql://shop:${CANARY}@db/shop" }`),
      'password in this address',
    ],
    [
      'as a webhook',
      runbook('', `notify: [ { webhook: https://hooks.example.com/${CANARY} } ]`),
      'Expected { env: WEBHOOK }',
    ],
    [
      'in the URL of an environment',
      runbook().replace('https://', `https://me:${CANARY}@`),
      'password in this address',
    ],
    [
      'in the address of a host',
      runbook().replace('deploy@web-1', `deploy:${CANARY}@web-1`),
      'no place in an address',
    ],
    ['in a check', runbook(`verify: [ { http: "https://me:${CANARY}@shop.example.com/" } ]`), 'Take it out'],
    ['in the query of a wrong URL', runbook(`verify: [ { http: "ftp://a/?key=${CANARY}" } ]`), 'Write a URL'],
    [
      'in the list of secrets that a step may read',
      runbook(`start: [ { run: ls, env: ["${CANARY}"] } ]`),
      'not its value',
    ],
    [
      'in an unknown key beside it',
      runbook(
        '',
        `databases: { main: { mysql: { passwrod: { env: X } } } }\nnotify: [ { token: ${CANARY} } ]`,
      ),
      'Expected { env: TOKEN }',
    ],
  ])('%s is refused and not shown', (_, text, words) => {
    const { message } = refusal(text)
    expect(message).toContain(words)
    expect(message).not.toContain(CANARY)
  })

  test('a private key pasted anywhere is not shown', () => {
    const key = `-----BEGIN OPENSSH PRIVATE KEY-----\n    ${CANARY}`
    expect(refusal(runbook(`hold: |\n  ${key}`)).message).not.toContain(CANARY)
  })
})

describe('the secrets that a rollback may read', () => {
  const { rollbacks } = load(
    runbook(
      'start:\n  - run: ./notify.sh\n    env: [API_TOKEN]\n  - run: ./other.sh\n    env: [API_TOKEN, DB_PASSWORD]',
    ),
  )
  const { release } = rollbacks
  if (release === undefined) throw new Error('no rollback')

  test('come from the environment variables of their names, and nothing else does', () => {
    const { given, hidden } = secretsOf(release, { API_TOKEN: 'a', DB_PASSWORD: 'b', OTHER: 'c' }, PHASES)
    expect([...given]).toEqual([
      ['API_TOKEN', 'a'],
      ['DB_PASSWORD', 'b'],
    ])
    expect(hidden).toEqual([
      { name: 'API_TOKEN', value: 'a' },
      { name: 'DB_PASSWORD', value: 'b' },
    ])
  })

  test('all that are not set, or empty, are named with their places', () => {
    expect(() => secretsOf(release, { API_TOKEN: '' }, PHASES)).toThrow(SecretNotSet)
    expect(() => secretsOf(release, { API_TOKEN: '' }, PHASES)).toThrow(
      'These secrets are not set: API_TOKEN, DB_PASSWORD. Nothing was changed.\n.github/rollbook.yml:11:9 API_TOKEN\n.github/rollbook.yml:13:9 DB_PASSWORD',
    )
  })
})
