import { createServer, request } from 'node:http'
import { listen } from '../../support/listen.ts'

/** One address for several hosts, as a load balancer gives it: each request goes to the next host. */
export interface Balancer extends AsyncDisposable {
  readonly url: string
}

/** @param ports where the hosts answer, on 127.0.0.1. */
export const startBalancer = async (ports: readonly number[]): Promise<Balancer> => {
  let turn = 0
  const server = createServer((asked, answer) => {
    turn += 1
    const { method, url, headers } = asked
    const port = ports[turn % ports.length]
    const passed = request({ host: '127.0.0.1', port, method, path: url, headers }, got => {
      answer.writeHead(got.statusCode ?? 502, got.headers)
      got.pipe(answer)
    })
    passed.on('error', () => {
      if (!answer.headersSent) answer.writeHead(502)
      answer.end()
    })
    asked.pipe(passed)
  })
  const port = await listen(server)
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise(done => server.close(done))
    },
  }
}
