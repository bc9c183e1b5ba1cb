import type { FailureReport } from '../outcome.ts'
import { Refusal } from '../refusal.ts'

/**
 * What is told about an error. A Refusal speaks for itself; anything else is a mistake of ours and says so.
 *
 * @param changed `nothing` only when it is known that no host was changed; otherwise nothing is promised.
 */
export function failureOf(error: unknown, changed: 'nothing' | 'unknown' = 'unknown'): FailureReport {
  if (error instanceof Refusal) {
    const { code, message, remedy, table } = error
    return table === undefined ? { code, message, remedy } : { code, message, remedy, table }
  }
  const known =
    changed === 'nothing'
      ? 'Nothing was changed on any host.'
      : 'Whether a host was changed is not known from here.'
  return {
    code: 'RB-BUG',
    message: `Rollbook itself made a mistake: ${causes(error)}. ${known}`,
    remedy: [
      ...(changed === 'nothing' ? [] : ['Run the operation `status` to see what is live on each host.']),
      'Report it, with this message and the record of the run, at https://github.com/rollbook/rollbook/issues.',
    ],
  }
}

/** `could not open the record, because disk full, because …`, outermost first. */
export function causes(error: unknown): string {
  const said = chain(error).map(words)
  // A wrapper often repeats the message of what it wraps.
  const news = said.filter((text, at) => said.findIndex(other => other.includes(text)) === at)
  return news.join(', because ')
}

function words(error: unknown): string {
  if (error instanceof AggregateError) {
    const first = error.errors.slice(0, 5).map(words)
    const more = error.errors.length > 5 ? [`and ${error.errors.length - 5} more`] : []
    return [error.message, ...first, ...more].filter(text => text !== '').join('; ')
  }
  if (error instanceof Error) return error.message.trim().replace(/\.$/, '') || error.name
  return typeof error === 'string' && error !== '' ? error : 'something that is not an error was thrown'
}

/** The error and its causes; an error that causes itself ends the chain. */
function chain(error: unknown): unknown[] {
  const seen: unknown[] = []
  for (let at = error; at !== undefined && at !== null && !seen.includes(at) && seen.length < 10; ) {
    seen.push(at)
    at = at instanceof Error ? at.cause : undefined
  }
  return seen.length === 0 ? [error] : seen
}
