import { createServer, type RequestListener } from 'node:http'
import { listen } from './listen.ts'

/** A chat on this machine that takes plain JSON, and what it was told. */
export interface Chat extends AsyncDisposable {
  readonly url: string
  readonly heard: readonly Readonly<Record<string, unknown>>[]
}

/** Starts one whose address ends with a token. */
export const startChat = async (
  token: string,
  answer: RequestListener = (_, response) => response.end('ok'),
): Promise<Chat> => {
  const heard: Record<string, unknown>[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', chunk => {
      body += chunk
    })
    request.on('end', () => {
      heard.push(JSON.parse(body))
      answer(request, response)
    })
  })
  const port = await listen(server)
  return {
    url: `http://127.0.0.1:${port}/services/${token}`,
    heard,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(done => server.close(done))
    },
  }
}
