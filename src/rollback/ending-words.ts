import type { FailureReport } from '../outcome.ts'
import type { HostRun } from './host-run.ts'
import { names, statusWords } from './words.ts'

// What to do now is said by `report/next-steps.ts`, which knows what became of every host.

const before = (first: FailureReport | undefined): string => (first ? `${first.message} ` : '')

/** A program on a host does nothing any more, while the host answers. */
export function standsStillWords(runs: readonly HostRun[]): FailureReport {
  const stuck = runs.filter(run => run.state.stuck)
  return {
    code: 'RB-PROGRAM-STANDS-STILL',
    message: stuck.map(({ plan, state }) => `${plan.host}: ${state.lost}.`).join(' '),
    remedy: stuck.map(
      ({ plan }) =>
        `See on ${plan.host} what holds it up: \`readlink ${plan.stateFolder}/lock\` ends with its process and when that started; \`ps -o stat,wchan,args -p\` tells what it is at. When it goes on, it comes to an end by itself.`,
    ),
  }
}

/** Contact with a host was lost after the first change. */
export function unknownWords(runs: readonly HostRun[], first?: FailureReport): FailureReport {
  const lost = runs.filter(run => run.state.lost !== undefined)
  if (lost.every(run => run.state.stuck)) {
    const still = standsStillWords(runs)
    return {
      ...still,
      message: `${first?.code === still.code ? '' : before(first)}${still.message} What is live there is not known from here.`,
    }
  }
  return {
    code: 'RB-CONTACT-LOST',
    message: `${before(first)}Contact with ${names(lost)} was lost after the switch had begun. What is live there is not known from here: a host that hears nothing for ${lost[0]?.plan.silence ?? 30} seconds decides by itself.`,
    remedy: [],
  }
}

/** What keeps a host from its end, for a person who has to mend it. */
export function stuckWords({ state: { failed, strayed, fenced, outcome } }: HostRun): string {
  if (fenced) return 'Its lock was taken away by somebody, so that it changed nothing more.'
  if (strayed) return `“${strayed.title}”: something else changed it meanwhile, and it was left as it is.`
  if (failed) {
    const way = failed.action === 'undo' ? 'taking it back' : 'doing it again on the way back'
    return `“${failed.step?.title ?? 'a step'}”: ${way} failed (${statusWords(failed)}).`
  }
  return `Its journal ends with ${outcome ?? 'no outcome'}.`
}

/** A host could go neither there nor back: a person has to look. */
export function needsOperatorWords(runs: readonly HostRun[], first?: FailureReport): FailureReport {
  const stuck = runs.filter(run => run.state.outcome === 'needs-operator')
  return {
    code: 'RB-NEEDS-OPERATOR',
    message: `${before(first)}${names(stuck)} could not be brought to a known state.`,
    remedy: [],
    ...(first?.table && { table: first.table }),
  }
}

/** While contact was lost, hosts decided for themselves, and not all alike. Their locks are free. */
export function apartWords(runs: readonly HostRun[], first?: FailureReport): FailureReport {
  const [one] = runs
  return {
    code: 'RB-HOSTS-APART',
    message: `${before(first)}${runs.length === 1 ? 'The host had to decide alone, and' : 'The hosts ended differently: some had to decide alone, and'} stayed on ${one?.to ?? 'the target'}. No lock is held.`,
    remedy: [
      'Run `operation: status` to see what each serves.',
      one
        ? `Take all hosts to one release: \`operation: rollback\` with \`target: ${one.from}\` or \`target: ${one.to}\`. Hosts that are there already stay as they are.`
        : 'Take all hosts to one release: `operation: rollback` with that release as `target`.',
    ],
  }
}

/**
 * Every host is back where it started, and what passed before the switch does not pass any more: something besides the
 * release broke.
 *
 * @param missed titles of the checks that passed before the switch and do not pass now.
 */
export function stillFailingWords(
  runs: readonly HostRun[],
  missed: readonly string[],
  first: FailureReport,
): FailureReport {
  const back = runs[0]?.from ?? ''
  return {
    code: 'RB-BACK-BUT-FAILING',
    message: `${before(first)}${names(runs)} ${runs.length === 1 ? 'is' : 'are'} back on ${back}, and ${back} does not pass any more what it passed before: ${missed.join(', ')}. The lock is kept, so that nothing is built on this.`,
    remedy: [
      'Look at what the releases share: services, data, configuration, what they depend on.',
      `When it is mended, give the lock back with \`operation: unlock\` and \`run-id: ${runs[0]?.plan.run ?? ''}\`.`,
    ],
    ...(first.table && { table: first.table }),
  }
}

/** The process had to end before the run did. */
export const interruptedWords = (): FailureReport => ({
  code: 'RB-CANCELLED',
  message:
    'The run was cancelled, and could not be brought to its end in time. The hosts go on by themselves; the post step looks at them next.',
  remedy: [],
})
