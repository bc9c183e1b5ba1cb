import type { LookupFunction } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { dial } from '../../src/host/dial.ts'
import { startListener } from './ssh-fixture.ts'

const running: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const it of running.splice(0)) await it.close()
})

const resolvesTo =
  (...addresses: string[]): LookupFunction =>
  (_host, _options, callback) =>
    callback(
      null,
      addresses.map(address => ({ address, family: 4 })),
    )

test('a name with a dead address is reached by its other one', async () => {
  const it = await startListener(() => {})
  running.push(it)
  const lookup = resolvesTo('127.0.0.2', '127.0.0.3', '127.0.0.1')
  const socket = await dial('web1', it.port, AbortSignal.timeout(5000), lookup)
  expect(socket.remoteAddress).toBe('127.0.0.1')
  socket.destroy()
})

test('when no address takes a connection, the error says which were tried', async () => {
  const it = await startListener(() => {})
  await it.close()
  const failed = dial('web1', it.port, AbortSignal.timeout(5000), resolvesTo('127.0.0.2', '127.0.0.3'))
  await expect(failed).rejects.toMatchObject({
    code: 'ECONNREFUSED',
    errors: [{ address: '127.0.0.2' }, { address: '127.0.0.3' }],
  })
})

test('is given up when the time is over', async () => {
  const never: LookupFunction = () => {}
  await expect(dial('web1', 22, AbortSignal.timeout(100), never)).rejects.toThrow()
})
