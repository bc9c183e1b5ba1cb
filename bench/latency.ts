import { fork } from 'node:child_process'
import { once } from 'node:events'
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { startProxy } from './latency-proxy.ts'

const SCRIPT = fileURLToPath(import.meta.url)

/**
 * Puts a distance in front of hosts: each is reached on `port` as it is on `to`, `delay` milliseconds away each way.
 * Runs in a process of its own, so that its clock does not wait for the benchmark.
 */
export async function startLatency(
  addresses: readonly string[],
  port: number,
  to: number,
  delay: number,
): Promise<AsyncDisposable> {
  const child = fork(SCRIPT, [String(port), String(to), String(delay), ...addresses])
  const exited = once(child, 'exit')
  const ready = await Promise.race([once(child, 'message').then(() => true), exited.then(() => false)])
  if (!ready) throw new Error('the latency proxy did not start')
  return {
    async [Symbol.asyncDispose]() {
      child.kill()
      await exited
    },
  }
}

if (argv[1] === SCRIPT) {
  const [port, to, delay, ...addresses] = argv.slice(2)
  for (const address of addresses)
    await startProxy({ address, port: Number(port), to: Number(to), delay: Number(delay) })
  process.send?.('ready')
  // Nothing is left behind when the benchmark is killed.
  process.on('disconnect', () => process.exit())
}
