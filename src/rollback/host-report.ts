import type { HostReport } from '../outcome.ts'
import { commitOf } from '../release/commit.ts'
import { readFacts } from '../release/facts-reader.ts'
import { liveRelease } from '../release/live.ts'
import type { Chronicle } from './chronicle.ts'
import type { Decision } from './decide.ts'
import { stuckWords } from './ending-words.ts'
import type { Ending } from './fleet-run.ts'
import type { HostRun } from './host-run.ts'
import type { Looked } from './look.ts'

/** Tells what each host's own journal says became of it; hosts that are in between are looked at once more. */
export async function tellHosts(
  runs: readonly HostRun[],
  looked: readonly Looked[],
  decision: Pick<Decision, 'hosts'>,
  ending: Ending,
  chronicle: Chronicle,
): Promise<void> {
  await Promise.all(
    runs.map(async run => {
      const facts = looked.find(({ facts: { host } }) => host === run.plan.host)?.facts
      const away = decision.hosts.get(run.plan.host)?.alreadyThere !== true
      const [known, state] = becameOf(run, ending, away)
      const live = state === 'needs-operator' ? await liveNow(run) : known
      const liveCommit = facts && live ? commitOf(facts, live) : undefined
      const message = state === 'needs-operator' ? stuckWords(run) : run.state.lost
      chronicle.host(run.plan.host, {
        live,
        state,
        ...(liveCommit !== undefined && { liveCommit }),
        ...(ending.outcome !== 'refused' && { runFolder: runFolder(run) }),
        ...(message !== undefined && { message }),
        ...(state === 'unknown' && { lostContact: lostContact(run) }),
      })
      if (leadsBack(run, ending)) chronicle.undoCommand(run.plan.host, `${runFolder(run)}/rollbook undo`)
    }),
  )
}

/** Whether `rollbook undo` on the host still has something to do after this ending. */
const leadsBack = ({ direction }: HostRun, { outcome }: Ending): boolean =>
  outcome === 'needs-operator' || outcome === 'unknown' || (outcome === 'there' && direction === 'forward')

const runFolder = ({ plan }: HostRun): string => `${plan.stateFolder}/runs/${plan.run}`

/** The release that is live, as far as the journal tells, and how it came to be. */
function becameOf(
  { to, from, state }: HostRun,
  ending: Ending,
  away: boolean,
): readonly [live: string, state: HostReport['state']] {
  const before = away ? from : to
  if (ending.outcome === 'refused') return [before, 'untouched']
  if (state.outcome === 'refused') return [before, 'untouched']
  if (state.outcome === 'undone' || state.phase === 'reverted') return [before, 'restored']
  if (state.outcome === 'kept') return [to, 'unconfirmed']
  if (state.lost !== undefined) return ['', 'unknown']
  if (state.outcome === 'committed') return [to, away ? 'switched' : 'already-there']
  return ['', 'needs-operator']
}

/** Seconds that a host which is in between is given to say what is live. */
const LOOK = 5

/** What is live on a host that did not come to its end; empty when it does not say. */
async function liveNow(run: HostRun): Promise<string> {
  const late = new Promise<readonly string[]>(resolve => {
    setTimeout(() => resolve([]), LOOK * 1000).unref()
  })
  try {
    const [symlink] = readFacts(run.plan.host, await Promise.race([run.session().probe(), late])).symlinks
    return symlink ? liveRelease(symlink) : ''
  } catch {
    return ''
  }
}

function lostContact(run: HostRun): NonNullable<HostReport['lostContact']> {
  const since = run.lostSince()
  const silence = run.plan.silence * 1000
  const silent = Date.now() + silence - (since === undefined ? 0 : performance.now() - since)
  return { decides: decidesAlone(run), deadline: new Date(silent).toISOString() }
}

/** What the program on the host does when it hears nothing more: `stays` in `engine/program/ending.sh`. */
export function decidesAlone(run: HostRun): 'keep' | 'undo' | 'by-checks' {
  const { plan, state, direction } = run
  if (state.phase === 'commit') return 'keep'
  if (state.phase === 'failed' || state.phase === 'revert' || state.phase === 'reverted') return 'undo'
  if (plan.onLostContact !== 'decide') return plan.onLostContact
  if (plan.hosts > 1 && !run.toldToLook()) return 'undo'
  const looks = plan.steps.some(step => step.phase === 'verify' && !step.inner)
  if (direction === 'forward' && looks) return 'by-checks'
  return plan.hosts === 1 ? 'keep' : 'undo'
}

/** A host that is back already, by itself or by a person's hand, or that will go back because it hears nothing. */
export function wentOrWillGoBack(run: HostRun): boolean {
  const { state } = run
  if (state.lost !== undefined) return decidesAlone(run) === 'undo'
  return state.outcome !== undefined && state.outcome !== 'kept' && state.outcome !== 'committed'
}
