import { createServer } from 'node:http'
import { listen } from '../../support/listen.ts'

/** A chat that takes plain JSON, and what it was told. */
export interface Chat extends AsyncDisposable {
  readonly url: string
  readonly heard: Readonly<Record<string, unknown>>[]
}

export const startChat = async (): Promise<Chat> => {
  const heard: Record<string, unknown>[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', chunk => {
      body += chunk
    })
    request.on('end', () => {
      heard.push(JSON.parse(body))
      response.end('ok')
    })
  })
  const port = await listen(server)
  return {
    url: `http://127.0.0.1:${port}/services/aura-hook-4711`,
    heard,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(done => server.close(done))
    },
  }
}
