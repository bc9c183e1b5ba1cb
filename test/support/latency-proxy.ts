import { createConnection, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { listen } from './listen.ts'

export interface ProxyCounts {
  connections: number
  /** Chunks and bytes towards the server and back. */
  chunksUp: number
  chunksDown: number
  bytesUp: number
  bytesDown: number
  /** How often the client spoke after the server had: what a round trip costs is paid this many times. */
  turns: number
}

/** A TCP proxy on 127.0.0.1 that makes a network of the loopback. */
export interface LatencyProxy extends AsyncDisposable {
  readonly port: number
  readonly counts: ProxyCounts
  /** Ends every connection at once, as a cable that is pulled; new ones are let in. */
  cut(): void
  /** Swallows nothing and delivers nothing, as a network that hangs. */
  freeze(): void
  /** Delivers what was held back. */
  thaw(): void
  close(): Promise<void>
}

export interface ProxyOptions {
  /** Port on 127.0.0.1. */
  readonly to: number
  /** Milliseconds for each chunk, each way; a round trip takes twice that. */
  readonly delay: number
}

export const startLatencyProxy = async ({ to, delay }: ProxyOptions): Promise<LatencyProxy> => {
  const counts: ProxyCounts = {
    connections: 0,
    chunksUp: 0,
    chunksDown: 0,
    bytesUp: 0,
    bytesDown: 0,
    turns: 0,
  }
  const sockets = new Set<Socket>()
  let thawed = Promise.resolve()
  let melt: (() => void) | undefined

  /** Hands on what `from` says, `delay` later and in order. */
  const carry = (from: Socket, onto: Socket, seen: (bytes: number) => void): void => {
    let line = Promise.resolve()
    const later = (deliver: () => void): void => {
      const due = sleep(delay)
      line = line.then(async () => {
        await due
        await thawed
        if (!onto.destroyed) deliver()
      })
    }
    from.on('data', chunk => {
      seen(chunk.length)
      later(() => onto.write(chunk))
    })
    from.on('end', () => later(() => onto.end()))
    from.on('error', () => later(() => onto.destroy()))
    from.on('close', () => sockets.delete(from))
  }

  const server = createServer({ allowHalfOpen: true, noDelay: true }, client => {
    counts.connections++
    const upstream = createConnection({ port: to, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
    sockets.add(client).add(upstream)
    let answered = true
    carry(client, upstream, bytes => {
      counts.chunksUp++
      counts.bytesUp += bytes
      if (answered) counts.turns++
      answered = false
    })
    carry(upstream, client, bytes => {
      counts.chunksDown++
      counts.bytesDown += bytes
      answered = true
    })
  })
  const port = await listen(server)

  const proxy: LatencyProxy = {
    port,
    counts,
    cut() {
      for (const socket of sockets) socket.destroy()
    },
    freeze() {
      if (melt) return
      thawed = new Promise(resolve => {
        melt = resolve
      })
    },
    thaw() {
      melt?.()
      melt = undefined
    },
    async close() {
      const closed = new Promise(resolve => server.close(resolve))
      proxy.cut()
      proxy.thaw()
      await closed
    },
    [Symbol.asyncDispose]: () => proxy.close(),
  }
  return proxy
}
