import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/** What users would have seen. */
export interface Gap {
  /** Seconds from the first request that failed to the first answer after the last one that failed. */
  readonly seconds: number
  readonly failed: number
  readonly asked: number
}

const serves = (url: string): Promise<boolean> =>
  new Promise(resolve => {
    // A connection of its own for each: a kept one would not notice that nobody listens any more.
    const asked = request(url, { agent: false, timeout: 1000 }, answer => {
      answer.on('error', () => resolve(false))
      answer.on('end', () => resolve(answer.statusCode === 200))
      answer.resume()
    })
    asked.on('timeout', () => asked.destroy(new Error('no answer in a second')))
    asked.on('error', () => resolve(false))
    asked.end()
  })

/** Asks `url` every 10 ms while `work` goes on, and two seconds longer. */
export async function gapDuring(url: string, work: () => Promise<void>): Promise<Gap> {
  let [going, failed, asked] = [true, 0, 0]
  let first: number | undefined
  let last: number | undefined
  const watch = async () => {
    while (going) {
      const at = performance.now()
      asked += 1
      if (await serves(url)) {
        if (first !== undefined && last === undefined) last = performance.now()
      } else {
        failed += 1
        first ??= at
        last = undefined
      }
      await sleep(10)
    }
  }
  const watching = watch()
  await work()
  await sleep(2000)
  going = false
  await watching
  if (first !== undefined && last === undefined) throw new Error(`${url} did not come back`)
  return { seconds: ((last ?? 0) - (first ?? 0)) / 1000, failed, asked }
}
