import type { CheckReport, FailureReport } from '../outcome.ts'
import type { HostRun } from './host-run.ts'

/** Why a journey ended before the first change. */
export interface Unmoved {
  readonly why: 'cancelled' | 'failed'
}

const names = (runs: readonly HostRun[]): string => runs.map(run => run.plan.host).join(', ')

const rows = (runs: readonly HostRun[], what: (run: HostRun) => string): (readonly string[])[] =>
  runs.map(run => [run.plan.host, what(run)])

const programOf = ({ plan }: HostRun): string => `${plan.stateFolder}/runs/${plan.run}/rollbook`

/** A person stopped it; whether before the first change or after it, the outcome says. */
export const cancelledWords = (): FailureReport => ({
  code: 'RB-CANCELLED',
  message: 'The run was cancelled by a person.',
  remedy: ['Run it again when you are ready.'],
})

/** A host could not be prepared: no host was changed. */
export function notPreparedWords(runs: readonly HostRun[]): FailureReport {
  const locked = runs.filter(run => run.state.lockedBy !== undefined)
  if (locked.length > 0) return lockedWords(locked)
  const refusing = runs.filter(run => run.state.refusedBy !== undefined)
  if (refusing.length > 0) {
    return {
      code: 'RB-RUN-NOT-ACCEPTED',
      message: `${names(refusing)} would not take the run. Nothing was changed.`,
      remedy: refusing.map(
        run =>
          `On ${run.plan.host}, look at space and rights: df -h ${run.plan.stateFolder}; ls -ld ${run.plan.stateFolder}`,
      ),
      table: { head: ['host', 'what it said'], rows: rows(refusing, run => run.state.refusedBy ?? '') },
    }
  }
  const lost = runs.filter(run => run.state.lost !== undefined)
  if (lost.length > 0) {
    return {
      code: 'RB-CONTACT-LOST-BEFORE',
      message: `Contact with ${names(lost)} was lost before the first change. Nothing was changed; those hosts let go of their locks by themselves.`,
      remedy: ['Look at the network between the runner and the hosts, and run it again.'],
      table: { head: ['host', 'what happened'], rows: rows(lost, run => run.state.lost ?? '') },
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
      remedy: locked.map(
        each =>
          `On ${each.plan.host}, look at space and rights: df -h ${each.plan.stateFolder}; ls -ld ${each.plan.stateFolder}`,
      ),
    }
  }
  return {
    code: 'RB-LOCK-HELD',
    message: `Another run holds the lock on ${names(locked)}: ${run}. Nothing was changed.`,
    remedy: [
      'Wait until that run has ended, and run this one again.',
      `If it is dead, run operation unlock with run-id ${run}: it is put in order first.`,
    ],
  }
}

function notReadyWords(failed: readonly HostRun[]): FailureReport {
  const lacks = failed.some(run => run.state.failed?.status === LACKS)
  const remedy = lacks
    ? [
        'Look at what the target lacks. If it may be missing, run again with confirm: run anyway.',
        'Or choose another target.',
      ]
    : failed.some(run => run.state.failed)
      ? ['Mend what the step printed, in the log, and run it again.']
      : failed.map(run => `On ${run.plan.host}, look at space and rights: df -h ${run.plan.stateFolder}`)
  return {
    code: lacks ? 'RB-TARGET-LACKS' : 'RB-NOT-READY',
    message: `${names(failed)} ${failed.length === 1 ? 'is' : 'are'} not ready. Nothing was changed.`,
    remedy,
    table: {
      head: ['host', 'step', 'what happened'],
      rows: failed.map(({ plan, state: { failed: step } }) => [
        plan.host,
        step?.step?.title ?? 'before the first step',
        step ? endedAs(step.status) : 'the state folder could not be written',
      ]),
    },
  }
}

/** Status with which the component `symlink` says that the target lacks what the live release has. */
const LACKS = 20

const endedAs = (status: number): string => (status === 124 ? 'timed out' : `status ${status}`)

/** A step failed on the way, on the hosts that the table names. */
export function switchFailedWords(runs: readonly HostRun[]): FailureReport {
  const failed = runs.filter(({ state }) => state.failed ?? state.strayed ?? (state.fenced || undefined))
  const alone = runs.filter(run => !failed.includes(run) && run.state.outcome === 'undone')
  const shown = failed.length > 0 ? failed : alone
  return {
    code: failed.length > 0 ? 'RB-STEP-FAILED' : 'RB-WENT-BACK-ALONE',
    message:
      failed.length > 0
        ? `A step failed on ${names(failed)}.`
        : `${names(alone)} heard nothing from here for too long, and went back alone.`,
    remedy:
      failed.length > 0
        ? ['Read what the step printed, in the log or below under every step.']
        : ['Look at the network between the runner and the hosts, and run it again.'],
    table: {
      head: ['host', 'step', 'what happened'],
      rows: shown.map(({ plan, state }) => [plan.host, ...whatFailed(state)]),
    },
  }
}

function whatFailed({ failed, strayed, fenced }: HostRun['state']): readonly [string, string] {
  if (fenced) return ['any', 'the lock was taken away: nothing more was changed']
  if (strayed) return [strayed.title, 'something else changed it meanwhile; it was left as it is']
  return failed ? [failed.step?.title ?? '', endedAs(failed.status)] : ['none', 'went back alone']
}

