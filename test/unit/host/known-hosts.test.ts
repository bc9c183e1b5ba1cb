import { createHmac, randomBytes } from 'node:crypto'
import ssh2 from 'ssh2'
import { describe, expect, test } from 'vitest'
import {
  BadKnownHosts,
  CertAuthorityUnsupported,
  fingerprint,
  judge,
  keysFor,
  parseKnownHosts,
} from '../../../src/host/known-hosts.ts'

const make = (type: 'ed25519' | 'ecdsa' | 'rsa', bits?: number) => {
  const pair = ssh2.utils.generateKeyPairSync(
    type as 'rsa',
    (bits === undefined ? {} : { bits }) as { bits: number },
  )
  const [name = '', base64 = ''] = pair.public.split(' ')
  return { line: `${name} ${base64}`, wire: Buffer.from(base64, 'base64') }
}
const ed = make('ed25519')
const other = make('ed25519')
const ecdsa = make('ecdsa', 256)
const rsa = make('rsa', 2048)

function hash(name: string): string {
  const salt = randomBytes(20)
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`
}

describe('a server is recognised', () => {
  test.each([
    ['by its name', `web1.example.com ${ed.line}`, 'web1.example.com', 22],
    ['whatever the case', `Web1.Example.com ${ed.line}`, 'WEB1.example.COM', 22],
    ['by one of several names', `web1,10.0.0.5,web1.example.com ${ed.line}`, '10.0.0.5', 22],
    ['by a wildcard', `*.example.com ${ed.line}`, 'web1.example.com', 22],
    ['by a question mark', `web?.example.com ${ed.line}`, 'web1.example.com', 22],
    ['with its port', `[web1]:2222 ${ed.line}`, 'web1', 2222],
    ['by a wildcard with its port', `[*.example.com]:2222 ${ed.line}`, 'web1.example.com', 2222],
    ['by its hashed name', `${hash('web1')} ${ed.line}`, 'web1', 22],
    ['by its hashed name in capitals', `${hash('web1')} ${ed.line}`, 'WEB1', 22],
    ['by its hashed name with port', `${hash('[web1]:2222')} ${ed.line}`, 'web1', 2222],
    ['by an IPv6 address', `::1 ${ed.line}`, '::1', 22],
    ['by an IPv6 address with port', `[::1]:2222 ${ed.line}`, '::1', 2222],
    ['with the usual port written out', `[web1]:22 ${ed.line}`, 'web1', 22],
    ['on another port by its bare name, as ssh does', `web1 ${ed.line}`, 'web1', 2222],
    ['with a comment behind the key', `web1 ${ed.line} root@web1 2024`, 'web1', 22],
    ['with tabs, blanks and Windows line ends', `\r\n  web1\t ${ed.line}  \r\n`, 'web1', 22],
    ['between comments and blank lines', `# ours\n\n  # more\nweb1 ${ed.line}\n#end`, 'web1', 22],
    ['with several types', `web1 ${rsa.line}\nweb1 ${ecdsa.line}\nweb1 ${ed.line}`, 'web1', 22],
    ['with an old and a new key of one type', `web1 ${other.line}\nweb1 ${ed.line}`, 'web1', 22],
  ])('%s', (_, text, host, port) => {
    expect(judge(parseKnownHosts(text), host, port, ed.wire)).toEqual({ ok: true })
  })
})

describe('a server is not recognised', () => {
  test.each([
    ['another name', `web2 ${ed.line}`, 'web1', 22],
    ['a negated name', `*.example.com,!web1.example.com ${ed.line}`, 'web1.example.com', 22],
    ['only negated names', `!web2 ${ed.line}`, 'web1', 22],
    ['another port', `[web1]:2222 ${ed.line}`, 'web1', 22],
    ['a name that only begins the same', `web ${ed.line}`, 'web1', 22],
    ['a dot that is no wildcard', `web1.example.com ${ed.line}`, 'web1xexample.com', 22],
    ['a hash of another name', `${hash('web2')} ${ed.line}`, 'web1', 22],
    ['the bare name has another key, and the port none', `web1 ${other.line}`, 'web1', 2222],
  ])('%s', (_, text, host, port) => {
    expect(judge(parseKnownHosts(text), host, port, ed.wire)).toEqual({ ok: false, reason: 'unknown' })
  })
})

test('another key than the known one is a change, and the expected ones are told', () => {
  const known = parseKnownHosts(`# ours\nweb1 ${other.line}\nweb1 ${rsa.line}`)
  expect(judge(known, 'web1', 22, ed.wire)).toMatchObject({
    ok: false,
    reason: 'changed',
    known: [
      { type: 'ssh-ed25519', line: 2 },
      { type: 'ssh-rsa', line: 3 },
    ],
  })
})

