import { type FleetRun, hasSteps, someLost } from './fleet-run.ts'
import type { HostRun } from './host-run.ts'
import { findAgain } from './reconnect.ts'

/**
 * Lets hosts look at themselves, and waits until each has seen. Contact that is lost meanwhile is no reason to go on without:
 * a host that is found again may be looking still, and what it sees counts.
 *
 * @param word `glance` while other hosts are still on the release that is left
 */
export async function lookFromHosts(
  { setting, chronicle }: FleetRun,
  batch: readonly HostRun[],
  word: 'glance' | 'verify',
): Promise<void> {
  const looking = batch.filter(run => hasSteps(run, 'verify'))
  const seen = () =>
    Promise.all(looking.map(run => run.until('verified', ({ verified }) => verified !== undefined)))
  for (const run of looking) if (run.state.lost === undefined && !run.toldToLook()) run.tell(word)
  await seen()
  if (!someLost(looking)) return
  await findAgain(setting, looking, chronicle)
  // Perhaps it never got the word; one that has ignores it.
  for (const { state, tell } of looking)
    if (state.lost === undefined && state.verified === undefined) tell(word)
  await seen()
}
