import { createConnection, createServer, type Server, type Socket } from 'node:net'

/** A chunk that went through: `up` is from the client to the server. */
export type Seen = (direction: 'up' | 'down', bytes: number) => void

/** Where a proxy listens, where it leads, and milliseconds for each chunk, each way. */
export interface ProxyOptions {
  readonly address: string
  readonly port: number
  readonly to: number
  readonly delay: number
}

/**
 * Makes a distant host of one on the loopback: every chunk, and every end, arrives `delay` later. The kernel's own way
 * (netem) is missing on many machines. What opening a TCP connection costs over a distance is not simulated.
 */
export function startProxy(options: ProxyOptions, seen: Seen = () => {}): Promise<Server> {
  const { address, port, to, delay } = options
  // Timers of the same duration fire in the order in which they were set, so chunks keep theirs.
  const carry = (from: Socket, onto: Socket, direction: 'up' | 'down'): void => {
    from.on('data', chunk => {
      seen(direction, chunk.length)
      setTimeout(() => onto.writable && onto.write(chunk), delay)
    })
    from.on('end', () => setTimeout(() => onto.end(), delay))
    from.on('error', () => onto.destroy())
    from.on('close', () => setTimeout(() => onto.destroy(), delay + 5))
  }
  const server = createServer({ allowHalfOpen: true, noDelay: true }, client => {
    const upstream = createConnection({ host: address, port: to, allowHalfOpen: true, noDelay: true })
    carry(client, upstream, 'up')
    carry(upstream, client, 'down')
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, address, () => resolve(server))
  })
}
