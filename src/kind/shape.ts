import * as v from 'valibot'
import { DURATION, durationProblem, seconds } from '../runbook/duration.ts'
import { hint } from '../runbook/nearest.ts'

/*
 * The schemas of the runbook say what they expect in whole sentences: whoever shows a problem puts the place and what
 * was given in front of them, and nothing else.
 */

const expectsMap = v.never('Expected a map (key: value), not a list.')

/** Valibot takes a list for a map with the keys 0, 1, 2, …; who wrote a list should hear so. */
function notList<S extends v.GenericSchema>(schema: S): S {
  return {
    ...schema,
    '~run': (dataset: v.UnknownDataset, config: v.Config<v.BaseIssue<unknown>>) =>
      Array.isArray(dataset.value) ? expectsMap['~run'](dataset, config) : schema['~run'](dataset, config),
  }
}

/** A map with exactly these keys. */
export function map<E extends v.ObjectEntries>(entries: E) {
  const known = Object.keys(entries)
  return notList(
    v.strictObject(entries, issue => {
      if (issue.expected === 'never') return `Unknown key.${hint(String(issue.input), known)}`
      if (issue.path !== undefined) return 'This key is missing.'
      return `Expected a map with ${known.length > 8 ? `${known.slice(0, 8).join(', ')} and others` : known.join(', ')}.`
    }),
  )
}

/** A map from names that the user chose. */
export function named<V extends v.GenericSchema>(name: (text: string) => string | undefined, value: V) {
  return notList(v.record(v.pipe(v.string(), checked(name)), value, 'Expected a map (name: value).'))
}

/** A text that `problem` has nothing to say about. */
export function checked(problem: (text: string) => string | undefined) {
  return v.check<string, (issue: v.CheckIssue<string>) => string>(
    value => problem(value) === undefined,
    issue => problem(issue.input) ?? '',
  )
}

/** A text; a number or a truth value that was meant as one is answered with the quotes that it needs. */
export function text(expected: string) {
  return v.string(issue =>
    typeof issue.input === 'number' || typeof issue.input === 'boolean'
      ? `${expected} If it is meant as text, put it in quotes.`
      : expected,
  )
}

export function textOf(expected: string, problem: (text: string) => string | undefined) {
  return v.pipe(text(expected), checked(problem))
}

/** One line for people. */
export const line = v.pipe(
  text('Expected a text.'),
  checked(value => {
    if (value.trim() === '') return 'Expected a text that is not empty.'
    if (/\p{Cc}/u.test(value)) return 'Expected one line, without control characters.'
    return value.length > 200 ? `It has ${value.length} characters; at most 200 fit.` : undefined
  }),
)

/** A shell script. It is sent as a file, so its length is bounded only by what is still readable. */
export const script = v.pipe(
  text('Expected a script.'),
  checked(value => {
    if (value.trim() === '') return 'The script is empty.'
    if (value.includes('\0')) return 'A script cannot contain a NUL character.'
    return value.length > 65_536
      ? 'A script has at most 65,536 characters. Keep a longer one on the host.'
      : undefined
  }),
)

/** A time, in seconds once it is parsed. */
export const duration = v.pipe(
  v.string(issue =>
    typeof issue.input === 'number'
      ? (durationProblem(String(issue.input)) ?? '')
      : 'Expected a time such as 200ms, 30s, 5m or 1h.',
  ),
  checked(durationProblem),
  // For editors: the JSON Schema can't call a function.
  v.metadata({ pattern: DURATION.source }),
  v.transform(value => seconds(value) ?? 0),
)

export const flag = v.boolean(issue => {
  const word = String(issue.input).toLowerCase()
  const meant = ['yes', 'on', 'true', 'y', '1'].includes(word)
    ? ' Did you mean true?'
    : ['no', 'off', 'false', 'n', '0'].includes(word)
      ? ' Did you mean false?'
      : ''
  return `Expected true or false.${meant}`
})

export function whole(least: number, most: number) {
  const expected = `Expected a whole number from ${least} to ${most}.`
  return v.pipe(
    v.number(issue =>
      typeof issue.input === 'string' && /^\d+$/.test(issue.input)
        ? `${expected} Write it without quotes.`
        : expected,
    ),
    v.integer(expected),
    v.minValue(least, expected),
    v.maxValue(most, expected),
  )
}

export function oneOf<const Words extends readonly string[]>(words: Words) {
  return v.picklist(words, issue => {
    const choice = `Expected ${words.slice(0, -1).join(', ')} or ${words.at(-1)}.`
    return typeof issue.input === 'string'
      ? choice + hint(issue.input, words).replace(/ Known here.*/, '')
      : choice
  })
}

/** A list with something in it. */
export function list<V extends v.GenericSchema>(item: V, expected: string, most = 200) {
  return v.pipe(
    v.array(item, expected),
    v.minLength(1, `The list is empty. ${expected}`),
    v.maxLength(most, `The list has more than ${most} entries.`),
  )
}