/** Some hosts went back, or will, for want of a word or by a person's hand: then all of them do. */
export const goneBackWords = (runs: readonly HostRun[]): FailureReport => ({
  code: 'RB-WENT-BACK-ALONE',
  message: `${names(runs)} went back, or will: contact was lost, or a person undid it there. All hosts go back with it.`,
  remedy: [
    'Look at the network between the runner and the hosts, and ask who else is at work there; then run it again.',
  ],
  table: {
    head: ['host', 'what happened'],
    rows: rows(runs, run => run.state.lost ?? `ended as ${run.state.outcome ?? run.state.phase}`),
  },
})

/** The target was live and did not serve as it should. */
export function checksFailedWords(
  reports: readonly CheckReport[],
  failed: readonly HostRun[],
): FailureReport {
  const missed = reports.filter(report => report.status === 'failed' || report.status === 'not-run')
  const beforeToo = missed.filter(report => report.before === 'failed')
  const rows = [
    ...missed.map(report => [report.title, report.from, report.detail]),
    ...failed.map(run => [
      run.state.failed?.step?.title ?? 'checks on the host',
      run.plan.host,
      'did not pass',
    ]),
  ]
  const remedy = ['Choose another target, or mend what these checks look at.']
  if (beforeToo.length > 0) {
    remedy.push(
      `${beforeToo.map(report => report.title).join(', ')} failed before the switch too: that says nothing against the target. Mend what it looks at, or give it severity: warn.`,
    )
  }
  return {
    code: 'RB-CHECKS-FAILED',
    message: `The target was switched on and did not pass ${rows.map(([title]) => title).join(', ')}.`,
    remedy,
    table: { head: ['check', 'seen from', 'what was seen'], rows },
  }
}

/** Contact with a host was lost after the first change. */
export function unknownWords(runs: readonly HostRun[], first?: FailureReport): FailureReport {
  const lost = runs.filter(run => run.state.lost !== undefined)
  return {
    code: 'RB-CONTACT-LOST',
    message: `${before(first)}Contact with ${names(lost)} was lost after the switch. What is live there is not known from here; each host decides by itself when it has heard nothing for ${lost[0]?.plan.silence ?? 30} seconds.`,
    remedy: [
      'Run operation status: it reads what each host did.',
      ...lost.map(run => `Or on ${run.plan.host}: ${programOf(run)} status`),
    ],
    table: { head: ['host', 'what happened'], rows: rows(lost, run => run.state.lost ?? '') },
  }
}

/** A host could go neither there nor back: a person has to look. */
export function needsOperatorWords(runs: readonly HostRun[], first?: FailureReport): FailureReport {
  const stuck = runs.filter(run => run.state.outcome === 'needs-operator')
  return {
    code: 'RB-NEEDS-OPERATOR',
    message: `${before(first)}${names(stuck)} could not be brought back to a known state. The lock there is kept.`,
    remedy: stuck.flatMap(run => [
      `On ${run.plan.host}, see what happened: cat ${folderOf(run)}/journal; tail ${folderOf(run)}/out/*`,
      `When it is mended, on ${run.plan.host}: ${programOf(run)} undo`,
    ]),
    ...(first?.table && { table: first.table }),
  }
}

/** While contact was lost, hosts decided for themselves, and not all alike. Their locks are free. */
export function apartWords(runs: readonly HostRun[], first?: FailureReport): FailureReport {
  return {
    code: 'RB-HOSTS-APART',
    message: `${before(first)}${runs.length === 1 ? 'The host had to decide alone, and' : 'The hosts ended differently: some had to decide alone, and'} stayed on the target.`,
    remedy: [
      'Run operation status to see what each serves.',
      'To be back where it began: operation undo on the run. Or take all hosts to one release: run the rollback with that release as target.',
    ],
    table: {
      head: ['host', 'is on', 'ended as'],
      rows: runs.map(({ plan, state }) => [
        plan.host,
        state.outcome === 'undone' || state.outcome === 'refused' ? plan.from : plan.to,
        state.outcome ?? state.phase,
      ]),
    },
  }
}

/** Every host is back where it started, and what passed before the switch does not pass any more. */
export function stillFailingWords(runs: readonly HostRun[], first: FailureReport): FailureReport {
  return {
    code: 'RB-BACK-BUT-FAILING',
    message: `${before(first)}${names(runs)} ${runs.length === 1 ? 'is' : 'are'} back where the run began, and checks that passed then do not pass now. No lock is held.`,
    remedy: [
      'Look at the service itself on the hosts: the release is the one from before, so something beside it has changed.',
      'Run operation status to see what is live.',
    ],
    ...(first.table && { table: first.table }),
  }
}

const folderOf = ({ plan }: HostRun): string => `${plan.stateFolder}/runs/${plan.run}`

const before = (first: FailureReport | undefined): string => (first ? `${first.message} ` : '')

/** The process had to end before the run did. */
export const interruptedWords = (): FailureReport => ({
  code: 'RB-CANCELLED',
  message:
    'The run was cancelled, and could not be brought to its end in time. The hosts go on by themselves; the post step looks at them next.',
  remedy: ['Run operation status: it reads what each host did.'],
})
