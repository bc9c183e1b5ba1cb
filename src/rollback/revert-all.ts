import { type Baseline, owedAfterUndo } from '../check/baseline.ts'
import type { RunnerCheck } from '../check/runner-check.ts'
import { runChecks } from '../check/suite.ts'
import { afterUndo } from '../check/variables.ts'
import type { FailureReport } from '../outcome.ts'
import { apartWords, needsOperatorWords, stillFailingWords, unknownWords } from './ending-words.ts'
import { type Ending, type FleetRun, hasSteps, someLost, type Word } from './fleet-run.ts'
import type { HostRun } from './host-run.ts'
import { findAgain } from './reconnect.ts'

/** Every host goes back to where it was, and what served before is looked at again. */
export async function goBack(
  fleet: FleetRun,
  baseline: readonly Baseline[],
  failure: FailureReport,
): Promise<Ending> {
  const { setting, runs, plan, chronicle } = fleet
  const here = runs.filter(run => run.state.lost === undefined && run.state.outcome === undefined)
  const diagnosing = setting.cancelled.aborted
    ? []
    : here.filter(run => run.state.phase !== 'prepared' && hasSteps(run, 'diagnose'))
  if (diagnosing.length > 0) {
    chronicle.phase('Diagnose')
    for (const run of diagnosing) run.tell('diagnose')
    await Promise.all(diagnosing.map(run => run.until('diagnosed', state => state.diagnosed)))
  }
  chronicle.phase('Put back', true)
  const owed = setting.cancelled.aborted ? [] : owedAfterUndo(plan.checks, baseline)
  // Should one that stands still wake up, it finds the word, and nobody who keeps it from deciding alone.
  for (const run of runs) if (run.state.stuck) run.tell('undo')
  // With something to look at afterwards, the hosts wait for what is seen, and keep their locks until then.
  await tellBack(fleet, here, owed.length > 0 ? 'revert' : 'undo')
  const missed = runs.every(isBack) ? await lookAgain(fleet, owed) : []
  const waiting = runs.filter(run => run.state.phase === 'reverted' && run.state.outcome === undefined)
  await tellBack(fleet, waiting, missed.length > 0 ? 'hold' : 'undo')
  // Who cancels does not wait until a lost host is found: the step after this one tells it to go back.
  if (!setting.cancelled.aborted || !someLost(runs)) setting.remember('settled')
  if (missed.length > 0)
    return { outcome: 'needs-operator', failure: stillFailingWords(runs, missed, failure) }
  if (runs.some(run => run.state.outcome === 'needs-operator'))
    return { outcome: 'needs-operator', failure: needsOperatorWords(runs, failure) }
  if (someLost(runs)) return { outcome: 'unknown', failure: unknownWords(runs, failure) }
  if (runs.some(({ state: { outcome } }) => outcome !== 'undone' && outcome !== 'refused'))
    return { outcome: 'needs-operator', failure: apartWords(runs, failure) }
  return { outcome: 'restored', failure }
}

const isBack = ({ state }: HostRun): boolean =>
  state.lost === undefined &&
  (state.phase === 'reverted' || state.outcome === 'undone' || state.outcome === 'refused')

/** Tells hosts a word and waits for what comes of it; a host that was lost hears it when it is found and still waits. */
async function tellBack(
  { setting, runs, chronicle }: FleetRun,
  told: readonly HostRun[],
  word: Word,
): Promise<void> {
  const done = (run: HostRun) =>
    run.until('back', ({ phase }) => (word === 'revert' ? phase === 'reverted' : false))
  for (const run of told) run.tell(sayable(run, word))
  await Promise.all(told.map(done))
  if (!someLost(runs)) return
  await findAgain(setting, runs, chronicle)
  const again = runs.filter(run => run.state.lost === undefined && run.state.outcome === undefined)
  for (const run of again) run.tell(sayable(run, word))
  await Promise.all(again.map(done))
}

/** A host whose turn never came has nothing to take back: it gives its lock back. */
const sayable = ({ state }: HostRun, word: Word): Word => (state.phase === 'prepared' ? 'undo' : word)

/** The titles of checks that passed before the switch, and do not pass now that everything is back. */
async function lookAgain(
  { setting, plan, chronicle }: FleetRun,
  owed: readonly RunnerCheck[],
): Promise<readonly string[]> {
  if (owed.length === 0 || setting.cancelled.aborted) return []
  const again = await runChecks(
    owed.map(check => ({ ...check, title: `${check.title} (back again)` })),
    {
      variables: afterUndo(plan.variables),
      signal: setting.cancelled,
      ended: report => chronicle.check(report),
    },
  )
  if (again.passed || again.aborted) return []
  return owed.filter((_, at) => again.reports[at]?.status !== 'passed').map(({ title }) => title)
}
