import type { Baseline } from '../check/baseline.ts'
import { apartWords, needsOperatorWords, standsStillWords, unknownWords } from './ending-words.ts'
import { type Ending, type FleetRun, hasSteps, isStuck, someLost } from './fleet-run.ts'
import { wentOrWillGoBack } from './host-report.ts'
import type { HostRun } from './host-run.ts'
import { findAgain } from './reconnect.ts'
import { goBack } from './revert-all.ts'
import { goneBackWords, switchFailedWords } from './words.ts'

/** All hosts are there and serve: what was held back goes on, and each keeps what it has. */
export async function commitAll(fleet: FleetRun, baseline: readonly Baseline[]): Promise<Ending> {
  const { setting, runs, chronicle } = fleet
  const resuming = runs.filter(run => hasSteps(run, 'resume'))
  if (resuming.length > 0) {
    chronicle.phase('Resume')
    const resumed = () =>
      Promise.all(resuming.map(run => run.until('resumed', state => state.resumed !== undefined)))
    for (const run of resuming) run.tell('resume')
    await resumed()
    if (someLost(runs)) {
      // The word is not said again: what it begins may not be safe to do twice.
      await findAgain(setting, runs, chronicle)
      await resumed()
    }
    if (resuming.some(isStuck)) return await goBack(fleet, baseline, standsStillWords(runs))
    if (resuming.some(run => run.state.resumed === false))
      return await goBack(fleet, baseline, switchFailedWords(resuming))
  }
  const unresumed = ({ state }: HostRun) => state.outcome === undefined && state.resumed !== true
  const apart = runs.filter(run => wentOrWillGoBack(run) || (hasSteps(run, 'resume') && unresumed(run)))
  if (apart.length > 0) return await goBack(fleet, baseline, goneBackWords(apart))
  chronicle.phase('Commit')
  for (const run of runs)
    if (run.state.lost === undefined && run.state.phase === 'switched') run.tell('commit')
  await Promise.all(runs.map(run => run.until('committed', state => state.phase === 'failed')))
  if (someLost(runs)) {
    await findAgain(setting, runs, chronicle)
    // Found again and still waiting: it never got the word, because a lost one is never sent twice until it is known.
    for (const run of runs)
      if (run.state.phase === 'switched' && run.state.lost === undefined) run.tell('commit')
    await Promise.all(runs.map(run => run.until('committed', state => state.phase === 'failed')))
  }
  if (runs.some(run => run.state.phase === 'failed' && run.state.outcome === undefined))
    return await goBack(fleet, baseline, switchFailedWords(runs))
  setting.remember('settled')
  const kept = runs.filter(run => run.state.outcome === 'kept')
  if (runs.every(run => run.state.outcome === 'committed' || run.state.outcome === 'kept')) {
    // It was seen to serve before contact was lost, and the host stayed where it was.
    for (const run of kept)
      chronicle.warning(`${run.plan.host} heard nothing in time and kept the target by itself.`)
    return { outcome: 'there' }
  }
  if (someLost(runs)) return { outcome: 'unknown', failure: unknownWords(runs) }
  if (runs.some(run => run.state.outcome === 'needs-operator'))
    return { outcome: 'needs-operator', failure: needsOperatorWords(runs) }
  return { outcome: 'needs-operator', failure: apartWords(runs) }
}
