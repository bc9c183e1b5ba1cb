import { once } from 'node:events'
import { createConnection, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { startLatencyProxy } from '../../support/latency-proxy.ts'
import { listen } from '../../support/listen.ts'

/** An echo server behind a proxy, and a client that is connected to it. */
const echo = async (delay: number) => {
  const server = createServer(socket => socket.on('error', () => {}).pipe(socket))
  const proxy = await startLatencyProxy({ to: await listen(server), delay })
  const client = createConnection({ port: proxy.port, host: '127.0.0.1', noDelay: true })
  await once(client, 'connect')
  return {
    proxy,
    client,
    async [Symbol.asyncDispose]() {
      client.destroy()
      await proxy.close()
      server.close()
    },
  }
}

const ask = async (client: Socket, word: string): Promise<string> => {
  client.write(word)
  let answer = ''
  while (answer.length < word.length) answer += String((await once(client, 'data'))[0])
  return answer
}

test('a question and its answer take twice the delay, and are counted', async () => {
  await using network = await echo(30)
  const began = performance.now()
  expect(await ask(network.client, 'hello')).toBe('hello')
  expect(performance.now() - began).toBeGreaterThanOrEqual(58)
  await ask(network.client, 'again')
  expect(network.proxy.counts).toMatchObject({ connections: 1, turns: 2, bytesUp: 10, bytesDown: 10 })
})

test('what is said while the network hangs arrives afterwards, whole and in order', async () => {
  await using network = await echo(1)
  network.proxy.freeze()
  let heard = ''
  network.client.on('data', piece => {
    heard += piece
  })
  for (const word of ['one ', 'two ', 'three']) {
    network.client.write(word)
    await sleep(10)
  }
  expect(heard).toBe('')
  network.proxy.thaw()
  await expect.poll(() => heard).toBe('one two three')
})

test('a cut ends both sides at once; the next connection works', async () => {
  await using network = await echo(1)
  const closed = once(network.client, 'close')
  network.proxy.cut()
  await closed
  const next = createConnection({ port: network.proxy.port, host: '127.0.0.1' })
  expect(await ask(next, 'back')).toBe('back')
  next.destroy()
})

test('the end of one side is handed on and leaves the other open', async () => {
  await using network = await echo(5)
  let heard = ''
  network.client.on('data', piece => {
    heard += piece
  })
  network.client.end('last words')
  await once(network.client, 'close')
  expect(heard).toBe('last words')
})
