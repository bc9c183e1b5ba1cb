import { type Baseline, takeBaseline } from '../check/baseline.ts'
import { whileBothServe } from '../check/between.ts'
import { runChecks } from '../check/suite.ts'
import { NotAccepted } from '../engine/no-answer.ts'
import type { FailureReport } from '../outcome.ts'
import { inBatches } from './batches.ts'
import { commitAll } from './commit-all.ts'
import { standsStillWords } from './ending-words.ts'
import { type Ending, type FleetRun, hasSteps, isStuck, someLost, type Word } from './fleet-run.ts'
import { lookFromHosts } from './host-checks.ts'
import { wentOrWillGoBack } from './host-report.ts'
import type { HostRun } from './host-run.ts'
import { notPreparedWords, type Unmoved } from './not-prepared-words.ts'
import { findAgain } from './reconnect.ts'
import { goBack } from './revert-all.ts'
import { lookBefore, type RanBefore, watchServing } from './serving.ts'
import {
  cancelledWords,
  checksFailedWords,
  goneBackWords,
  letGoAloneWords,
  switchFailedWords,
} from './words.ts'

/** Seconds between two signs of life to the hosts, well below the silence after which they decide alone. */
const SIGN_OF_LIFE = 5

/** Two phases over all hosts: every host is prepared before any is switched, and all are kept or all go back. */
export async function runTwoPhases(fleet: FleetRun): Promise<Ending> {
  const { runs, setting, chronicle } = fleet
  setting.begun?.(chronicle.heading())
  const signs = setInterval(() => {
    for (const run of runs) if (run.state.outcome === undefined && !run.state.stuck) run.tell('alive')
  }, SIGN_OF_LIFE * 1000)
  try {
    const ahead = sayableAhead(fleet)
    const ran: RanBefore = isLookedAt(fleet) ? lookBefore(fleet) : new Map()
    const { baseline, unmoved } = await prepare(fleet, ahead)
    if (unmoved) return await letGo(fleet, unmoved)
    return await go(fleet, baseline, ahead, ran)
  } finally {
    clearInterval(signs)
  }
}

/**
 * What can be said before an answer has come. With one host, nobody has to agree; with nothing to look at from here,
 * nothing has to be seen first: then the words travel right behind the program, which hears each only when it has got
 * that far. Each saves a round trip.
 */
function sayableAhead({ runs, plan, setting }: FleetRun): readonly Word[] {
  const [alone] = runs
  if (!alone || runs.length > 1 || plan.checks.length > 0 || setting.cancelled.aborted) return []
  // A backup takes its time, in which a person may cancel: what has been said can't be taken back.
  if (hasSteps(alone, 'backup')) return []
  if (hasSteps(alone, 'verify')) return ['switch', 'verify']
  return hasSteps(alone, 'resume') ? ['switch'] : ['switch', 'commit']
}

async function prepare(
  fleet: FleetRun,
  ahead: readonly Word[],
): Promise<{ baseline: readonly Baseline[]; unmoved?: Unmoved }> {
  const { setting, runs, plan, chronicle } = fleet
  chronicle.phase('Prepare')
  setting.remember(ahead.length > 0 ? 'switching' : 'preparing')
  const looking = takeBaseline(plan.checks, { variables: plan.variables, signal: setting.cancelled })
  await Promise.all(runs.map(run => begin(fleet, run, ahead)))
  const baseline = await looking
  // Whoever was told to switch may have done so, whatever we heard of it or want by now.
  if (ahead.length > 0) return runs.some(neverBegan) ? { baseline, unmoved: { why: 'failed' } } : { baseline }
  if (setting.cancelled.aborted) return { baseline, unmoved: { why: 'cancelled' } }
  if (runs.some(run => run.state.phase !== 'prepared' || run.state.lost !== undefined))
    return { baseline, unmoved: { why: 'failed' } }
  return { baseline }
}

const neverBegan = ({ state }: HostRun): boolean =>
  state.refusedBy !== undefined || state.outcome === 'refused'

/** By its own journal, and heard just now, it has not begun to switch. */
const isUnmoved = (run: HostRun): boolean =>
  neverBegan(run) || (run.state.phase === 'prepared' && run.state.lost === undefined && !run.toldToSwitch())

async function begin(fleet: FleetRun, run: HostRun, ahead: readonly Word[]): Promise<void> {
  try {
    await fleet.begin(run, ahead)
  } catch (error) {
    if (error instanceof NotAccepted) run.markRefused(error.why)
    else run.markLost(error instanceof Error ? error.message : String(error))
  }
  await unlessCancelled(
    fleet,
    run.until('prepared', state => state.phase === 'prepared'),
  )
}

/** Nothing was switched anywhere: the locks are given back, and that is all. */
async function letGo(fleet: FleetRun, unmoved: Unmoved): Promise<Ending> {
  const failure = unmoved.why === 'cancelled' ? cancelledWords() : notPreparedWords(fleet.runs)
  for (const run of fleet.runs) if (run.state.outcome === undefined) run.tell('undo')
  await atMost(5, Promise.all(fleet.runs.map(run => run.until('back', () => false))))
  fleet.setting.remember('settled')
  return { outcome: 'refused', failure }
}

