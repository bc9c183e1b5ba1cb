import type { Expectation } from './expect.ts'
import { DEFAULT_STATUS } from './status.ts'
import { expand, type Variables } from './variables.ts'

/**
 * An expectation as `http.sh` reads it. JSON becomes pairs that must stand in the answer as text, white space left out
 * of both, because a host need not have anything that reads JSON.
 */
export function expectedOnHost(expected: Partial<Expectation>, variables: Variables): Record<string, string> {
  let version = false
  const put = (text: string) => {
    const expanded = expand(text, variables)
    version ||= expanded.version
    return expanded.text
  }
  const data = {
    status: (expected.status ?? DEFAULT_STATUS).map(({ from, to }) => `${from}-${to}`).join(' '),
    text: put(expected.text ?? ''),
    needles: expected.json === undefined ? '' : pairsOf(expected.json, put).join('\n'),
    headers: Object.entries(expected.header ?? {})
      .map(([name, wanted]) => `${name}: ${put(wanted)}`)
      .join('\n'),
    failing: expected.failing ? 'yes' : '',
  }
  // Told in the report; the host has no use for it.
  return { ...data, proof: version ? 'version' : '' }
}

/** `{ ok: true, db: { up: 1 } }` → `"ok":true`, `"up":1`; lists and scalars stand for themselves. */
function pairsOf(json: unknown, put: (text: string) => string): string[] {
  if (!isMap(json)) return [dense(json, put)]
  return Object.entries(json).flatMap(([key, value]) =>
    isMap(value) ? pairsOf(value, put) : [`${JSON.stringify(key)}:${dense(value, put)}`],
  )
}

const dense = (value: unknown, put: (text: string) => string): string =>
  JSON.stringify(value, (_, each: unknown) => (typeof each === 'string' ? put(each) : each)).replace(
    /\s/g,
    '',
  )

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
