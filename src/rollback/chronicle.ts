import type { StepAction } from '../engine/wire.ts'
import type {
  BackupReport,
  ChecklistTopic,
  CheckReport,
  FailureReport,
  HostReport,
  Outcome,
  RunHeading,
  RunReport,
} from '../outcome.ts'
import type { StepMark } from '../report/log.ts'
import type { NamedStep } from './step-notes.ts'

/** What only some operations find out. */
export type Findings = Pick<
  RunReport,
  | 'alternatives'
  | 'planned'
  | 'plannedChecks'
  | 'scripts'
  | 'status'
  | 'pruned'
  | 'prunedLeft'
  | 'recorded'
  | 'ended'
  | 'deploying'
  | 'drill'
  | 'serving'
  | 'goesOnWith'
  | 'watch'
>

/** Writes down what happens while it happens, says it in the log, and makes the report of it in the end. */
export interface Chronicle {
  /** Milliseconds since the run began. */
  now(): number
  phase(name: string, critical?: boolean): void
  stepBegan(host: string, step: NamedStep, action: StepAction): void
  /** @param tries how often a check looked. @param took milliseconds, where it was not told at once. */
  stepEnded(
    host: string,
    step: NamedStep,
    action: StepAction,
    status: number,
    tries?: number,
    took?: number,
  ): void
  output(host: string, step: NamedStep, action: string, text: string): void
  /** Bytes that a step has written so far, of about so many; 0 when nobody knows how many. */
  progress(host: string, step: NamedStep, bytes: number, expected: number): void
  /** One line about a host, for the log alone. */
  mark(host: string, mark: StepMark, text: string): void
  /** Contact with a host was lost: what it does is not known until it is found again. */
  lost(host: string, reason: string): void
  check(report: CheckReport): void
  backup(report: BackupReport): void
  preflight(said: string): void
  /** A line of the checklist that a rollback and its plan begin with. @param items a line each, anybody's text. */
  preflight(what: ChecklistTopic, said: string, items?: readonly string[]): void
  warning(text: string): void
  found(findings: Findings): void
  /** What became of a host; later words replace earlier ones. */
  host(name: string, change: Partial<HostReport>): void
  hold(release: string, commit: string | undefined): void
  undoCommand(host: string, command: string): void
  /** Something that a run leaves to people on a host; the same sentence of several hosts is one. */
  followUp(host: string, text: string): void
  fromTo(from: string, to: string): void
  /** What is known by now of who does what, where and why. */
  heading(): RunHeading
  close(outcome: Outcome, failure?: FailureReport): RunReport
}
