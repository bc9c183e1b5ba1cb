import { type Baseline, owedAfterUndo } from '../check/baseline.ts'
import { runChecks } from '../check/suite.ts'
import { afterUndo } from '../check/variables.ts'
import type { FailureReport } from '../outcome.ts'
import { findAgain } from './contact.ts'
import { apartWords, needsOperatorWords, stillFailingWords, unknownWords } from './ending-words.ts'
import { type Ending, hasSteps, type Journey, someLost } from './journey.ts'

/** Every host goes back to where it was, and what served before is looked at again. */
export async function goBack(
  journey: Journey,
  baseline: readonly Baseline[],
  failure: FailureReport,
): Promise<Ending> {
  const { setting, runs, plan, chronicle } = journey
  const here = runs.filter(run => run.state.lost === undefined && run.state.outcome === undefined)
  const diagnosing = setting.cancelled.aborted ? [] : here.filter(run => hasSteps(run, 'diagnose'))
  if (diagnosing.length > 0) {
    chronicle.phase('Diagnose')
    for (const run of diagnosing) run.tell('diagnose')
    await Promise.all(diagnosing.map(run => run.until(state => state.diagnosed)))
  }
  chronicle.phase('Put back', true)
  for (const run of here) run.tell('undo')
  await Promise.all(here.map(run => run.until(() => false)))
  if (someLost(runs)) {
    await findAgain(setting, runs, chronicle)
    for (const run of runs)
      if (run.state.lost === undefined && run.state.outcome === undefined) run.tell('undo')
    await Promise.all(runs.map(run => run.until(() => false)))
  }
  setting.remember('settled')
  if (runs.some(run => run.state.outcome === 'needs-operator'))
    return { outcome: 'needs-operator', failure: needsOperatorWords(runs, failure) }
  if (someLost(runs)) return { outcome: 'unknown', failure: unknownWords(runs, failure) }
  if (runs.some(run => run.state.outcome !== 'undone'))
    return { outcome: 'needs-operator', failure: apartWords(runs, failure) }
  const owed = owedAfterUndo(plan.checks, baseline)
  if (owed.length > 0 && !setting.cancelled.aborted) {
    const again = await runChecks(
      owed.map(check => ({ ...check, title: `${check.title} (back again)` })),
      {
        variables: afterUndo(plan.variables),
        signal: setting.cancelled,
        ended: report => chronicle.check(report),
      },
    )
    const missed = owed.filter((_, at) => again.reports[at]?.status !== 'passed').map(({ title }) => title)
    if (!again.passed && !again.aborted)
      return { outcome: 'needs-operator', failure: stillFailingWords(runs, missed, failure) }
  }
  return { outcome: 'restored', failure }
}
