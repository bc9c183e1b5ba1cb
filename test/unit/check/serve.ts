import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export interface Serving {
  readonly url: URL
  readonly port: number
  readonly server: Server
  /** Connections accepted so far. */
  connections(): number
  stop(): Promise<void>
}

/** A web server on 127.0.0.1 that ends, with all its connections, when the test does. */
export async function serve(answer: RequestListener, port = 0): Promise<Serving> {
  const server = createServer(answer)
  let connections = 0
  server.on('connection', () => connections++)
  await listen(server, port)
  const bound = portOf(server)
  const stop = () =>
    new Promise<void>(resolve => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  onTestFinished(stop)
  return {
    url: new URL(`http://127.0.0.1:${bound}/`),
    port: bound,
    server,
    connections: () => connections,
    stop,
  }
}

export const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.removeListener('error', reject)
      resolve()
    })
  })

export const portOf = (server: Server): number => (server.address() as AddressInfo).port

/** A port of 127.0.0.1 that nothing listened on a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await listen(server, 0)
  const port = portOf(server)
  await new Promise(resolve => server.close(resolve))
  return port
}
