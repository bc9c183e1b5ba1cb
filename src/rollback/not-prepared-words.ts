import type { FailureReport } from '../outcome.ts'
import { standsStillWords } from './ending-words.ts'
import type { HostRun } from './host-run.ts'
import { lacks, lookAtFolder, names, statusWords } from './words.ts'

/** Why a run ended before the first change. */
export interface Unmoved {
  readonly why: 'cancelled' | 'failed'
}

/** A host could not be prepared: no host was changed. */
export function notPreparedWords(runs: readonly HostRun[]): FailureReport {
  const locked = runs.filter(run => run.state.lockedBy !== undefined)
  if (locked.length > 0) return lockedWords(locked)
  const refusing = runs.filter(run => run.state.refusedBy !== undefined)
  if (refusing.length > 0) {
    return {
      code: 'RB-RUN-NOT-ACCEPTED',
      message: `${names(refusing)} would not take the run. Nothing was changed.`,
      remedy: refusing.map(lookAtFolder),
      table: {
        head: ['host', 'what it said'],
        rows: refusing.map(run => [run.plan.host, run.state.refusedBy ?? '']),
      },
    }
  }
  const lost = runs.filter(run => run.state.lost !== undefined)
  if (lost.length > 0 && lost.every(run => run.state.stuck)) {
    const still = standsStillWords(runs)
    return { ...still, message: `${still.message} Nothing was changed.` }
  }
  if (lost.length > 0) {
    return {
      code: 'RB-CONTACT-LOST-BEFORE',
      message: `Contact with ${names(lost)} was lost before the first change. Nothing was changed; a host that hears nothing lets go of its lock by itself.`,
      remedy: ['Look at the network between the runner and the hosts, and run it again in a minute.'],
      table: {
        head: ['host', 'what happened'],
        rows: lost.map(run => [run.plan.host, run.state.lost ?? '']),
      },
    }
  }
  return notReadyWords(runs.filter(run => run.state.phase !== 'prepared'))
}

function lockedWords(locked: readonly HostRun[]): FailureReport {
  const holders = locked.map(run => run.state.lockedBy?.holder.split(':')[1] ?? '')
  const [run = ''] = holders.filter(holder => holder !== '')
  if (run === '') {
    return {
      code: 'RB-LOCK-NOT-MADE',
      message: `The lock could not be made on ${names(locked)}. Nothing was changed.`,
      remedy: locked.map(lookAtFolder),
    }
  }
  return {
    code: 'RB-LOCK-HELD',
    message: `Run ${run} took the lock on ${names(locked)} a moment before. Nothing was changed.`,
    remedy: [
      'Wait until that run has ended, look at how it ended, and run this one again if it is still needed.',
      `If that run is dead, \`operation: unlock\` with \`run-id: ${run}\` brings it to its end.`,
    ],
  }
}

function notReadyWords(failed: readonly HostRun[]): FailureReport {
  const lacking = failed.some(({ state }) => state.failed !== undefined && lacks(state.failed))
  return {
    code: lacking ? 'RB-TARGET-LACKS' : 'RB-NOT-READY',
    message: lacking
      ? `Release ${failed[0]?.plan.to ?? ''} lacks something on ${names(failed)} that the live one has. Nothing was changed.`
      : `${names(failed)} ${failed.length === 1 ? 'is' : 'are'} not ready. Nothing was changed.`,
    remedy: lacking
      ? [
          'Look at what it lacks. If it may be missing, run again with `confirm: run anyway`.',
          'Or choose another release as `target`.',
        ]
      : failed.some(run => run.state.failed)
        ? ['Mend what the step printed, and run it again.']
        : failed.map(lookAtFolder),
    table: {
      head: ['host', 'step', 'how it failed'],
      rows: failed.map(({ plan, state: { failed: step } }) => [
        plan.host,
        step?.step?.title ?? 'before the first step',
        step ? statusWords(step) : 'the state folder could not be written',
      ]),
    },
  }
}
