import type { ServerChannel } from 'ssh2'
import { afterEach, describe, expect, test } from 'vitest'
import type { RunEvents } from '../../src/engine/conversation.ts'
import { openSession } from '../../src/engine/session.ts'
import { sshOpener } from '../../src/host/ssh.ts'
import { web1 } from './listening.ts'
import { makeKey, publicLine, startSshServer } from './ssh-fixture.ts'

const hostKey = makeKey()
const ours = makeKey()

const running: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const it of running.splice(0).reverse()) await it.close()
})

/** Says one thing again and again, as fast as anybody listens, until nobody does. */
function forEver(stream: ServerChannel, text: (at: number) => string): void {
  let at = 0
  let over = false
  stream.on('close', () => {
    over = true
  })
  const more = () => {
    for (let room = true; room && !over; ) {
      let piece = ''
      while (piece.length < 16_384) piece += text(at++)
      room = stream.write(piece)
    }
    if (!over) stream.once('drain', more)
  }
  more()
}

/** A host with our key on it that has its own idea of a courier. @param lies told with the nonce that it was given */
async function hostThat(lies: (stream: ServerChannel, nonce: string) => void) {
  const host = await startSshServer({
    hostKeys: [hostKey],
    lets: ours,
    command(stream) {
      stream.on('error', () => {})
      let heard = ''
      stream.on('data', (piece: Buffer) => {
        if (heard.includes('courier_environment=')) return
        heard += piece.toString()
        const [, nonce] = /courier_nonce='?([0-9a-f]{16})/.exec(heard) ?? []
        if (nonce !== undefined && heard.includes('courier_environment=')) lies(stream, nonce)
      })
    },
  })
  running.push(host)
  const open = sshOpener({
    knownHosts: `[127.0.0.1]:${host.port} ${publicLine(hostKey)}`,
    auth: { kind: 'key', key: ours.private },
    connectSeconds: 10,
    keepaliveSeconds: 15,
  })
  return openSession(open, web1(host.port), {
    app: 'shop',
    environment: 'production',
    stateFolder: '',
    questions: [],
  })
}

const SILENT: RunEvents = { journal() {}, output() {}, gone() {} }

describe('a host that has been broken into', () => {
  test('talks without an end before it has introduced itself: nothing more of it is read', async () => {
    const looked = hostThat(stream => forEver(stream, () => 'welcome to web1\n'))
    await expect(looked).rejects.toThrow('it said more than 64 MiB, and would not stop')
  })

  test('lists facts without an end', async () => {
    const looked = hostThat((stream, nonce) => forEver(stream, at => `RB1 ${nonce} 0 fact tool t${at} /t\n`))
    await expect(looked).rejects.toThrow('it said more than 64 MiB')
  })

  test('writes a journal without an end: contact counts as lost', async () => {
    const session = await hostThat((stream, nonce) => {
      stream.write(`RB1 ${nonce} 0 end\nRB1 ${nonce} 1 started\n`)
      forEver(stream, at => `RB1 ${nonce} 1 journal ${at} 1.00 phase prepared .\n`)
    })
    await session.start('run', { text: '', bytes: 0, sha256: '' }, SILENT).catch(() => undefined)
    expect(await session.closed).toEqual({
      kind: 'lost',
      reason: 'its journal has more than 10,000 lines, which no run writes',
    })
  })
})
