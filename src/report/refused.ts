import type { RunReport } from '../outcome.ts'
import { failureOf } from './failure-words.ts'

/** The report of what went wrong before there was a run to tell about. */
export function refusedBefore(
  error: unknown,
  known: Partial<
    Pick<RunReport, 'operation' | 'app' | 'environment' | 'rollback' | 'target' | 'reason' | 'actor'>
  > = {},
): RunReport {
  return {
    schema: 1,
    operation: 'rollback',
    outcome: 'refused',
    run: '',
    app: '',
    environment: '',
    rollback: '',
    target: '',
    reason: '',
    actor: '',
    workflowRun: '',
    started: new Date().toISOString(),
    duration: 0,
    from: '',
    to: '',
    hosts: [],
    phases: [],
    steps: [],
    checks: [],
    backups: [],
    preflight: [],
    warnings: [],
    failure: failureOf(error, 'nothing'),
    diagnosis: [],
    undo: [],
    ...known,
  }
}
