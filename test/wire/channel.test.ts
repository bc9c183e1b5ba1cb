import { afterEach, describe, expect, test } from 'vitest'
import { greeting } from '../../src/host/courier.ts'
import { LINE_CAP } from '../../src/host/lines.ts'
import { sshOpener } from '../../src/host/ssh.ts'
import { listening, web1 } from './listening.ts'
import { makeKey, publicLine, type ServerOptions, startProxy, startSshServer } from './ssh-fixture.ts'

const hostKey = makeKey()
const ours = makeKey()
const ECHO = greeting(`while IFS= read -r words; do eval "$words"; done`)

const running: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const it of running.splice(0).reverse()) await it.close()
})

async function connected(
  server: Omit<ServerOptions, 'hostKeys' | 'lets'> = {},
  keepaliveSeconds = 15,
  proxied = false,
) {
  const host = await startSshServer({ hostKeys: [hostKey], lets: ours, ...server })
  running.push(host)
  const proxy = await startProxy(host.port)
  running.push(proxy)
  const port = proxied ? proxy.port : host.port
  const open = sshOpener({
    knownHosts: `[127.0.0.1]:${port} ${publicLine(hostKey)}`,
    auth: { kind: 'key', key: ours.private },
    connectSeconds: 10,
    keepaliveSeconds,
  })
  const heard = listening()
  const channel = await open(web1(port), ECHO, heard.events)
  return { host, proxy, channel, heard }
}

describe('a channel to a courier', () => {
  test('answers several messages on one connection, and ends in order', async () => {
    const { host, channel, heard } = await connected()
    channel.send("echo 'hello   world'\n")
    await heard.line('hello   world')
    channel.send('n=1\n')
    channel.send('echo again $((n + 1))\n')
    await heard.line('again 2')
    channel.close()
    channel.close()
    expect(await heard.closed()).toEqual({ kind: 'ended' })
    expect(host.connections()).toBe(1)
    expect(host.methods).toEqual(['publickey', 'publickey'])
  })

  test('tries no authentication but the one that was asked for', async () => {
    const { host } = await connected()
    expect(host.methods).not.toContain('none')
  })

  test('that the courier ends by itself is ended when its status is 0', async () => {
    const { channel, heard } = await connected()
    channel.send('echo bye; exit 0\n')
    expect(await heard.closed()).toEqual({ kind: 'ended' })
    expect(heard.lines).toEqual(['bye'])
  })

  test('takes a message of a megabyte whole', async () => {
    const { channel, heard } = await connected()
    channel.send(`dd bs=1000000 count=1 iflag=fullblock 2>/dev/null | wc -c\n${'x'.repeat(1_000_000)}`)
    await heard.line('1000000')
  })

  test('puts characters together that the network cut in two', async () => {
    const bytes = Buffer.from('a–é😀z\n')
    const { heard } = await connected({
      command(stream) {
        let at = 0
        const next = () => {
          if (at < bytes.length) stream.write(bytes.subarray(at, ++at), () => setTimeout(next, 2))
        }
        next()
      },
    })
    await heard.line('a–é😀z')
  })

  test('cuts off a line that does not end', async () => {
    const { channel, heard } = await connected()
    channel.send(`head -c 30000000 /dev/zero | tr '\\0' x; echo; echo next\n`)
    await heard.line('next')
    expect(heard.lines).toEqual([`${'x'.repeat(LINE_CAP)}…`, 'next'])
  })

  test('does not stop when a host writes megabytes to stderr', async () => {
    const { channel, heard } = await connected()
    channel.send('head -c 10000000 /dev/zero >&2; echo next\n')
    await heard.line('next')
  })
})

describe('a channel is lost, and says why', () => {
  test('when the courier fails', async () => {
    const { channel, heard } = await connected()
    channel.send("printf 'disk\\033[31m full\\n' >&2; exit 3\n")
    expect(await heard.closed()).toEqual({
      kind: 'lost',
      reason: 'the command on the host ended with status 3; its last words: disk [31m full',
    })
  })

  test('when the courier is killed', async () => {
    const { heard } = await connected({
      command(stream) {
        stream.exit('KILL', false, '')
        stream.close()
      },
    })
    expect(await heard.closed()).toEqual({
      kind: 'lost',
      reason: 'the command on the host was ended by SIGKILL',
    })
  })

  test('when the host does not say how the courier ended', async () => {
    const { heard } = await connected({ command: stream => stream.close() })
    expect(await heard.closed()).toMatchObject({ kind: 'lost', reason: expect.stringMatching(/did not say/) })
  })

  test('when the command ends in the packet in which it started', async () => {
    const { heard } = await connected({
      command(stream) {
        stream.exit(127)
        stream.close()
      },
    })
    expect(await heard.closed()).toMatchObject({
      kind: 'lost',
      reason: 'the command on the host ended with status 127',
    })
  })

  test('when the connection breaks in the middle, without half a line', async () => {
    const { host, channel, heard } = await connected()
    channel.send("echo one; printf 'rc=1'; echo two >&2\n")
    await heard.line('one')
    host.cut()
    expect(await heard.closed()).toMatchObject({
      kind: 'lost',
      reason: expect.stringMatching(/^web1 \(deploy@127\.0\.0\.1:\d+\) /),
    })
    expect(heard.lines).toEqual(['one'])
    expect(() => channel.send('echo three\n')).not.toThrow()
    channel.close()
    expect(heard.ends).toHaveLength(1)
  })

  test('when the line goes dead and nobody hears of it', async () => {
    const { proxy, channel, heard } = await connected({}, 0.2, true)
    channel.send('echo one\n')
    await heard.line('one')
    proxy.freeze()
    const start = performance.now()
    expect(await heard.closed()).toMatchObject({
      kind: 'lost',
      reason: expect.stringMatching(/did not answer for 0\.6/),
    })
    expect(performance.now() - start).toBeLessThan(15_000)
  })

  test('but not because nothing was said for a while', async () => {
    const { channel, heard } = await connected({}, 0.1, true)
    await new Promise(resolve => setTimeout(resolve, 1000))
    channel.send('echo still here\n')
    await heard.line('still here')
    expect(heard.ends).toEqual([])
  })

  test('when the courier does not end after its input did', async () => {
    const { channel, heard } = await connected()
    channel.send('sleep 30\n')
    channel.close()
    expect(await heard.closed()).toMatchObject({
      kind: 'lost',
      reason: expect.stringMatching(/did not end within 3 s/),
    })
  })
})
