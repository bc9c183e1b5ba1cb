import type { RunHeading, RunReport } from '../outcome.ts'
import type { Told } from '../report/told.ts'
import type { Request } from '../request/request.ts'
import type { Setting } from '../rollback/setting.ts'

/**
 * Somebody outside who wants to know of a run: GitHub's page of deployments, an issue, a chat. What goes wrong there is a
 * warning and never an outcome; no run waits for it before it acts.
 */
export interface Listener {
  /** As it stands in a warning: `the deployment`, `the webhook ALERT_WEBHOOK`. */
  readonly name: string
  /** The run has begun to touch the hosts. Not told of a run that was refused before. */
  began(heading: RunHeading): Promise<void>
  /** The run is over. Secrets are masked already. Told after `began` has settled, where that was told. */
  ended(report: RunReport): Promise<readonly Told[]>
}

/** What a listener may need of the process that it runs in. */
export interface Surroundings {
  /** Environment variables of the process: those of the job, and the secrets that the runbook names. */
  readonly variables: Readonly<Record<string, string | undefined>>
  /** Told of a secret before it is used, so that it is masked everywhere. */
  learn(name: string, value: string): void
  /** Tells the reader of a finished run what can be mended at leisure; it is masked. */
  notice(text: string): void
  /** Keeps a value for the step after this one, in place of an earlier one of that name; nowhere on a terminal. */
  keep(name: string, value: string): void
}

/**
 * Finds the listeners of one sort: those whom the runbook or the job asks for.
 *
 * @throws Refusal when what they need is not there; nothing was changed.
 */
export type FindListeners = (
  setting: Setting,
  request: Request,
  surroundings: Surroundings,
) => readonly Listener[]
