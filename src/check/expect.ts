import { STATUS_CODES } from 'node:http'
import type { LoadReport } from '../outcome.ts'
import type { Answer, HttpAnswer } from './answer.ts'
import { matchJson } from './json-match.ts'
import { shownText } from './shown.ts'
import { DEFAULT_STATUS, inRanges, type StatusRange, shownRanges } from './status.ts'
import { expand, type Variables } from './variables.ts'

export { parseStatus, type StatusRange } from './status.ts'

/** What an answer has to be like. All that is given has to hold; strings may use `$ROLLBOOK_TO` and its sisters. */
export interface Expectation {
  /** 200–299 when absent. */
  readonly status?: readonly StatusRange[] | undefined
  /** Every key given has to match; lists and scalars have to be equal. */
  readonly json?: unknown
  /** Literal text somewhere in the body. */
  readonly text?: string | undefined
  /** Literal text somewhere in the value of a header; names in any case. */
  readonly header?: Readonly<Record<string, string>> | undefined
  /** Turned round: passes when something of the above does not hold. For a fault that has to be seen. */
  readonly failing?: boolean | undefined
}

/** How one look ended. */
export interface Verdict {
  readonly passed: boolean
  /** What was seen, and what was wanted instead, e.g. `503 Service Unavailable, wanted 200`. */
  readonly detail: string
  /** `version` when the answer itself names the release that should serve. */
  readonly proof: 'version' | 'weak'
  /** The address that answered; absent when none did. */
  readonly ip?: string
  /** What a load measured. */
  readonly load?: LoadReport
}

type Finding = { readonly problem: string } | { readonly version: boolean }

/** Judges one answer. Pure; texts of the server reach `detail` only shortened and with controls spelled out. */
export function judge(answer: Answer, expectation: Expectation, variables: Variables): Verdict {
  const straight = judgeStraight(answer, expectation, variables)
  const verdict = 'ip' in answer ? { ...straight, ip: answer.ip } : straight
  if (!expectation.failing) return verdict
  // What no server was asked proves no fault: a slip of the pen in its name would be seen as one.
  if ('trouble' in answer && (answer.trouble === 'not-sent' || answer.trouble === 'resolve')) return verdict
  return verdict.passed
    ? { ...verdict, passed: false, detail: `${verdict.detail}, wanted it to fail`, proof: 'weak' }
    : { ...verdict, passed: true, detail: `fails, as it should: ${verdict.detail}`, proof: 'weak' }
}

function judgeStraight(answer: Answer, expectation: Expectation, variables: Variables): Verdict {
  const ranges = expectation.status ?? DEFAULT_STATUS
  if ('trouble' in answer) {
    return { passed: false, detail: `${answer.error}, wanted ${shownRanges(ranges)}`, proof: 'weak' }
  }
  const status = `${answer.status} ${STATUS_CODES[answer.status] ?? ''}`.trimEnd()
  if (!inRanges(answer.status, ranges)) {
    return { passed: false, detail: `${status}, wanted ${shownRanges(ranges)}`, proof: 'weak' }
  }
  const findings = [
    ...Object.entries(expectation.header ?? {}).map(([name, wanted]) =>
      findHeader(answer, name, wanted, variables),
    ),
    ...(expectation.json === undefined ? [] : [findJson(answer, expectation.json, variables)]),
    ...(expectation.text === undefined ? [] : [findText(answer, expectation.text, variables)]),
  ]
  const problem = findings.find(finding => 'problem' in finding)
  if (problem) return { passed: false, detail: `${status}, but ${problem.problem}`, proof: 'weak' }

  const version = findings.some(finding => 'version' in finding && finding.version)
  // A cache can name the right release from the days when it was live before; it says nothing about today's server.
  const age = Number(headerOf(answer, 'age') ?? 0)
  if (age > 0) return { passed: true, detail: `${status}, from a cache, ${age} s old`, proof: 'weak' }
  return version
    ? { passed: true, detail: `${status}, names ${shownText(variables.to)}`, proof: 'version' }
    : { passed: true, detail: status, proof: 'weak' }
}

function findHeader(answer: HttpAnswer, name: string, wanted: string, variables: Variables): Finding {
  const value = headerOf(answer, name)
  const expanded = expand(wanted, variables)
  if (value === undefined) {
    return { problem: `header ${name} is missing, wanted "${shownText(expanded.text)}"` }
  }
  if (contains(value, wanted, variables)) return { version: expanded.version }
  return { problem: `header ${name} is "${shownText(value)}", wanted "${shownText(expanded.text)}"` }
}

function findText(answer: HttpAnswer, wanted: string, variables: Variables): Finding {
  const expanded = expand(wanted, variables)
  if (contains(answer.body, wanted, variables)) return { version: expanded.version }
  const read = answer.truncated ? 'the part of the body that was read' : 'the body'
  return { problem: `${read} does not contain "${shownText(expanded.text)}"` }
}

function findJson(answer: HttpAnswer, wanted: unknown, variables: Variables): Finding {
  if (answer.truncated) return { problem: 'the body is too long to be read as JSON' }
  let actual: unknown
  try {
    actual = JSON.parse(answer.body)
  } catch {
    return { problem: 'the body is not valid JSON' }
  }
  const match = matchJson(actual, wanted, variables)
  return 'difference' in match ? { problem: match.difference } : match
}

/** Release `4` is not proven by a text that says `42`: what the release that was left would say does not count. */
function contains(text: string, wanted: string, variables: Variables): boolean {
  const { text: needle, version } = expand(wanted, variables)
  if (!version || variables.from === variables.to || !variables.from.includes(variables.to)) {
    return text.includes(needle)
  }
  const ofTheLeft = expand(wanted, { ...variables, to: variables.from }).text
  return text.replaceAll(ofTheLeft, '\n').includes(needle)
}

function headerOf(answer: HttpAnswer, name: string): string | undefined {
  const key = name.toLowerCase()
  return Object.hasOwn(answer.headers, key) ? answer.headers[key] : undefined
}
