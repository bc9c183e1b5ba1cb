import type { OpenChannel } from '../host/channel.ts'
import type { RunHeading } from '../outcome.ts'
import type { Log } from '../report/log.ts'
import type { Environment, Rollback, Runbook } from '../runbook/runbook.ts'
import type { FindChanges } from './changes.ts'

/** What one run of an operation is about, and the means that it has. Read once, never changed. */
export interface Setting {
  readonly operation: string
  readonly run: string
  readonly runbook: Runbook
  readonly environment: Environment
  readonly rollback: Rollback
  readonly target: string
  /** The release that has to be live when it begins; whatever is live when absent. */
  readonly leaving?: string
  readonly reason: string
  readonly confirm: string | undefined
  readonly actor: string
  /** Path of the workflow run below the server; empty on the command line. */
  readonly workflowRun: string
  /** The drill that the run is a part of: what a drill does is no history of releases. */
  readonly drill?: string
  readonly open: OpenChannel
  /** Values of the secrets that the runbook names, by name. */
  readonly secrets: ReadonlyMap<string, string>
  readonly log: Log
  /** Looks up what lies between two commits, where there is a history to look into. */
  readonly findChanges?: FindChanges
  /** Told when a person cancels. */
  readonly cancelled: AbortSignal
  /** Told once, when the run begins to touch the hosts. Nobody waits for what it does. */
  begun?(heading: RunHeading): void
  /** Told of each stage that the post step would have to know about. */
  remember(stage: Stage, run?: string): void
}

/** How far a run has come, for the post step: before `switching` nothing was changed. */
export type Stage = 'looking' | 'preparing' | 'switching' | 'settled'

/**
 * `20261120T141058Z-3f9a2c`: sorts by time, and no two runs share one. Milliseconds come first behind the dash, because
 * two runs fit into one second and `undo` takes the later one.
 *
 * @param random three characters or more
 */
export function newRunId(now: Date, random: string): string {
  const second = now.toISOString().replace(/[-:]|\.\d+/g, '')
  const milliseconds = now.getUTCMilliseconds().toString(16).padStart(3, '0')
  return `${second}-${milliseconds}${random.slice(0, 3)}`
}

/** The phrases that were typed: several are given a line each, or with commas between. */
export const phrasesOf = ({ confirm }: Pick<Setting, 'confirm'>): readonly string[] =>
  (confirm ?? '').split(/[,\n]/).map(phrase => phrase.trim())

/** Whether something that would be refused is to be done all the same; the phrase stands in the record. */
export const goesOnAnyway = (setting: Pick<Setting, 'confirm'>): boolean =>
  phrasesOf(setting).includes('run anyway')
