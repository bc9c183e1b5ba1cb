import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BadAddress, formatAddress, parseHost } from '../../../src/host/address.ts'
import type { SshAddress } from '../../../src/host/host.ts'

const ssh = (user: string, host: string, port = 22, via: SshAddress[] = []): SshAddress => ({
  kind: 'ssh',
  user,
  host,
  port,
  via,
})

describe('an address that is right', () => {
  test.each([
    ['deploy@web1.example.com', 'web1.example.com', ssh('deploy', 'web1.example.com')],
    ['web1=deploy@10.0.0.5:2222', 'web1', ssh('deploy', '10.0.0.5', 2222)],
    ['Web-1=Deploy@WEB1', 'Web-1', ssh('Deploy', 'WEB1')],
    ['six=deploy@[::1]', 'six', ssh('deploy', '::1')],
    ['six=deploy@[fe80::1%eth0]:22', 'six', ssh('deploy', 'fe80::1%eth0')],
    ['web1=deploy@xn--bcher-kva.example', 'web1', ssh('deploy', 'xn--bcher-kva.example')],
    ['web1=deploy@10.0.0.5 via ops@bastion', 'web1', ssh('deploy', '10.0.0.5', 22, [ssh('ops', 'bastion')])],
    [
      'deploy@inner via ops@outer:2022, ops@[::1]:23',
      'inner',
      ssh('deploy', 'inner', 22, [ssh('ops', 'outer', 2022), ssh('ops', '::1', 23)]),
    ],
  ])('%s', (text, name, address) => {
    expect(parseHost(text)).toEqual({ name, address })
  })

  test('names this machine', () => {
    expect(parseHost('local')).toEqual({ name: 'local', address: { kind: 'local' } })
    expect(parseHost('here=local')).toEqual({ name: 'here', address: { kind: 'local' } })
  })

  test('takes its name from the runbook when it has none, and can overrule it', () => {
    expect(parseHost('deploy@10.0.0.5', 'web1').name).toBe('web1')
    expect(parseHost('web2=deploy@10.0.0.5', 'web1').name).toBe('web2')
  })

  test('is written out and read back the same', () => {
    const label = fc.stringMatching(/^[A-Za-z0-9]([A-Za-z0-9-]{0,10}[A-Za-z0-9])?$/)
    const name = fc.tuple(label, label).map(([a, b]) => `${a}.x${b}`)
    const place = fc.oneof(fc.ipV4(), fc.ipV6(), name)
    const user = fc.stringMatching(/^[a-z_][a-z0-9._-]{0,12}$/)
    fc.assert(
      fc.property(user, place, fc.integer({ min: 1, max: 65535 }), (u, h, p) => {
        const address = ssh(u, h, p)
        expect(parseHost(`n=${formatAddress(address)}`).address).toEqual(address)
      }),
    )
  })
})

describe('an address that is not right is refused, with the nearest one that is', () => {
  test.each([
    ['-oProxyCommand=touch /tmp/x', 'web1=deploy@web1.example.com:22'],
    ['deploy@-oProxyCommand=touch', 'web1=deploy@web1.example.com:22'],
    ['web1.example.com', 'deploy@web1.example.com'],
    ['web1=web1.example.com:2222', 'web1=deploy@web1.example.com:2222'],
    ['deploy@::1', 'web1=deploy@[::1]'],
    ['web1=deploy@::1', 'web1=deploy@[::1]'],
    ['deploy@[::1]', 'web1=deploy@[::1]'],
    ['deploy@[web1]', 'web1=deploy@web1.example.com:22'],
    ['deploy@bücher.example', 'deploy@xn--bcher-kva.example'],
    ['deploy@web 1', 'web1=deploy@web1.example.com:22'],
    ['deploy@web1;id', 'web1=deploy@web1.example.com:22'],
    ['deploy@web1\nroot@web2', 'web1=deploy@web1.example.com:22'],
    ['deploy@web1\n', 'deploy@web1'],
    [' deploy@web1', 'deploy@web1'],
    ['deploy@web1:0', 'deploy@web1'],
    ['deploy@web1:65536', 'deploy@web1'],
    ['deploy@web1:22a', 'deploy@web1'],
    ['deploy@web1:-22', 'deploy@web1'],
    ['deploy@web1:022', 'deploy@web1'],
    ['deploy@web1:', 'deploy@web1'],
    ['deploy@web1:/srv/app', 'deploy@web1'],
    ['root;id@web1', 'web1=deploy@web1.example.com:22'],
    ['-l@web1', 'web1=deploy@web1.example.com:22'],
    ['ssh://deploy@web1:2222/', 'deploy@web1:2222'],
    ['web1=ssh://deploy@web1', 'web1=deploy@web1'],
    ['https://web1.example.com/', 'deploy@web1.example.com'],
    ['@web1', 'web1=deploy@web1.example.com:22'],
    ['deploy@', 'web1=deploy@web1.example.com:22'],
    ['deploy@1.2.3', 'web1=deploy@web1.example.com:22'],
    ['deploy@999.1.1.1', 'web1=deploy@web1.example.com:22'],
    ['deploy@web1..example.com', 'web1=deploy@web1.example.com:22'],
    ['-rf=deploy@web1', 'web1=deploy@web1.example.com:22'],
    ['=deploy@web1', 'web1=deploy@web1.example.com:22'],
    [`${'n'.repeat(64)}=deploy@web1`, 'web1=deploy@web1.example.com:22'],
    ['here=local via ops@bastion', 'here=local'],
    ['deploy@web1 via bastion', 'web1=deploy@web1.example.com:22'],
    ['deploy@web1 via ', 'web1=deploy@web1.example.com:22'],
    ['deploy@web1 via ops@a via ops@b', 'web1=deploy@web1.example.com:22'],
    ['', 'web1=deploy@web1.example.com:22'],
    ['localhost', 'deploy@localhost'],
  ])('%j', (given, nearest) => {
    const refusal = refusalOf(given)
    expect(refusal.remedy).toEqual([`Write it like this: ${nearest}`])
    expect(refusal.message).toContain('Expected [name=]user@address[:port]')
    expect(refusal.message).toContain('Nothing was changed.')
  })

  test('and what was given is shown without its control characters and look-alikes, and not at any length', () => {
    const refusal = refusalOf(`deploy@web1\u202e\u001b[2J\n::error::x${'y'.repeat(5000)}`)
    expect(refusal.message).toMatch(/^[\x20-\x7e…]+$/)
    expect(refusal.message.length).toBeLessThan(600)
  })

  test('and says which jump host is wrong', () => {
    expect(refusalOf('deploy@web1 via ops@outer,inner').message).toContain(
      'jump host "inner": the user is missing',
    )
  })

  test('whatever the text: a host or a refusal, never anything else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), text => {
        try {
          const { name, address } = parseHost(text)
          expect(`${name}${address.kind === 'ssh' ? formatAddress(address) : ''}`).not.toMatch(/[\s;$`'"|&]/)
        } catch (error) {
          expect(error).toBeInstanceOf(BadAddress)
        }
      }),
      { numRuns: 500 },
    )
  })
})

function refusalOf(text: string): BadAddress {
  try {
    parseHost(text)
  } catch (error) {
    if (error instanceof BadAddress) return error
    throw error
  }
  throw new Error(`${JSON.stringify(text)} was taken`)
}
