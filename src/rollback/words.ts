import type { CheckReport, FailureReport } from '../outcome.ts'
import { duration } from '../report/amounts.ts'
import { hostNames } from '../report/by-host.ts'
import type { HostRun } from './host-run.ts'

/** `web-1 and web-2`. */
export const names = (runs: readonly HostRun[]): string => hostNames(runs.map(run => run.plan.host))

/** What to look at where a host can't keep anything. */
export const lookAtFolder = ({ plan: { host, stateFolder } }: HostRun): string =>
  `On ${host}, look at space and rights: \`df -h ${stateFolder}; ls -ld ${stateFolder}\``

/** Status with which the component `symlink` says that the target lacks what the live release has. */
const LACKS = 20
/** Status of a command that its time limit ended. */
const TIMED_OUT = 124

type Failed = NonNullable<HostRun['state']['failed']>

/** The target lacks what the live release has: only a component that is asked whether it is ready says so. */
export const lacks = ({ step, action, status }: Failed): boolean =>
  status === LACKS && action === 'ready' && step?.phase === 'switch'

/** How a step failed. */
export function statusWords(failed: Failed): string {
  if (failed.status === TIMED_OUT) return 'out of time'
  return lacks(failed) ? 'lacks what the live one has' : `status ${failed.status}`
}

/** Somebody stopped it; whether before the first change or after it, the outcome says. */
export const cancelledWords = (): FailureReport => ({
  code: 'RB-CANCELLED',
  message: 'The run was cancelled.',
  remedy: ['Run it again when you are ready: nothing is left to tidy up.'],
})

/** A step failed on the way, on the hosts that the table names. */
export function switchFailedWords(runs: readonly HostRun[]): FailureReport {
  const failed = runs.filter(({ state }) => state.failed ?? state.strayed ?? (state.fenced || undefined))
  if (failed.length === 0) return wentBackAloneWords(runs.filter(run => run.state.outcome === 'undone'))
  const rows = failed.map(({ plan, state }) => [plan.host, ...whatFailed(state)])
  const titles = [...new Set(rows.map(([, title = '']) => title))].slice(0, NAMED)
  return {
    code: 'RB-STEP-FAILED',
    message: `${titles.map(title => `“${title}”`).join(' and ')} failed on ${names(failed)}.`,
    remedy: ['Read what the step printed, mend it, and run again.'],
    table: { head: ['host', 'step', 'how it failed'], rows },
  }
}

const wentBackAloneWords = (alone: readonly HostRun[]): FailureReport => ({
  code: 'RB-WENT-BACK-ALONE',
  message: `${names(alone)} heard nothing from here for too long, and went back alone.`,
  remedy: ['Look at the network between the runner and the hosts, and run it again.'],
})

/** Some hosts let go before their turn, while others had switched: those go back. */
export const letGoAloneWords = (alone: readonly HostRun[]): FailureReport => ({
  code: 'RB-WENT-BACK-ALONE',
  message: `${names(alone)} heard nothing from here for too long, and let go before the switch.`,
  remedy: ['Look at the network between the runner and the hosts, and run it again.'],
})

function whatFailed({ failed, strayed, fenced }: HostRun['state']): readonly [string, string] {
  if (fenced) return ['any', 'the lock was taken away: nothing more was changed']
  if (strayed) return [strayed.title, 'something else changed it meanwhile; it was left as it is']
  return [failed?.step?.title ?? '', failed ? statusWords(failed) : '']
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
    rows: runs.map(({ plan, state }) => [
      plan.host,
      state.lost ?? `ended as ${state.outcome ?? state.phase}`,
    ]),
  },
})

/** How many checks or steps a sentence names; the others are in their table. */
const NAMED = 3

/** The target was live and did not serve as it should. */
export function checksFailedWords(reports: readonly CheckReport[], runs: readonly HostRun[]): FailureReport {
  const missed = reports.filter(({ status }) => status === 'failed' || status === 'not-run')
  const failed = runs.filter(run => run.state.verified === false)
  const said = [
    ...missed.map(checkWords),
    ...failed.map(run => `what ${run.plan.host} itself looks at${stepWords(run)}`),
  ]
  const more = said.length > NAMED ? `; and ${said.length - NAMED} more` : ''
  const beforeToo = missed.filter(({ before }) => before === 'failed')
  const [alike, otherwise] = [false, true].map(other =>
    beforeToo.filter(({ beforeDetail }) => (beforeDetail !== undefined) === other).map(({ title }) => title),
  )
  const to = runs[0]?.to ?? ''
  return {
    code: 'RB-CHECKS-FAILED',
    // What only looks, as a drill does, has switched nothing on.
    message: `${to === '' ? 'It' : `Release ${to} was switched on and`} did not pass ${said.slice(0, NAMED).join('; ')}${more}.`,
    remedy: [
      ...(otherwise?.length
        ? [
            `${otherwise.join(', ')} failed before the switch too, but with another answer: ${runs[0]?.from ?? 'what was live'} has one fault and ${runs[0]?.to ?? 'the target'} another. Read both answers; another \`target\` may have neither.`,
          ]
        : []),
      ...(alike?.length
        ? [
            `${alike.join(', ')} failed before the switch too, with the same answer, so that it says nothing against this release. Mend what it looks at, or give it \`severity: warn\`.`,
          ]
        : []),
    ],
  }
}

/** A check with what it saw last. */
function checkWords({ title, detail, attempts, seconds }: CheckReport): string {
  const effort = attempts > 1 ? `, ${attempts} tries in ${duration(seconds)}` : ''
  return detail === '' ? title : `${title} – ${detail}${effort}`
}

const stepWords = ({ state: { failed } }: HostRun): string => (failed?.step ? ` (${failed.step.title})` : '')