describe('a revoked key', () => {
  test('is refused although another line has it', () => {
    const known = parseKnownHosts(`web1 ${ed.line}\n@revoked * ${ed.line}`)
    expect(judge(known, 'web1', 22, ed.wire)).toEqual({ ok: false, reason: 'revoked', line: 2 })
    expect(judge(known, 'web1', 2222, ed.wire)).toEqual({ ok: false, reason: 'revoked', line: 2 })
  })
  test('leaves the other keys alone', () => {
    const known = parseKnownHosts(`web1 ${ed.line}\n@revoked * ${other.line}`)
    expect(judge(known, 'web1', 22, ed.wire)).toEqual({ ok: true })
    expect(keysFor(known, 'web1', 22).map(key => key.line)).toEqual([1])
  })
})

describe('lines that cannot be read', () => {
  test.each([
    ['SHA256:AbCd', 'a fingerprint is not enough'],
    ['MD5:16:27:ac:a5 web1', 'a fingerprint is not enough'],
    [ed.line, 'the host is missing'],
    ['web1', 'the type of the key is missing'],
    ['web1 ssh-dss AAAA', 'not supported'],
    ['web1 2048 35 12345', 'version 1'],
    ['web1 ssh-ed25519', 'damaged'],
    [`web1 ${ed.line.slice(0, -4)}`, 'damaged'],
    [`web1 ssh-rsa ${ed.line.split(' ')[1]}`, 'damaged'],
    [`web1 ${ed.line}\\nweb2`, 'damaged'],
    [`|1|abc ${ed.line}`, 'the host cannot be read'],
    [`|2|abc|def ${ed.line}`, 'the host cannot be read'],
    [`web1,,web2 ${ed.line}`, 'the host cannot be read'],
    [`@banned web1 ${ed.line}`, 'the marker'],
  ])('are left out, with their number: %s', (line, problem) => {
    const known = parseKnownHosts(`# first\n${line}\nweb9 ${ed.line}`)
    expect(known.warnings).toEqual([{ line: 2, problem: expect.stringContaining(problem) }])
    expect(judge(known, 'web9', 22, ed.wire)).toEqual({ ok: true })
    expect(() => parseKnownHosts(line)).toThrow(problem)
  })

  test.each([[''], ['\n\n'], ['# only\n# comments\n']])('nothing but %j is refused', text => {
    expect(() => parseKnownHosts(text)).toThrow(BadKnownHosts)
  })

  test('@cert-authority is refused by its name, even beside usable lines', () => {
    const text = `web1 ${ed.line}\n@cert-authority *.example.com ${other.line}`
    expect(() => parseKnownHosts(text)).toThrow(CertAuthorityUnsupported)
    expect(() => parseKnownHosts(text)).toThrow(/line 2: @cert-authority is not supported/)
  })
})

describe('a large file', () => {
  test('of 10,000 hashed lines does not take long', () => {
    const line = ` ${other.line}`
    const text = `${Array.from({ length: 9999 }, (_, i) => hash(`h${i}`) + line).join('\n')}\nweb1 ${ed.line}`
    const start = performance.now()
    expect(judge(parseKnownHosts(text), 'web1', 22, ed.wire)).toEqual({ ok: true })
    // Far less; the limit only tells it from something that grows with the square, also on a machine that is busy.
    expect(performance.now() - start).toBeLessThan(15_000)
  })
  test('with a line of stars does not take long', () => {
    const known = parseKnownHosts(`${'*a'.repeat(2000)}b ${ed.line}`)
    const start = performance.now()
    expect(judge(known, 'a'.repeat(250), 22, ed.wire)).toEqual({ ok: false, reason: 'unknown' })
    expect(performance.now() - start).toBeLessThan(15_000)
  })
})

test('a fingerprint is written as ssh-keygen writes it', () => {
  // `ssh-keygen -lf` of this line prints the fingerprint below.
  const line = 'AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl'
  expect(fingerprint(Buffer.from(line, 'base64'))).toBe('SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU')
})

test('on the command line the file is named in which nothing was found, and the option for another', () => {
  expect(() => parseKnownHosts('', '/home/me/.ssh/known_hosts')).toThrow(
    '/home/me/.ssh/known_hosts is not there, or empty, so no server can be recognised.',
  )
  try {
    parseKnownHosts('', '/home/me/.ssh/known_hosts')
  } catch (error) {
    expect(error).toMatchObject({
      remedy: [expect.anything(), expect.stringContaining('`--known-hosts-file`')],
    })
  }
})
