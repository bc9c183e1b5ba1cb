import { shownValue } from './shown.ts'
import { expand, type Variables } from './variables.ts'

/** Where the first difference is and what was wanted there, or whether the match proves the release. */
export type JsonMatch = { readonly difference: string } | { readonly version: boolean }

/**
 * Compares a JSON value with an expected one: every key of an expected map has to be there and match, further keys do
 * not matter; lists and scalars have to be equal.
 */
export function matchJson(actual: unknown, expected: unknown, variables: Variables): JsonMatch {
  return matchAt('', actual, expected, variables, false)
}

function matchAt(
  path: string,
  actual: unknown,
  expected: unknown,
  variables: Variables,
  exact: boolean,
): JsonMatch {
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return differ(path, actual, `a list of ${expected.length}`)
    if (actual.length !== expected.length) return differ(path, actual, `a list of ${expected.length}`)
    return all(
      expected.map((wanted, i) => () => matchAt(`${path}[${i}]`, actual[i], wanted, variables, true)),
    )
  }
  if (isMap(expected)) {
    if (!isMap(actual)) return differ(path, actual, 'a map')
    const keys = Object.keys(expected)
    const extra = exact ? Object.keys(actual).find(key => !Object.hasOwn(expected, key)) : undefined
    if (extra !== undefined) return differ(join(path, extra), actual[extra], 'no such key')
    return all(
      keys.map(key => () => {
        const value = Object.hasOwn(actual, key) ? actual[key] : undefined
        return matchAt(join(path, key), value, expected[key], variables, exact)
      }),
    )
  }
  if (typeof expected !== 'string') {
    return actual === expected ? { version: false } : differ(path, actual, shownValue(expected))
  }
  const { text, variable, version } = expand(expected, variables)
  // Release 41 may well be the number 41 in an answer, and `$ROLLBOOK_TO` cannot be written as a number.
  const same = actual === text || (variable && typeof actual === 'number' && String(actual) === text)
  return same ? { version } : differ(path, actual, shownValue(text))
}

function all(matches: readonly (() => JsonMatch)[]): JsonMatch {
  let version = false
  for (const match of matches) {
    const result = match()
    if ('difference' in result) return result
    version ||= result.version
  }
  return { version }
}

function differ(path: string, actual: unknown, wanted: string): JsonMatch {
  const where = path === '' ? 'JSON' : `JSON "${path}"`
  return { difference: `${where} is ${shownValue(actual)}, wanted ${wanted}` }
}

const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`)

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
