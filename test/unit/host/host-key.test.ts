import ssh2 from 'ssh2'
import { describe, expect, test } from 'vitest'
import type { SshAddress } from '../../../src/host/host.ts'
import {
  HostKeyChanged,
  HostKeyCheck,
  HostKeyRevoked,
  HostKeyUnknown,
  hostKeyAlgorithms,
} from '../../../src/host/host-key.ts'
import { fingerprint, keysFor, parseKnownHosts } from '../../../src/host/known-hosts.ts'
import { makeKeyPair } from '../../support/ssh-keys.ts'

const web1: SshAddress = { kind: 'ssh', user: 'deploy', host: 'web1', port: 2222, via: [] }
const key = (pair: { public: string }) => pair.public.split(' ').slice(0, 2).join(' ')
const wire = (line: string) => Buffer.from(line.split(' ')[1] ?? '', 'base64')
const seen = key(makeKeyPair())
const other = key(makeKeyPair())
const rsa = key(ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 }))

function check(text: string, shows: Buffer) {
  const it = new HostKeyCheck(parseKnownHosts(text), web1, 'web1 (deploy@web1:2222)')
  return { accepted: it.accepts(shows), refusal: it.refusal }
}

describe('the order of algorithms', () => {
  const order = (text: string) => hostKeyAlgorithms(keysFor(parseKnownHosts(text), 'web1', 22))

  test('begins with what known-hosts has, so that a server with several keys shows that one', () => {
    expect(order(`web1 ${rsa}`).slice(0, 3)).toEqual(['rsa-sha2-512', 'rsa-sha2-256', 'ssh-ed25519'])
    expect(order(`web1 ${rsa}\nweb1 ${seen}`).slice(0, 3)).toEqual([
      'ssh-ed25519',
      'rsa-sha2-512',
      'rsa-sha2-256',
    ])
    expect(order(`web2 ${rsa}`)[0]).toBe('ssh-ed25519')
  })

  test('never has SHA-1 or DSA', () => {
    expect(order(`web1 ${rsa}`)).toHaveLength(6)
    expect(order(`web1 ${rsa}`).filter(name => ['ssh-rsa', 'ssh-dss'].includes(name))).toEqual([])
  })
})

describe('a host key', () => {
  test('that is known is accepted', () => {
    expect(check(`[web1]:2222 ${seen}`, wire(seen))).toEqual({ accepted: true, refusal: undefined })
  })

  test('that is not known is refused with its fingerprint and the line to add', () => {
    const { accepted, refusal } = check(`[web2]:2222 ${seen}`, wire(seen))
    expect(accepted).toBe(false)
    expect(refusal).toBeInstanceOf(HostKeyUnknown)
    expect(refusal?.message).toContain(`web1 (deploy@web1:2222)`)
    expect(refusal?.message).toContain(`ssh-ed25519 ${fingerprint(wire(seen))}`)
    expect(refusal?.message).toContain('Nothing was changed.')
    const line = refusal?.remedy.join('\n').split('`known-hosts`: `')[1]?.split('`')[0] ?? ''
    expect(check(line, wire(seen)).accepted).toBe(true)
  })

  test('that has changed is refused with both fingerprints and the line to replace', () => {
    const { refusal } = check(`# web\n[web1]:2222 ${other}`, wire(seen))
    expect(refusal).toBeInstanceOf(HostKeyChanged)
    expect(refusal?.message).toContain(fingerprint(wire(seen)))
    expect(refusal?.message).toContain(`${fingerprint(wire(other))} (line 2)`)
    expect(refusal?.remedy.join('\n')).toContain(
      `in place of line 2 of \`known-hosts\`: \`[web1]:2222 ${seen}\``,
    )
  })

  test('that is revoked is refused, and no line is offered', () => {
    const { refusal } = check(`[web1]:2222 ${seen}\n@revoked * ${seen}`, wire(seen))
    expect(refusal).toBeInstanceOf(HostKeyRevoked)
    expect(refusal?.message).toContain(fingerprint(wire(seen)))
    expect(refusal?.remedy.join('\n')).not.toContain(seen)
  })

  test('whose type is not a word does not get into the message', () => {
    const type = Buffer.from('\n::error::x')
    const hostile = Buffer.concat([Buffer.from([0, 0, 0, type.length]), type, Buffer.alloc(8)])
    expect(check(`web2 ${seen}`, hostile).refusal?.message).toContain('unknown SHA256:')
  })
})
