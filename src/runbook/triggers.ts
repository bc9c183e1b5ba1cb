import * as v from 'valibot'
import { pathOrUrlProblem } from '../check/http.ts'
import type { Position } from '../kind/item.ts'
import { duration, flag, list, map, oneOf, textOf } from '../kind/shape.ts'
import { entriesOf, propertyOf } from './draft.ts'
import { nameProblem } from './names.ts'
import { hint } from './nearest.ts'
import type { Report, Source } from './problem.ts'

/** What `watch` does when a condition has held for long enough: from the strongest to the weakest. */
export const ACTIONS = ['rollback', 'ask', 'watch'] as const
export type Action = (typeof ACTIONS)[number]

/** Something that must not last. */
export interface Trigger {
  readonly when: Condition
  /** Seconds for which it has to hold without a break. */
  readonly for: number
  /** `then` of the runbook. */
  readonly action: Action
  readonly position: Position
}

export type Condition =
  | { readonly http: string }
  | { readonly metric: string; readonly above: number }
  | { readonly metric: string; readonly below: number }

/** How long and how often `watch` looks, in seconds; what is absent follows from the triggers. */
export interface WatchSpan {
  readonly for?: number | undefined
  readonly every?: number | undefined
}

const EXPECTED = 'Expected { http: /health, failing: true }, or { metric: error-rate, above: 0.5 }.'

const number = v.pipe(
  v.number(issue =>
    typeof issue.input === 'string' && issue.input.trim() !== '' && Number.isFinite(Number(issue.input))
      ? 'Expected a number. Write it without quotes.'
      : 'Expected a number, such as 0.5; half of all requests is 0.5, not 50%.',
  ),
  v.finite('Expected a number, such as 0.5.'),
)

const when = v.pipe(
  map({
    http: v.optional(textOf('Expected a path such as /health, or a URL.', pathOrUrlProblem)),
    failing: v.optional(flag),
    metric: v.optional(textOf('Expected the name of a metric of metrics.compare.', nameProblem)),
    above: v.optional(number),
    below: v.optional(number),
  }),
  v.check(({ http, metric }) => (http === undefined) !== (metric === undefined), EXPECTED),
  v.check(
    ({ http, failing }) => http === undefined || failing === true,
    'Expected failing: true beside http: a trigger is for what must not last.',
  ),
  v.check(
    ({ http, above, below }) => http === undefined || (above === undefined && below === undefined),
    'above and below are for a metric; http takes failing: true.',
  ),
  v.check(
    ({ metric, failing }) => metric === undefined || failing === undefined,
    'failing is for http; a metric takes above or below.',
  ),
  v.check(
    ({ metric, above, below }) => metric === undefined || (above === undefined) !== (below === undefined),
    'Expected either above or below beside metric, such as above: 0.5.',
  ),
)

/** The section `triggers` of a runbook. */
export const triggersSchema = list(
  // biome-ignore lint/suspicious/noThenProperty: the word of the runbook
  map({ when, for: duration, then: oneOf(ACTIONS) }),
  'Expected a list of triggers: { when: …, for: 5m, then: rollback }.',
  50,
)

const every = v.pipe(duration, v.minValue(0.1, 'Expected a time of at least 100ms.'))

/** The section `watch` of a runbook. */
export const watchSchema = map({ for: v.optional(duration), every: v.optional(every) })

/** The section as everything behind the loader knows it. */
export const readTriggers = (
  given: v.InferOutput<typeof triggersSchema> | undefined,
  position: Source['position'],
): readonly Trigger[] =>
  (given ?? []).map((each, at) => ({
    when: conditionOf(each.when),
    for: each.for,
    action: each.then,
    position: position(['triggers', at]),
  }))

function conditionOf({ http, metric = '', above, below }: v.InferOutput<typeof when>): Condition {
  if (http !== undefined) return { http }
  return above === undefined ? { metric, below: below ?? 0 } : { metric, above }
}

/** Reports names that name nothing, and times that do not go together. Reads the raw value, as the file has it. */
export function reportTriggers(value: unknown, report: Report): void {
  const triggers = propertyOf(value, 'triggers')
  if (!Array.isArray(triggers)) return
  const known = entriesOf(propertyOf(value, 'metrics'), 'compare').map(([name]) => name)
  const span = propertyOf(value, 'watch')
  const [whole, pause] = ['for', 'every'].map(key => secondsOf(propertyOf(span, key)))
  triggers.forEach((trigger, at) => {
    const metric = propertyOf(propertyOf(trigger, 'when'), 'metric')
    if (typeof metric === 'string' && !known.includes(metric)) {
      const said =
        propertyOf(value, 'metrics') === undefined
          ? ' Add it at the top: metrics: { prometheus: URL, compare: { … } }.'
          : hint(metric, known) || ' Add it to metrics.compare.'
      report(
        ['triggers', at, 'when', 'metric'],
        `There is no metric called ${JSON.stringify(metric)}.${said}`,
      )
    }
    const lasting = secondsOf(propertyOf(trigger, 'for'))
    if (lasting === undefined) return
    if (pause !== undefined && pause > lasting)
      report(['triggers', at, 'for'], 'This is shorter than watch.every: it would never be seen to last.')
    if (whole !== undefined && whole < lasting)
      report(['triggers', at, 'for'], 'This is longer than watch.for: it could never be over in time.')
  })
}

function secondsOf(given: unknown): number | undefined {
  const read = v.safeParse(duration, given)
  return read.success ? read.output : undefined
}
