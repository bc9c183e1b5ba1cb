import type { RunnerCheck } from '../check/runner-check.ts'
import type { Session } from '../engine/conversation.ts'
import type { HostPlan } from '../engine/plan.ts'
import { readPlan } from '../engine/plan-reader.ts'
import type { RunReport } from '../outcome.ts'
import { Refusal } from '../refusal.ts'
import { commitOf } from '../release/commit.ts'
import type { HostFacts, RunFact } from '../release/facts.ts'
import { hostNames } from '../report/by-host.ts'
import { failureOf } from '../report/failure-words.ts'
import { endedAs, wentWords } from '../report/run-words.ts'
import { brokenOff } from './broken-off.ts'
import type { Chronicle } from './chronicle.ts'
import type { Decision } from './decide.ts'
import { mindDrills } from './drill-there.ts'
import { handOverSecrets, secretsOn } from './hand-over.ts'
import { tellHosts } from './host-report.ts'
import { followHost } from './host-run.ts'
import { leaveOut } from './left-out.ts'
import { type Looked, lookAtHosts } from './look.ts'
import { putInOrder, refuseBusy } from './order.ts'
import { makePlan } from './plan.ts'
import type { KindOf } from './rollback.ts'
import { servedBy } from './serving.ts'
import { goesOnAnyway, type Setting } from './setting.ts'
import { runTwoPhases } from './two-phases.ts'

/** There is no run that could be undone, on at least one host. */
class NothingToUndo extends Refusal {
  readonly code = 'RB-NOTHING-TO-UNDO'
}

/**
 * Takes a run back to where it started: the programs that it left on the hosts go the other way, with the same two
 * phases, and today's checks look at what serves afterwards. Never throws.
 */
export async function undoRun(
  setting: Setting,
  chronicle: Chronicle,
  wanted: string | undefined,
  kindOf: KindOf,
): Promise<RunReport> {
  let looked: readonly Looked[] = []
  try {
    chronicle.phase('Look')
    looked = await lookAtHosts(setting, kindOf, missing => leaveOut(setting, missing, chronicle))
    looked = withoutAbsent(setting, await putInOrder(looked, chronicle), wanted, chronicle)
    refuseBusy(looked, goesOnAnyway(setting))
    mindDrills(looked, setting, chronicle)
    const undone = findRun(looked, wanted)
    chronicle.fromTo(undone.to, undone.from)
    chronicle.preflight(
      `Run ${undone.run} went ${undone.from} → ${undone.to} on ${hostNames(looked.map(({ facts }) => facts.host))}. It is taken back now.`,
    )
    const decision = decisionOf(looked, undone)
    const plan = makePlan(
      { ...setting, run: undone.run },
      decision,
      looked.map(({ facts }) => facts),
      kindOf,
    )
    const runs = await Promise.all(
      looked.map(async ({ session }) =>
        followHost(await planOf(session, undone.run), session, chronicle, 'back'),
      ),
    )
    for (const { facts } of looked) tellWay(facts, undone, chronicle)
    try {
      const ending = await runTwoPhases({
        // The hosts know the run that is undone, not the one that undoes it.
        // Whoever asks to be back is not made to wait for a part of the hosts.
        setting: {
          ...setting,
          environment: { ...setting.environment, batches: undefined },
          remember: stage => setting.remember(stage, undone.run),
        },
        plan: { ...plan, checks: plan.checks.map(briefly) },
        runs,
        chronicle,
        checksDecide: false,
        serves: run => servedBy(run.plan, kindOf),
        async begin(run, ahead) {
          // The host wrote down itself what its steps may read.
          await handOverSecrets(run, secretsOn(setting, run.plan.host))
          const started = run.session().follow(undone.run, 'back', run.events)
          for (const word of ahead) run.tell(word)
          await started
        },
      })
      await tellHosts(runs, looked, decision, ending, chronicle)
      return chronicle.close(ending.outcome === 'there' ? 'undone' : ending.outcome, ending.failure)
    } catch (error) {
      return brokenOff(runs, error, chronicle)
    } finally {
      for (const run of runs) run.session().close()
    }
  } catch (error) {
    return chronicle.close('refused', failureOf(error, 'nothing'))
  } finally {
    for (const { session } of looked) session.close()
  }
}

