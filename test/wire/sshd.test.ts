import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AuthenticationFailed } from '../../src/host/contact.ts'
import { greeting } from '../../src/host/courier.ts'
import { sshOpener } from '../../src/host/ssh.ts'
import { listening, refusalOf } from './listening.ts'
import { makeKey } from './ssh-fixture.ts'
import { startSshd } from './sshd-fixture.ts'

/** What only OpenSSH itself can show. The rest of the stories are told with a server of our own (connect, channel). */
let sshd: Awaited<ReturnType<typeof startSshd>>
beforeAll(async () => {
  sshd = await startSshd()
})
afterAll(() => sshd.close())

const ECHO = greeting(`while IFS= read -r words; do eval "$words"; done`)
const limits = { connectSeconds: 10, keepaliveSeconds: 15 }
const ours = () => ({ kind: 'key', key: sshd.key('ours') }) as const

async function talks(options: Parameters<typeof sshOpener>[0], host = sshd.host()) {
  const heard = listening()
  const channel = await sshOpener(options)(host, ECHO, heard.events)
  channel.send('echo hello\n')
  await heard.line('hello')
  channel.close()
  expect(await heard.closed()).toEqual({ kind: 'ended' })
}

describe('OpenSSH', () => {
  test('lets us in with a key', () => talks({ ...limits, knownHosts: sshd.known('ed25519'), auth: ours() }))

  test('is recognised by a hashed line', async () => {
    const knownHosts = sshd.hashed(sshd.known('ed25519'))
    expect(knownHosts).toMatch(/^\|1\|/)
    await talks({ ...limits, knownHosts, auth: ours() })
  })

  test('shows its RSA key, signed with SHA-2, when known-hosts has only that', () =>
    talks({ ...limits, knownHosts: sshd.known('rsa'), auth: ours() }))

  test('lets us in with an RSA key behind a passphrase', () =>
    talks({
      ...limits,
      knownHosts: sshd.known('ed25519'),
      auth: { kind: 'key', key: sshd.key('locked'), passphrase: 'open sesame' },
    }))

  test('lets us in with the agent', async () => {
    const agent = await sshd.agent()
    await talks({
      ...limits,
      knownHosts: sshd.known('ed25519'),
      auth: { kind: 'agent', socket: agent.socket },
    })
    await agent.close()
  })

  test('leads us on to the host behind it', () =>
    talks({ ...limits, knownHosts: sshd.known('ed25519'), auth: ours() }, sshd.host([sshd.address])))

  test('does not take a key that it does not know', async () => {
    const auth = { kind: 'key', key: makeKey().private } as const
    const opened = sshOpener({ ...limits, knownHosts: sshd.known('ed25519'), auth })(
      sshd.host(),
      ECHO,
      listening().events,
    )
    expect(await refusalOf(opened)).toBeInstanceOf(AuthenticationFailed)
  })

  test('an agent that is not there is an authentication that failed', async () => {
    const auth = { kind: 'agent', socket: `${sshd.folder}/nothing` } as const
    const opened = sshOpener({ ...limits, knownHosts: sshd.known('ed25519'), auth })(
      sshd.host(),
      ECHO,
      listening().events,
    )
    const refusal = await refusalOf(opened)
    expect(refusal).toBeInstanceOf(AuthenticationFailed)
    expect(refusal.message).toContain('the keys of the agent')
  })

  test.each([
    ['kill -9 $$', /ended by SIGKILL/],
    ['exit 7', /ended with status 7/],
    ['kill -9 $PPID; sleep 5', /^web1 .* closed the connection|did not say|broke off/],
  ])('tells how the courier ended: %s', async (words, reason) => {
    const heard = listening()
    const open = sshOpener({ ...limits, knownHosts: sshd.known('ed25519'), auth: ours() })
    const channel = await open(sshd.host(), ECHO, heard.events)
    channel.send(`${words}\n`)
    expect(await heard.closed()).toMatchObject({ kind: 'lost', reason: expect.stringMatching(reason) })
  })
})

test('OpenSSH that is busy (MaxStartups) drops us once, and lets us in at the next try', async () => {
  const busy = await startSshd('MaxStartups 1:100:1')
  const other = connect(busy.port, '127.0.0.1')
  await new Promise(resolve => other.once('data', resolve))
  const heard = listening()
  const opened = sshOpener({
    ...limits,
    knownHosts: busy.known('ed25519'),
    auth: { kind: 'key', key: busy.key('ours') },
  })(busy.host(), ECHO, heard.events)
  setTimeout(() => other.destroy(), 100)
  const channel = await opened
  channel.close()
  expect(await heard.closed()).toEqual({ kind: 'ended' })
  await busy.close()
})
