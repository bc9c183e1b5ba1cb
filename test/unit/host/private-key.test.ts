import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import ssh2 from 'ssh2'
import { describe, expect, test } from 'vitest'
import { BadPrivateKey, readPrivateKey } from '../../../src/host/private-key.ts'
import { makeKeyPair, readablePair } from '../../support/ssh-keys.ts'

const { generateKeyPairSync: make, parseKey } = ssh2.utils
const ed = makeKeyPair('ops@laptop')
const rsa = make('rsa', { bits: 2048 })
const shortRsa = make('rsa', { bits: 1024 })
const locked = readablePair(
  () => make('ed25519', { passphrase: 'open sesame', cipher: 'aes256-ctr', rounds: 2 }),
  'open sesame',
)
const pem = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const pkcs1 = pem.export({ type: 'pkcs1', format: 'pem' }).toString()
const lockedPem = pem
  .export({ type: 'pkcs1', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'open sesame' })
  .toString()
const pkcs8 = pem.export({ type: 'pkcs8', format: 'pem' }).toString()

const read = (text: string, passphrase?: string) => readPrivateKey(text, passphrase, parseKey)

function problemOf(text: string, passphrase?: string): BadPrivateKey {
  try {
    read(text, passphrase)
  } catch (error) {
    if (error instanceof BadPrivateKey) return error
    throw error
  }
  throw new Error('the key was taken')
}

describe('a private key that went through a secret', () => {
  const body = (text: string) => text.split('\n').slice(1, -2).join('')
  const damage: [string, (text: string) => string][] = [
    ['nothing happened to it', text => text],
    ['Windows line ends', text => text.replaceAll('\n', '\r\n')],
    ['no final newline', text => text.trimEnd()],
    ['\\n as two characters', text => text.replaceAll('\n', '\\n')],
    ['\\r\\n as four characters', text => text.replaceAll('\n', '\\r\\n')],
    ['blanks around it', text => `\n\n  ${text}\t \n`],
    ['indented by YAML', text => text.replaceAll(/^/gm, '    ')],
    ['quotes around it', text => `"${text.trim().replaceAll('\n', '\\n')}"`],
    ['a byte order mark', text => `\uFEFF${text}`],
    ['base64 around the whole', text => Buffer.from(text).toString('base64')],
    ['base64 in lines', text => Buffer.from(text).toString('base64').replaceAll(/.{76}/g, '$&\n')],
    ['a note behind it', text => `${text}\nfor web1, ask Eve\n`],
  ]
  const joined: [string, (text: string) => string] = ['all on one line', text => text.replaceAll('\n', ' ')]

  test.each([...damage, joined])('%s', (_, harm) => {
    expect(body(ed.private).length).toBeGreaterThan(100)
    for (const text of [ed.private, rsa.private, pkcs1]) {
      expect(read(harm(text)).getPublicSSH()).toEqual(read(text).getPublicSSH())
    }
  })

  test.each(damage)('with a passphrase: %s', (_, harm) => {
    expect(read(harm(locked.private), 'open sesame').type).toBe('ssh-ed25519')
    expect(read(harm(lockedPem), 'open sesame').type).toBe('ssh-rsa')
  })

  test('a passphrase that nothing needs does no harm', () => {
    expect(read(ed.private, 'left over').type).toBe('ssh-ed25519')
  })
})

describe('a text that is no usable key is refused with a remedy', () => {
  const lines = ed.private.split('\n')
  const putty = 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: x\nPublic-Lines: 2\nAAAA\n'
  test.each([
    ['empty', ''],
    ['empty', ' \n\n'],
    ['public', ed.public],
    ['public', '---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----'],
    ['public', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'],
    ['public', Buffer.from(ed.public).toString('base64')],
    ['putty', putty],
    ['putty', putty.replaceAll('\n', '\r\n')],
    ['not-a-key', 'hunter2'],
    ['not-a-key', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'],
    ['truncated', lines.slice(0, 4).join('\n')],
    ['truncated', lines.slice(3).join('\n')],
    ['damaged', [...lines.slice(0, 3), ...lines.slice(-2)].join('\n')],
    ['damaged', '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----'],
    ['damaged', '-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----'],
    ['several', ed.private + rsa.private],
    ['dsa', '-----BEGIN DSA PRIVATE KEY-----\nAAAA\n-----END DSA PRIVATE KEY-----'],
    ['pkcs8', pkcs8],
    ['short-rsa', shortRsa.private],
    ['no-passphrase', locked.private],
    ['no-passphrase', lockedPem],
  ])('%s', (problem, text) => {
    const refusal = problemOf(text)
    expect(refusal.problem).toBe(problem)
    expect(refusal.message).toContain('Nothing was changed.')
    expect(refusal.remedy.join('')).not.toBe('')
  })

  test('a wrong passphrase', () => {
    expect(problemOf(locked.private, 'open barley').problem).toBe('wrong-passphrase')
    expect(problemOf(lockedPem, 'open barley').problem).toBe('wrong-passphrase')
    expect(problemOf(locked.private, '').problem).toBe('no-passphrase')
  })

  test('and nothing of it is in the message, however it was harmed', () => {
    fc.assert(
      fc.property(fc.nat(ed.private.length), fc.nat(200), (from, length) => {
        const harmed = ed.private.slice(0, from) + ed.private.slice(from + length)
        try {
          read(harmed)
        } catch (error) {
          if (!(error instanceof BadPrivateKey)) throw error
          const said = [error.message, ...error.remedy].join('\n')
          for (let at = 40; at + 8 < 300; at += 4) expect(said).not.toContain(ed.private.slice(at, at + 8))
        }
      }),
    )
  })
})
