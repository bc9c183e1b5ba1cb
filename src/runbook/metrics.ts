import * as v from 'valibot'
import { urlProblem } from '../check/http.ts'
import { secretSchema } from '../database/reach.ts'
import type { Position } from '../kind/item.ts'
import { checked, map, named, text, textOf } from '../kind/shape.ts'
import { nameProblem } from './names.ts'
import type { Source } from './problem.ts'

/** Where the numbers of the application are, and what they are called. */
export interface Metrics {
  /** Base of the API: `/api/v1/query` follows it. */
  readonly prometheus: string
  /** The secret that it asks for, as a bearer token. */
  readonly token?: { readonly env: string; readonly position: Position } | undefined
  /** Queries in PromQL by name, in the order of the file. */
  readonly compare: Readonly<Record<string, string>>
}

const EXAMPLE = 'Expected the URL of a Prometheus, such as https://prometheus.example.com.'

const prometheusProblem = (given: string): string | undefined =>
  urlProblem(given) ??
  (/[?#]/.test(given) ? 'Expected the URL without ? and #: /api/v1/query is put behind it.' : undefined)

const query = v.pipe(
  text('Expected a query in PromQL.'),
  checked(given => {
    if (given.trim() === '') return 'The query is empty.'
    if (/[^\P{Cc}\n\t]/u.test(given)) return 'A query has no control characters.'
    return given.length > 4000 ? `It has ${given.length} characters; at most 4,000 fit.` : undefined
  }),
)

/** The section `metrics` of a runbook. */
export const metricsSchema = map({
  prometheus: textOf(EXAMPLE, prometheusProblem),
  token: v.optional(secretSchema),
  compare: v.optional(named(nameProblem, query), {}),
})

/** The section as everything behind the loader knows it. */
export const readMetrics = (
  given: v.InferOutput<typeof metricsSchema> | undefined,
  position: Source['position'],
): Metrics | undefined =>
  given && {
    prometheus: given.prometheus,
    token: given.token && { env: given.token.env, position: position(['metrics', 'token', 'env']) },
    compare: given.compare,
  }
