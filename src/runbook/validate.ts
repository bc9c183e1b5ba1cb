import * as v from 'valibot'
import { shownGiven } from './given.ts'
import { fieldOf, type Path, type Report, type Source } from './problem.ts'

const MOST_ROUNDS = 50

/**
 * Checks a value against a schema and reports all that is wrong with it, each with what was given.
 *
 * @returns the parsed value, or undefined when something was reported.
 */
export function validate<S extends v.GenericSchema>(
  schema: S,
  value: unknown,
  path: Path,
  source: Source,
  report: Report,
): v.InferOutput<S> | undefined {
  let left = value
  // Maps that lost a key: what else is said of them as a whole is an echo of that.
  const lost = new Set<string>()
  // Valibot names one unknown key of a map at a time: take it out and look again.
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const result = v.safeParse(schema, left)
    if (result.success) return lost.size === 0 ? result.output : undefined
    const unknown = result.issues.filter(isUnknownKey)
    if (unknown.length === 0) {
      const told = result.issues.filter(issue => !lost.has(fieldOf(keysOf(issue))))
      for (const issue of told) reportIssue(issue, path, source, report)
      return undefined
    }
    if (lost.size === 0) left = structuredClone(value)
    for (const issue of unknown) {
      reportIssue(issue, path, source, report)
      const keys = keysOf(issue)
      removeKey(left, keys)
      lost.add(fieldOf(keys.slice(0, -1)))
    }
  }
  return undefined
}

type Issue = v.BaseIssue<unknown>

const keysOf = (issue: Issue): Path =>
  (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)))

const isUnknownKey = (issue: Issue): boolean => issue.type === 'strict_object' && issue.expected === 'never'

function reportIssue(issue: Issue, path: Path, source: Source, report: Report): void {
  const here = [...path, ...keysOf(issue)]
  const last = issue.path?.at(-1)
  const isKey = last !== undefined && 'origin' in last && last.origin === 'key'
  // `origin` says `key` for a key that is unknown, one that is missing, and one whose name breaks a rule.
  const message =
    isKey && issue.type === 'strict_object'
      ? issue.message
      : `Given ${isKey ? shownGiven(last.key) : shownGiven(issue.input, here, source.written(here))}. ${issue.message}`
  report(here, message, isKey ? 'key' : 'value')
}

function removeKey(value: unknown, path: Path): void {
  let inside: unknown = value
  for (const part of path.slice(0, -1)) {
    if (typeof inside !== 'object' || inside === null) return
    inside = Reflect.get(inside, part)
  }
  const last = path.at(-1)
  if (typeof inside === 'object' && inside !== null && last !== undefined)
    Reflect.deleteProperty(inside, last)
}
