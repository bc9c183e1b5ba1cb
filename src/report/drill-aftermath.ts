import type { FailureReport } from '../outcome.ts'
import { code, list, prose, table, text } from './markdown.ts'

/** A drill whose process was cut off, with what became of it. */
export interface CutOffDrill {
  readonly app: string
  readonly environment: string
  readonly run: string
  readonly drill: string
  /** What it was at; undefined when it was over already. */
  readonly at?: { readonly scenario: number; readonly rollback: string; readonly stage: string }
  /** All is as it was before it. */
  readonly back: boolean
  readonly by: readonly ('rollback' | 'undo' | 'name')[]
  readonly failure?: FailureReport
}

/** How it was brought back, in words. */
const WAYS = {
  rollback: 'its rollback repaired it',
  undo: 'its rollback was taken back',
  name: 'the release from before was gone to',
} as const

/** One sentence for the log and the annotation. */
export function cutOffDrillWords({ drill, run, at, back, by }: CutOffDrill): string {
  const where = at ? ` in scenario ${at.scenario} (${at.rollback}) at the stage ${at.stage}` : ''
  const how = by.length === 0 ? '' : `: ${by.map(way => WAYS[way]).join(', ')}`
  return `The drill ${drill} (run ${run}) was cut off${where}. ${
    back ? `Everything is as it was before it${how}.` : 'Not everything is as it was before it.'
  }`
}

/** The page of a drill whose own process never came to write one. */
export function cutOffDrillPage(drill: CutOffDrill): string {
  const { app, environment, back, failure } = drill
  const words = back
    ? 'is as it was: the drill was cut off and taken back'
    : 'needs you now: a drill was cut off'
  return [
    `## ${back ? '⚠️' : '❌'} ${text(app)} · ${text(environment)} ${words}`,
    '',
    prose(cutOffDrillWords(drill)),
    '',
    ...(failure === undefined
      ? []
      : [
          `${prose(failure.message)} ${code(failure.code)}`,
          '',
          list(failure.remedy.map(each => prose(each))),
          '',
          ...(failure.table
            ? [
                table(
                  failure.table.head,
                  failure.table.rows.map(row => row.map(cell => text(cell))),
                ),
                '',
              ]
            : []),
        ]),
  ].join('\n')
}
