import * as v from 'valibot'
import type { ItemOf } from '../kind/item-of.ts'
import type { Kind } from '../kind/kind.ts'
import { checked, flag, map, named, text, textOf } from '../kind/shape.ts'
import type { Surroundings } from '../kind/surroundings.ts'
import { expectedOnHost } from './expected-on-host.ts'
import { fromRunner, LOOK, looksAtItself, patienceOf, patienceOnHost } from './look.ts'
import { httpCheck, type RunnerCheck } from './runner-check.ts'
import { parseStatus } from './status.ts'
import { BadCheckUrl, checkUrl } from './url.ts'

/** What is wrong with a URL. */
export const urlProblem = (given: string): string | undefined =>
  problemOf(given, undefined, 'Expected a URL, with http:// or https:// in front.')

/** What is wrong with the address of a check: a URL, or a path that the environment has the URL for. */
export const pathOrUrlProblem = (given: string): string | undefined =>
  problemOf(given, 'https://example.com', 'Expected a path that starts with one /, or a URL.')

function problemOf(given: string, base: string | undefined, expected: string): string | undefined {
  if (/\$\{|\{\{/.test(given)) return 'Variables are not expanded in a URL. Write it out.'
  const works = (text: string): boolean => askUrl(text, base) === undefined
  if (works(given)) return undefined
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(given)) return askUrl(given, base)
  const meant = /^[^/]+\.[^/]+/.test(given) ? `https://${given}` : `/${given.replace(/^\/+/, '')}`
  return (base !== undefined || meant.startsWith('https')) && works(meant)
    ? `${expected} Did you mean ${meant}?`
    : expected
}

function askUrl(given: string, base: string | undefined): string | undefined {
  try {
    checkUrl(base, given)
    return undefined
  } catch (error) {
    if (error instanceof BadCheckUrl) return error.remedy.join(' ')
    throw error
  }
}

const EXPECTED_STATUS = "Expected a status such as 200, '2xx', '200-299', or a list of these."
const oneStatus = v.union([v.number(), v.string()], EXPECTED_STATUS)

const headerNameProblem = (name: string): string | undefined =>
  /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/.test(name)
    ? undefined
    : 'Expected the name of a header, such as X-Release.'
const headerValueProblem = (wanted: string): string | undefined =>
  /\p{Cc}/u.test(wanted) ? 'The value of a header has no line breaks or control characters.' : undefined

export const expect = v.pipe(
  map({
    status: v.optional(
      v.pipe(
        v.union([v.number(), v.string(), v.array(oneStatus, EXPECTED_STATUS)], EXPECTED_STATUS),
        v.check(given => parseStatus(given) !== undefined, EXPECTED_STATUS),
        v.transform(given => parseStatus(given) ?? []),
      ),
    ),
    json: v.optional(v.unknown()),
    text: v.optional(v.pipe(text('Expected a text.'), v.minLength(1, 'Expected a text that is not empty.'))),
    header: v.optional(
      named(headerNameProblem, v.pipe(text('Expected a text.'), checked(headerValueProblem))),
    ),
    failing: v.optional(flag),
  }),
  v.check(
    given => Object.keys(given).length > 0,
    'Expected at least one of status, json, text, header, failing.',
  ),
)

const value = textOf('Expected a path such as /healthz, or a URL.', pathOrUrlProblem)
const options = { ...LOOK, expect: v.optional(expect) }
type HttpItem = ItemOf<typeof value, typeof options>

const title = ({ value }: HttpItem): string => `GET ${value.replace(/\?.*$/s, '?…')}`

export const http = {
  name: 'http',
  phases: ['verify'],
  value,
  options,
  says: 'Looks whether an address answers as expected, from the runner or from a host.',
  title,
  looksFrom: ({ options: { from } }: HttpItem) => from ?? 'runner',
  onHost: {
    shell: new URL('./http.sh', import.meta.url),
    steps: ({ value, options }: HttpItem, { url, variables }) => [
      {
        data: {
          url: checkUrl(url, value).href,
          ...expectedOnHost(options.expect ?? {}, variables),
          ...patienceOnHost(options),
        },
      },
    ],
  },
  fromRunner(item: HttpItem, { url }): RunnerCheck {
    const { value, options, severity, timeout } = item
    return httpCheck(
      { title: item.as ?? title(item), severity, options: patienceOf(options) },
      checkUrl(url, value),
      options.expect ?? {},
      timeout === undefined ? {} : { timeoutSeconds: timeout },
    )
  },
  misfit({ value, options: { from } }: HttpItem, surroundings: Surroundings) {
    if (value.startsWith('/') && surroundings.url === undefined) {
      return `${value} is a path, and the environment has no url to put before it. Give it one, or write the whole URL.`
    }
    return fromRunner(from) && looksAtItself(checkUrl(surroundings.url, value), surroundings)
      ? 'From the runner this address is the runner itself. To look from the servers, add "from: host".'
      : undefined
  },
} as const satisfies Kind
