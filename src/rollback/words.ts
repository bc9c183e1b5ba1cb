import type { CheckReport, FailureReport } from '../outcome.ts'
import type { HostRun } from './host-run.ts'

/** Why a journey ended before the first change. */
export interface Unmoved {
  readonly why: 'cancelled' | 'failed'
}

const names = (runs: readonly HostRun[]): string => runs.map(run => run.plan.host).join(', ')

export const cancelledWords = (): FailureReport => ({
  code: 'RB-CANCELLED',
  message: 'The run was cancelled.',
  remedy: ['Run it again when you are ready.'],
})

/** A host could not be prepared: no host was changed. */
export function notPreparedWords(runs: readonly HostRun[]): FailureReport {
  const locked = runs.filter(run => run.state.lockedBy !== undefined)
  const [holder] = locked
  if (holder?.state.lockedBy) {
    const [, run = ''] = holder.state.lockedBy.holder.split(':')
    return {
      code: 'RB-LOCK-HELD',
      message: `Another run holds the lock on ${names(locked)}: ${run}. Nothing was changed.`,
      remedy: [
        'Wait until that run has ended, and run this one again.',
        `If it is dead, run operation unlock with run-id ${run}: it is put in order first.`,
      ],
    }
  }
  const lost = runs.filter(run => run.state.lost !== undefined)
  if (lost.length > 0) {
    return {
      code: 'RB-CONTACT-LOST-BEFORE',
      message: `Contact with ${names(lost)} was lost before the first change. Nothing was changed; those hosts let go of their locks by themselves.`,
      remedy: ['Look at the network between the runner and the hosts, and run it again.'],
      table: {
        head: ['host', 'what happened'],
        rows: lost.map(run => [run.plan.host, run.state.lost ?? '']),
      },
    }
  }
  const failed = runs.filter(run => run.state.failed !== undefined)
  return {
    code: failed.some(run => run.state.failed?.status === 20) ? 'RB-TARGET-LACKS' : 'RB-NOT-READY',
    message: `${names(failed)} is not ready. Nothing was changed.`,
    remedy: failed.some(run => run.state.failed?.status === 20)
      ? [
          'Look at what the target lacks. If it may be missing, run again with confirm: run anyway.',
          'Or choose another target.',
        ]
      : ['Mend what the step printed, above, and run it again.'],
    table: {
      head: ['host', 'step', 'failed with'],
      rows: failed.map(run => [
        run.plan.host,
        run.state.failed?.step?.title ?? '',
        `status ${run.state.failed?.status ?? ''}`,
      ]),
    },
  }
}

/** A step failed on the way, on the hosts that the table names. */
export function switchFailedWords(runs: readonly HostRun[]): FailureReport {
  const failed = runs.filter(run => run.state.failed !== undefined || run.state.strayed !== undefined)
  return {
    code: 'RB-STEP-FAILED',
    message: `A step failed on ${names(failed)}.`,
    remedy: ['Read what the step printed, in the log or below under every step.'],
    table: {
      head: ['host', 'step', 'what happened'],
      rows: failed.map(run => {
        const { failed: step, strayed } = run.state
        if (strayed) return [run.plan.host, strayed.title, 'something else changed it meanwhile']
        return [
          run.plan.host,
          step?.step?.title ?? '',
          step?.status === 124 ? 'timed out' : `status ${step?.status}`,
        ]
      }),
    },
  }
}

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
  const remedy = ['Choose another target, or look at the diagnosis below.']
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
    message: `${first ? `${first.message} ` : ''}Contact with ${names(lost)} was lost after the switch. What is live there is not known from here; each host decides by itself when it has heard nothing for ${lost[0]?.plan.silence ?? 30} seconds.`,
    remedy: [
      'Run operation status: it reads what each host did.',
      ...lost.map(
        run =>
          `Or on ${run.plan.host}: ~/.rollbook/${run.plan.app}/${run.plan.environment}/runs/${run.plan.run}/rollbook status`,
      ),
    ],
    table: { head: ['host', 'what happened'], rows: lost.map(run => [run.plan.host, run.state.lost ?? '']) },
  }
}

/** Neither there nor back: a person has to look. */
export function needsOperatorWords(runs: readonly HostRun[], first?: FailureReport): FailureReport {
  const stuck = runs.filter(run => run.state.outcome !== 'undone' && run.state.outcome !== 'committed')
  const shown = stuck.length > 0 ? stuck : runs
  return {
    code: 'RB-NEEDS-OPERATOR',
    message: `${first ? `${first.message} ` : ''}${names(shown)} could not be brought back to a known state. The lock there is kept.`,
    remedy: shown.flatMap(run => {
      const folder = `~/.rollbook/${run.plan.app}/${run.plan.environment}/runs/${run.plan.run}`
      return [
        `On ${run.plan.host}, see what happened: cat ${folder}/journal; tail ${folder}/out/*`,
        `When it is mended, on ${run.plan.host}: ${folder}/rollbook undo`,
      ]
    }),
    ...(first?.table && { table: first.table }),
  }
}

/** The process had to end before the run did. */
export const interruptedWords = (): FailureReport => ({
  code: 'RB-CANCELLED',
  message:
    'The run was cancelled, and could not be brought to its end in time. The hosts go on by themselves; the post step looks at them next.',
  remedy: ['Run operation status: it reads what each host did.'],
})
