import { createHash } from 'node:crypto'
import type { DifferenceReport } from '../outcome.ts'

/** What one host has live, as names with values; equal values mean that it is the same. */
export interface Identity {
  readonly host: string
  readonly values: Readonly<Record<string, string>>
}

/** Over all that a host has live: one word that is the same only as long as everything is. */
export function sumOf({ values }: Pick<Identity, 'values'>): string {
  const entries = Object.entries(values).toSorted(([one], [two]) => (one < two ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(entries)).digest('hex').slice(0, 32)
}

/** What of a host was written down, perhaps cut, and the sum over all of it. */
export interface Remembered {
  readonly host: string
  readonly values: readonly (readonly [what: string, is: string])[]
  readonly sum: string
}

export const remember = ({ host, values }: Identity): Remembered => ({
  host,
  values: Object.entries(values),
  sum: sumOf({ values }),
})

/** What is not as it was, host by host; empty when all is the same. */
export function differences(
  before: readonly Remembered[],
  now: readonly Identity[],
): readonly DifferenceReport[] {
  return before.flatMap(({ host, values, sum }) => {
    const own = now.find(each => each.host === host)
    if (own === undefined) return [{ host, what: 'the host', before: 'answered', now: 'does not answer' }]
    if (sumOf(own) === sum) return []
    const known = new Map(values)
    const found = [...new Set([...known.keys(), ...Object.keys(own.values)])].flatMap(what => {
      const [was, is] = [known.get(what), own.values[what]]
      // What was written down may be cut at its end.
      const same =
        was !== undefined && is !== undefined && (was === is || (was.length >= 200 && is.startsWith(was)))
      return same ? [] : [{ host, what, before: was ?? 'not there', now: is ?? 'not there' }]
    })
    return found.length > 0 ? found : [{ host, what: 'something', before: 'otherwise', now: 'not as it was' }]
  })
}
