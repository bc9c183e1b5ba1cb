import type { ChannelEvents, Closed } from '../../src/host/channel.ts'
import type { Host, SshAddress } from '../../src/host/host.ts'
import { Refusal } from '../../src/refusal.ts'

/** Events of a channel that a test can wait for. */
export function listening() {
  const lines: string[] = []
  const ends: Closed[] = []
  let wake = () => {}
  const events: ChannelEvents = {
    line(text) {
      lines.push(text)
      wake()
    },
    closed(how) {
      ends.push(how)
      wake()
    },
  }
  async function until<T>(ready: () => T | undefined): Promise<T> {
    for (;;) {
      const value = ready()
      if (value !== undefined) return value
      await new Promise<void>(resolve => {
        wake = resolve
      })
    }
  }
  return {
    events,
    lines,
    ends,
    closed: () => until(() => ends[0]),
    line: (wanted: string) => until(() => lines.find(line => line === wanted)),
  }
}

export const at = (port: number, via: readonly SshAddress[] = []): SshAddress => ({
  kind: 'ssh',
  user: 'deploy',
  host: '127.0.0.1',
  port,
  via,
})

export const web1 = (port: number, via: readonly SshAddress[] = []): Host => ({
  name: 'web1',
  address: at(port, via),
})

/** The refusal that a promise ends with. */
export async function refusalOf(promise: Promise<unknown>): Promise<Refusal> {
  const value = await promise.catch((error: unknown) => error)
  if (value instanceof Refusal) return value
  throw new Error('no refusal came', { cause: value })
}
