import { isMetadataAddress } from '../check/address.ts'
import type { Verdict } from '../check/expect.ts'
import { poll } from '../check/poll.ts'
import { troubleOf } from '../check/trouble.ts'

/** A webhook did not take a message. Its address is in no word of this. */
export class NotTold extends Error {}

/** How patient a webhook is told; the run waits for both of its messages, so it is little. */
export interface PostPatience {
  /** For one attempt. */
  readonly seconds: number
  readonly attempts: number
  /** For all attempts together. */
  readonly deadlineSeconds: number
}

const PATIENCE: PostPatience = { seconds: 4, attempts: 4, deadlineSeconds: 8 }

/** More of an answer is not read. */
const MOST = 16 * 1024

/**
 * Posts JSON; again after a pause when there is no answer, or one that asks to come back (429, 5xx).
 *
 * @param complaint what an answer of success complains of all the same.
 * @throws NotTold
 */
export async function post(
  url: URL,
  body: object,
  complaint: (answer: string) => string | undefined = () => undefined,
  patience: PostPatience = PATIENCE,
): Promise<void> {
  if (isMetadataAddress(url.hostname)) throw new NotTold('it is the metadata service of a cloud')
  const text = JSON.stringify(body)
  const { passed, last, attempts } = await poll(
    cut =>
      attempt(url, text, complaint, AbortSignal.any([cut, AbortSignal.timeout(patience.seconds * 1000)])),
    { attempts: patience.attempts, consecutive: 1, deadlineSeconds: patience.deadlineSeconds },
  )
  if (!passed)
    throw new NotTold(attempts > 1 ? `${last.detail}; it was tried ${attempts} times` : last.detail)
}

async function attempt(
  url: URL,
  body: string,
  complaint: (answer: string) => string | undefined,
  signal: AbortSignal,
): Promise<Verdict> {
  let status: number
  let answer: string
  try {
    // A redirect would take the message, and the address with its secret, to somewhere that nobody chose.
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'rollbook' },
      body,
      redirect: 'manual',
      signal,
    })
    status = response.status
    answer = await beginningOf(response)
  } catch (error) {
    if (signal.aborted) return again('there was no answer in time')
    return again(troubleOf(error instanceof Error ? error.cause : undefined).error)
  }
  if (status === 429 || status >= 500) return again(`it answered ${status}`)
  if (status >= 300 && status < 400)
    throw new NotTold(
      `it answered ${status}, a redirect, which is not followed: give the address that it leads to`,
    )
  if (status < 200 || status >= 300) throw new NotTold(`it answered ${status}`)
  const wrong = complaint(answer)
  if (wrong !== undefined) throw new NotTold(wrong)
  return { passed: true, detail: String(status), proof: 'weak' }
}

const again = (detail: string): Verdict => ({ passed: false, detail, proof: 'weak' })

async function beginningOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > MOST) break
  }
  return Buffer.concat(chunks).subarray(0, MOST).toString()
}
