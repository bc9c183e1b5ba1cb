import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/** What came of a constant load. */
export interface Load {
  readonly requests: number
  /** Requests that got no answer, or one that is not 200, each in words. */
  readonly failures: readonly string[]
  /** Bodies in the order in which they were seen, repetitions left out. */
  readonly seen: readonly string[]
}

const ask = (url: string): Promise<{ status: number; body: string }> =>
  new Promise((resolve, reject) => {
    // A connection of its own for each request: a kept one would never notice that a listener had gone.
    const asked = request(url, { agent: false, timeout: 5000 }, answer => {
      let body = ''
      answer.on('data', bytes => (body += bytes))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: body.trim() }))
      answer.on('error', reject)
    })
    asked.on('timeout', () => asked.destroy(new Error('no answer in 5 seconds')))
    asked.on('error', reject)
    asked.end()
  })

/** Asks `url` over and over, two at a time, from now until `stop`; at most 60,000 requests. */
export function startLoad(url: string): { sofar(): number; stop(): Promise<Load> } {
  const failures: string[] = []
  const seen: string[] = []
  let requests = 0
  let going = true
  const client = async () => {
    while (going && requests < 60_000) {
      requests += 1
      try {
        const { status, body } = await ask(url)
        if (status !== 200) failures.push(`${status} ${body.slice(0, 80)}`)
        else if (!seen.includes(body)) seen.push(body)
      } catch (error) {
        failures.push(String(error))
      }
      await sleep(1)
    }
  }
  const clients = [client(), client()]
  return {
    sofar: () => requests,
    async stop() {
      going = false
      await Promise.all(clients)
      return { requests, failures, seen }
    },
  }
}