/** Hosts that may be missing, and were when the run was made: they have nothing of it to take back. */
function withoutAbsent(
  { environment }: Setting,
  looked: readonly Looked[],
  wanted: string | undefined,
  chronicle: Chronicle,
): readonly Looked[] {
  const may = ({ facts }: Looked) => environment.allowMissing?.includes(facts.host) === true
  const run = wanted ?? looked.find(each => !may(each))?.facts.runs.find(changedSomething)?.run
  const absent = looked.filter(each => may(each) && !each.facts.runs.some(known => known.run === run))
  if (run === undefined || absent.length === looked.length) return looked
  for (const { facts, session } of absent) {
    session.close()
    chronicle.host(facts.host, { state: 'untouched' })
    chronicle.warning(`${facts.host} was left out of run ${run}, and has nothing of it to take back.`)
  }
  return looked.filter(each => !absent.includes(each))
}

/**
 * What the run's own program knows of its steps: the runbook of today may say something else. Seen from the way back,
 * the run goes to where it came from.
 */
async function planOf(session: Session, run: string): Promise<HostPlan> {
  const plan = readPlan(await session.readPlan(run))
  if (plan) return { ...plan, host: session.host.name, from: plan.to, to: plan.from }
  throw new NothingToUndo(
    `The plan of run ${run} on ${session.host.name} can't be read. Nothing was changed.`,
    [
      `Undo it by hand on ${session.host.name}, if the program there is whole: \`~/.rollbook/…/runs/${run}/rollbook undo\``,
    ],
  )
}

function tellWay(facts: HostFacts, { from, to }: RunFact, chronicle: Chronicle): void {
  const [leaving, wanted] = [commitOf(facts, to), commitOf(facts, from)]
  chronicle.host(facts.host, {
    from: to,
    to: from,
    live: to,
    ...(leaving !== undefined && { fromCommit: leaving }),
    ...(wanted !== undefined && { toCommit: wanted }),
  })
}

/** What is gone back to may well be what did not serve: worth a look, not worth waiting for. */
const briefly = (check: RunnerCheck): RunnerCheck => ({
  ...check,
  severity: 'warn',
  options: { ...check.options, attempts: Math.min(check.options.attempts ?? 3, 3) },
})

/** The run that is undone, the same on every host. */
function findRun(looked: readonly Looked[], wanted: string | undefined): RunFact {
  const found = looked.map(({ facts }) => ({
    host: facts.host,
    run: facts.runs.find(run => (wanted === undefined ? changedSomething(run) : run.run === wanted)),
    seen: facts.runs[0],
  }))
  const [first] = found
  const table = {
    head: ['host', 'run', 'went', 'how it ended'],
    rows: found.map(({ host, run, seen }) => {
      const shown = run ?? seen
      return shown
        ? [host, shown.run, wentWords(shown), endedAs({ ...shown, ended: shown.state })]
        : [host, 'none', '', '']
    }),
  }
  if (!first?.run || found.some(({ run }) => run === undefined || !canBeUndone(run))) {
    throw new NothingToUndo(
      wanted === undefined
        ? 'No run can be undone: none ended on its target. Nothing was changed.'
        : `Run ${wanted} can't be undone on every host. Nothing was changed.`,
      ['Run `operation: status` to see what is live and what ran.'],
      table,
    )
  }
  if (found.some(({ run }) => run?.run !== first.run?.run)) {
    throw new NothingToUndo(
      'The last run is not the same on all hosts. Nothing was changed.',
      ['Name the run that is meant with `run-id`.'],
      table,
    )
  }
  return first.run
}

/**
 * Runs that left every host as it was say nothing of what is live, and are passed over, as are those that go nowhere: a
 * drill looks and breaks with such. The last of the others counts.
 */
const changedSomething = ({ direction, state, from, to }: RunFact): boolean =>
  (from !== '' || to !== '') && (direction === 'back' || (state !== 'refused' && state !== 'undone'))

const canBeUndone = ({ direction, state }: RunFact): boolean =>
  direction === 'forward'
    ? state === 'committed' || state === 'kept'
    : state === 'undone' || state === 'refused'

/** The decision as the runs on the hosts know it: what there is to switch stands in their own programs. */
const decisionOf = (looked: readonly Looked[], { from, to }: RunFact): Decision => ({
  from: to,
  to: from,
  unchanged: false,
  warnings: [],
  hosts: new Map(looked.map(({ facts }) => [facts.host, { choices: new Map(), alreadyThere: false }])),
})
