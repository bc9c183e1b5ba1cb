import { afterEach, describe, expect, test } from 'vitest'
import {
  AuthenticationFailed,
  ConnectTimeout,
  HandshakeFailed,
  NoShell,
  Unreachable,
} from '../../src/host/contact.ts'
import { greeting } from '../../src/host/courier.ts'
import { HostKeyChanged, HostKeyRevoked, HostKeyUnknown } from '../../src/host/host-key.ts'
import { fingerprint } from '../../src/host/known-hosts.ts'
import { NoIdentity } from '../../src/host/login.ts'
import { BadPrivateKey } from '../../src/host/private-key.ts'
import { type SshOptions, sshOpener } from '../../src/host/ssh.ts'
import { at, listening, refusalOf, web1 } from './listening.ts'
import {
  makeKey,
  makeRsaKey,
  publicLine,
  type ServerOptions,
  startListener,
  startSshServer,
  wireKey,
} from './ssh-fixture.ts'

const hostKey = makeKey()
const otherKey = makeKey()
const rsaKey = makeRsaKey()
const ours = makeKey()
const HELLO = greeting('echo hello')

const running: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const it of running.splice(0).reverse()) await it.close()
})

async function server(options: Partial<ServerOptions> = {}) {
  const it = await startSshServer({ hostKeys: [hostKey], lets: ours, ...options })
  running.push(it)
  return it
}

async function listener(...parameters: Parameters<typeof startListener>) {
  const it = await startListener(...parameters)
  running.push(it)
  return it
}

const known = (port: number, key = hostKey) => `[127.0.0.1]:${port} ${publicLine(key)}\n`

function open(
  port: number,
  knownHosts: string,
  more: Partial<SshOptions> = {},
  via = [] as ReturnType<typeof at>[],
) {
  const options = {
    auth: { kind: 'key', key: ours.private },
    connectSeconds: 10,
    keepaliveSeconds: 15,
  } as const
  const heard = listening()
  const opened = sshOpener({ knownHosts, ...options, ...more })(web1(port, via), HELLO, heard.events)
  return { heard, opened }
}

async function greets(...parameters: Parameters<typeof open>) {
  const { heard, opened } = open(...parameters)
  await opened
  await heard.line('hello')
  expect(await heard.closed()).toEqual({ kind: 'ended' })
}

describe('the key of the server', () => {
  test('is the known one: we are in', async () => {
    const { port } = await server()
    await greets(port, known(port))
  })

  test('is not known: refused before we say who we are, with the line that would let us in', async () => {
    const it = await server()
    const refusal = await refusalOf(open(it.port, known(it.port + 1)).opened)
    expect(refusal).toBeInstanceOf(HostKeyUnknown)
    expect(refusal.message).toContain(fingerprint(wireKey(hostKey)))
    expect(refusal.message).toContain(`web1 (deploy@127.0.0.1:${it.port})`)
    expect(it.methods).toEqual([])
    expect(it.connections()).toBe(1)
    await greets(it.port, refusal.remedy.join('\n').split('`known-hosts`: `')[1]?.split('`')[0] ?? '')
  })

  test('has changed: refused, with what was seen and what was expected', async () => {
    const it = await server()
    const refusal = await refusalOf(open(it.port, known(it.port, otherKey)).opened)
    expect(refusal).toBeInstanceOf(HostKeyChanged)
    expect(refusal.message).toContain(fingerprint(wireKey(hostKey)))
    expect(refusal.message).toContain(fingerprint(wireKey(otherKey)))
    expect(it.methods).toEqual([])
  })

  test('is revoked: refused', async () => {
    const { port } = await server()
    const refusal = await refusalOf(open(port, `${known(port)}@revoked * ${publicLine(hostKey)}`).opened)
    expect(refusal).toBeInstanceOf(HostKeyRevoked)
  })

  test('is one of several, and known-hosts has only the RSA one: we are in by that', async () => {
    const { port } = await server({ hostKeys: [hostKey, rsaKey] })
    await greets(port, known(port, rsaKey))
  })
})

describe('what is wrong before any connection is found before any connection', () => {
  const bad = (more: Partial<SshOptions>) => () =>
    sshOpener({ knownHosts: known(1), auth: undefined, connectSeconds: 1, keepaliveSeconds: 15, ...more })

  test('no key', () => {
    expect(bad({})).toThrow(NoIdentity)
  })
  test('a public key', () => {
    expect(bad({ auth: { kind: 'key', key: ours.public } })).toThrow(BadPrivateKey)
  })
  test('lines of known-hosts that cannot be used are told, once', () => {
    const warnings: string[] = []
    const auth = { kind: 'key', key: ours.private } as const
    bad({ auth, knownHosts: `web1\n${known(1)}`, warn: message => warnings.push(message) })()
    expect(warnings).toEqual([expect.stringMatching(/line 1 is ignored/)])
  })
})