async function go(
  fleet: FleetRun,
  baseline: readonly Baseline[],
  ahead: readonly Word[],
  ran: RanBefore,
): Promise<Ending> {
  const { setting, runs, chronicle } = fleet
  const batches = inBatches(runs, setting.environment.batches)
  if (ahead.length === 0) setting.remember('switching')
  for (const [at, batch] of batches.entries()) {
    chronicle.phase(batches.length > 1 ? `Switch ${at + 1} of ${batches.length}` : 'Switch', true)
    if (ahead.length === 0) for (const run of batch) run.tell('switch')
    const wrong = await switched(fleet, batch)
    // What was told to switch may have done so, whatever became of the others.
    if (wrong === 'never-began' && runs.every(isUnmoved)) return await letGo(fleet, { why: 'failed' })
    if (wrong !== undefined)
      return await goBack(
        fleet,
        baseline,
        wrong === 'never-began' ? letGoAloneWords(runs.filter(neverBegan)) : wrong,
      )
    if (at === batches.length - 1) break
    chronicle.phase(`Look at ${at + 1} of ${batches.length}`)
    const failure = await verify(fleet, batch, baseline, 'glance')
    if (failure) return await goBack(fleet, baseline, failure)
  }

  chronicle.phase('Verify')
  const serving = isLookedAt(fleet) ? watchServing(fleet, ran) : undefined
  const failure = await verify(fleet, runs, baseline, 'verify')
  if (failure) {
    await serving?.end(false)
    return await goBack(fleet, baseline, failure)
  }
  if (someLost(runs)) await findAgain(setting, runs, chronicle)
  if (runs.some(isStuck)) return await goBack(fleet, baseline, standsStillWords(runs))
  const apart = runs.filter(wentOrWillGoBack)
  if (apart.length > 0) return await goBack(fleet, baseline, goneBackWords(apart))
  const ending = await commitAll(fleet, baseline)
  await serving?.end(ending.outcome === 'there')
  return ending
}

/** Waits until a batch has been switched; says what is wrong when one of its hosts, or one before it, is not there. */
async function switched(
  { setting, runs, chronicle }: FleetRun,
  batch: readonly HostRun[],
): Promise<FailureReport | 'never-began' | undefined> {
  const there = () =>
    Promise.all(
      batch.map(run =>
        run.until('switched', state => state.phase === 'switched' || state.phase === 'failed'),
      ),
    )
  await there()
  if (someLost(runs)) {
    await findAgain(setting, runs, chronicle)
    // Found again and still prepared: it never got the word, and ignores a second one.
    for (const run of batch)
      if (run.state.phase === 'prepared' && run.state.lost === undefined) run.tell('switch')
    await there()
  }
  if (runs.some(neverBegan)) return 'never-began'
  if (
    runs.some(
      ({ state }) =>
        state.phase === 'failed' || state.outcome === 'undone' || state.outcome === 'needs-operator',
    )
  )
    return switchFailedWords(runs)
  if (setting.cancelled.aborted) return cancelledWords()
  return runs.some(isStuck) ? standsStillWords(runs) : undefined
}

/** What serves is looked at while something else is waited for anyway. */
const isLookedAt = ({ plan, runs }: FleetRun): boolean =>
  plan.checks.length > 0 || runs.some(run => hasSteps(run, 'verify'))

/**
 * Looks from the runner and from the hosts, side by side; words when it does not serve.
 *
 * @param word `glance` while other hosts are still on the release that is left
 */
async function verify(
  fleet: FleetRun,
  batch: readonly HostRun[],
  baseline: readonly Baseline[],
  word: 'glance' | 'verify',
): Promise<FailureReport | undefined> {
  const { setting, runs, plan, chronicle } = fleet
  const [suite] = await Promise.all([
    runChecks(word === 'glance' ? whileBothServe(plan.checks, baseline) : plan.checks, {
      variables: plan.variables,
      ...(word === 'verify' && { baseline }),
      signal: setting.cancelled,
      ended: report => chronicle.check(report),
    }),
    unlessCancelled(fleet, lookFromHosts(fleet, batch, word)),
  ])
  if (setting.cancelled.aborted) return cancelledWords()
  if (suite.passed && batch.every(run => run.state.verified !== false)) return undefined
  const words = checksFailedWords(suite.reports, runs)
  if (fleet.checksDecide) return words
  chronicle.warning(words.message)
  return undefined
}

/** Waits, but not past the moment at which a person cancels. */
async function unlessCancelled(fleet: FleetRun, waiting: Promise<unknown>): Promise<void> {
  const { cancelled } = fleet.setting
  if (cancelled.aborted) return
  let stop = () => {}
  const cut = new Promise<void>(resolve => {
    stop = () => resolve()
    cancelled.addEventListener('abort', stop, { once: true })
  })
  await Promise.race([waiting, cut])
  cancelled.removeEventListener('abort', stop)
}

async function atMost(seconds: number, waiting: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>(resolve => {
    timer = setTimeout(resolve, seconds * 1000)
  })
  await Promise.race([waiting, late])
  clearTimeout(timer)
}
