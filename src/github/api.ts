import { getOctokit } from '@actions/github'
import { retry } from '@octokit/plugin-retry'
import { throttling } from '@octokit/plugin-throttling'

/** Seconds for one request, with all its tries. */
const PATIENCE = 10

/** Seconds that a request may wait because GitHub asks for it; whoever has to wait longer is told no. */
const WAIT = 3

/** Tries after the first, and the milliseconds before the first of them; the second waits four times as long. */
const RETRIES = 2
const RETRY_AFTER = 180

/** Nobody answered in time. */
export class NoAnswer extends Error {
  constructor(seconds: number) {
    super(`no answer within ${seconds} s`)
    this.name = 'NoAnswer'
  }
}

/** The one way to GitHub's API: every request is bounded in time, and tried again where that can do no harm. */
export type Api = ReturnType<typeof openApi>

/**
 * @param apiUrl without a slash at its end
 * @param seconds for one request, with all its tries
 */
export function openApi(token: string, apiUrl: string, seconds = PATIENCE) {
  const soon = (after: number, _options: unknown, _octokit: unknown, tries: number): boolean =>
    after <= WAIT && tries === 0
  const octokit = getOctokit(
    token,
    {
      baseUrl: apiUrl,
      // What GitHub answers stands in errors; its advice to programmers is no business of a job's log.
      log: { debug() {}, info() {}, warn() {}, error() {} },
      retry: { retries: RETRIES, retryAfterBaseValue: RETRY_AFTER },
      throttle: { id: apiUrl, onRateLimit: soon, onSecondaryRateLimit: soon },
    },
    retry,
    throttling,
  )
  octokit.hook.wrap('request', async (request, options) => {
    const late = AbortSignal.timeout(seconds * 1000)
    const { signal, ...others } = options.request ?? {}
    const stop = signal ? AbortSignal.any([signal, late]) : late
    // The plugins look at this very object, and not at what they are handed.
    options.request = { ...others, signal: stop, ...(makesSomething(options) && { retries: 0 }) }
    // A try that waits for its turn does not notice that the time is up.
    return await Promise.race([request(options), rejectedBy(stop, late, seconds)])
  })
  return octokit
}

/** Whether it would make something twice if it were sent again after its answer got lost. */
const makesSomething = ({ method, url }: { method: string; url: string }): boolean =>
  method === 'POST' && !url.endsWith('/statuses')

function rejectedBy(signal: AbortSignal, late: AbortSignal, seconds: number): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(late.aborted ? new NoAnswer(seconds) : signal.reason)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
}