describe('the server does not take our key', () => {
  test('and is not asked again', async () => {
    const it = await server({ lets: otherKey })
    const refusal = await refusalOf(open(it.port, known(it.port)).opened)
    expect(refusal).toBeInstanceOf(AuthenticationFailed)
    expect(refusal.message).toContain(`web1 (deploy@127.0.0.1:${it.port}) did not let us in`)
    expect(refusal.message).toContain(fingerprint(wireKey(ours)))
    expect(it.connections()).toBe(1)
    expect(it.methods).toEqual(['publickey'])
  })

  test('and starts no command', async () => {
    const { port } = await server({ refusesCommands: true })
    expect(await refusalOf(open(port, known(port)).opened)).toBeInstanceOf(NoShell)
  })
})

describe('a server that cannot be reached', () => {
  test('drops the first connection, and takes the second', async () => {
    const it = await server({ drops: 1 })
    await greets(it.port, known(it.port))
    expect(it.connections()).toBe(2)
  })

  test('drops every connection: three tries', async () => {
    const it = await server({ drops: 99 })
    const refusal = await refusalOf(open(it.port, known(it.port)).opened)
    expect(refusal).toBeInstanceOf(Unreachable)
    expect(it.connections()).toBe(3)
  })

  test('hangs up during the exchange of keys: three tries', async () => {
    const it = await listener(socket => socket.write('SSH-2.0-OpenSSH_9.2\r\n', () => socket.end()))
    expect(await refusalOf(open(it.port, known(it.port)).opened)).toBeInstanceOf(Unreachable)
    expect(it.connections()).toBe(3)
  })

  test('has nobody on its port', async () => {
    const { port, close } = await startListener(() => {})
    await close()
    const refusal = await refusalOf(open(port, known(port)).opened)
    expect(refusal).toBeInstanceOf(Unreachable)
    expect(refusal.message).toContain(`web1 (deploy@127.0.0.1:${port}) cannot be reached`)
  })

  test('takes the connection and says nothing: given up in time', async () => {
    const it = await listener(() => {})
    const start = performance.now()
    const refusal = await refusalOf(open(it.port, known(it.port), { connectSeconds: 0.5 }).opened)
    expect(refusal).toBeInstanceOf(ConnectTimeout)
    expect(refusal.message).toContain('within 0.5 s: waited for the SSH server to introduce itself')
    expect(performance.now() - start).toBeLessThan(15_000)
    expect(it.connections()).toBe(1)
  })

  test('speaks something else', async () => {
    const it = await listener(socket => socket.write('HTTP/1.1 400 Bad Request\r\nx\rjunk\r\n'))
    expect(await refusalOf(open(it.port, known(it.port)).opened)).toBeInstanceOf(HandshakeFailed)
    expect(it.connections()).toBe(1)
  })

  test('sends junk without end: given up, and little of it kept', async () => {
    const it = await listener(socket => {
      const more = () => {
        while (!socket.destroyed && socket.write(Buffer.alloc(65536, 'x'))) {}
        socket.once('drain', more)
      }
      more()
    })
    expect(await refusalOf(open(it.port, known(it.port), { connectSeconds: 3 }).opened)).toBeInstanceOf(
      HandshakeFailed,
    )
  })
})

describe('a jump host', () => {
  test('is checked with its own key, and so is the host behind it', async () => {
    const outer = await server({ hostKeys: [otherKey] })
    const inner = await server()
    await greets(inner.port, known(outer.port, otherKey) + known(inner.port), {}, [at(outer.port)])
    expect([outer.connections(), inner.connections()]).toEqual([1, 1])
  })

  test('with an unknown key is refused, and the host behind it never hears of it', async () => {
    const outer = await server({ hostKeys: [otherKey] })
    const inner = await server()
    const refusal = await refusalOf(open(inner.port, known(inner.port), {}, [at(outer.port)]).opened)
    expect(refusal).toBeInstanceOf(HostKeyUnknown)
    expect(refusal.message).toContain(`jump host deploy@127.0.0.1:${outer.port} on the way to web1`)
    expect(inner.connections()).toBe(0)
  })

  test('does not vouch for the host behind it', async () => {
    const outer = await server({ hostKeys: [otherKey] })
    const inner = await server()
    const refusal = await refusalOf(
      open(inner.port, known(outer.port, otherKey), {}, [at(outer.port)]).opened,
    )
    expect(refusal).toBeInstanceOf(HostKeyUnknown)
    expect(refusal.message).toContain(`web1 (deploy@127.0.0.1:${inner.port})`)
  })

  test('cannot reach the host behind it', async () => {
    const outer = await server({ hostKeys: [otherKey] })
    const { port, close } = await startListener(() => {})
    await close()
    const refusal = await refusalOf(open(port, known(outer.port, otherKey), {}, [at(outer.port)]).opened)
    expect(refusal).toBeInstanceOf(Unreachable)
    expect(refusal.message).toContain(`web1 (deploy@127.0.0.1:${port}) cannot be reached`)
  })

  test('dies in the middle: the channel is lost', async () => {
    const outer = await server({ hostKeys: [otherKey] })
    const inner = await server()
    const heard = listening()
    const open = sshOpener({
      knownHosts: known(outer.port, otherKey) + known(inner.port),
      auth: { kind: 'key', key: ours.private },
      connectSeconds: 10,
      keepaliveSeconds: 15,
    })
    await open(web1(inner.port, [at(outer.port)]), greeting('echo hello; read -r more'), heard.events)
    await heard.line('hello')
    outer.cut()
    expect(await heard.closed()).toMatchObject({ kind: 'lost' })
  })
})
