import * as v from 'valibot'
import { line, list, map, oneOf, textOf } from '../kind/shape.ts'
import { entriesOf, propertyOf } from './draft.ts'
import { hint } from './nearest.ts'
import type { Report } from './problem.ts'

/** Where else it is written down that a release was taken back. */
export interface Audit {
  readonly issue?: IssueAudit | undefined
  readonly drill?: DrillAudit | undefined
  readonly comment: readonly CommentPlace[]
}

export interface IssueAudit {
  /** For which runs: all that changed something, those that did not go well, or those of some rollbacks. */
  readonly when: 'always' | 'failed' | readonly string[]
  /** Seconds after the run until which it has to be filled in. */
  readonly due?: number | undefined
  readonly labels: readonly string[]
}

/** The report of a drill as an issue. */
export interface DrillAudit {
  readonly when: (typeof WHEN)[number]
  readonly labels: readonly string[]
}

export type CommentPlace = (typeof PLACES)[number]

const PLACES = ['commit', 'pull-request'] as const
const WHEN = ['always', 'failed'] as const

const DUE = /^(\d{1,3})([hd])$/
const HOURS: Readonly<Record<string, number>> = { h: 1, d: 24 }

const due = v.pipe(
  textOf('Expected a time such as 24h or 3d.', given =>
    secondsOf(given) === 0 ? 'Expected a time in hours or days, such as 24h or 3d.' : undefined,
  ),
  // For editors: the JSON Schema can't call a function.
  v.metadata({ pattern: DUE.source }),
  v.transform(secondsOf),
)

function secondsOf(text: string): number {
  const [, amount = '0', unit = 'h'] = DUE.exec(text) ?? []
  return Number(amount) * (HOURS[unit] ?? 0) * 3600
}

const label = v.pipe(
  line,
  v.check(
    given => !given.includes(',') && given.length <= 50,
    'A label has at most 50 characters, without a comma.',
  ),
)

const labels = list(label, 'Expected a list of labels.', 20)

/** What the runbook says of issues and comments. */
export const auditSchema = map({
  issue: v.optional(
    map({
      when: v.optional(
        v.union(
          [oneOf(WHEN), list(line, 'Expected a list of rollbacks.')],
          'Expected always, failed, or a list of rollbacks.',
        ),
        'always',
      ),
      due: v.optional(due),
      labels: v.optional(labels),
    }),
  ),
  drill: v.optional(map({ when: v.optional(oneOf(WHEN), 'always'), labels: v.optional(labels) })),
  comment: v.optional(list(oneOf(PLACES), 'Expected a list of commit and pull-request.', PLACES.length)),
})

export function readAudit(given: v.InferOutput<typeof auditSchema>): Audit {
  const { issue, drill, comment = [] } = given
  return {
    comment,
    ...(issue && { issue: { ...issue, labels: issue.labels ?? [] } }),
    ...(drill && { drill: { ...drill, labels: drill.labels ?? [] } }),
  }
}

/** Reports each rollback that `audit` names and that there is not. */
export function reportAudit(value: unknown, report: Report): void {
  const when = propertyOf(propertyOf(propertyOf(value, 'audit'), 'issue'), 'when')
  if (!Array.isArray(when)) return
  const known = entriesOf(value, 'rollbacks').map(([name]) => name)
  when.forEach((name, at) => {
    if (typeof name !== 'string' || known.includes(name)) return
    report(
      ['audit', 'issue', 'when', at],
      `There is no rollback called ${JSON.stringify(name)}.${hint(name, known)}`,
    )
  })
}
