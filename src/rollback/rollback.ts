import { runChecks } from '../check/suite.ts'
import { compileProgram } from '../engine/compile.ts'
import type { ShellFiles } from '../engine/shell.ts'
import type { Kind } from '../kind/kind.ts'
import type { Outcome, RunReport } from '../outcome.ts'
import { Refusal } from '../refusal.ts'
import { failureOf } from '../report/failure-words.ts'
import { brokenOff } from './broken-off.ts'
import type { Chronicle } from './chronicle.ts'
import type { Decision } from './decide.ts'
import type { Ending } from './fleet-run.ts'
import { handOverSecrets } from './hand-over.ts'
import { tellHosts } from './host-report.ts'
import { followHost, type HostRun } from './host-run.ts'
import { type Intention, intend } from './intend.ts'
import { leaveOut } from './left-out.ts'
import { type Looked, lookAtHosts } from './look.ts'
import { putInOrder } from './order.ts'
import { servedBy } from './serving.ts'
import type { Setting } from './setting.ts'
import { runTwoPhases } from './two-phases.ts'

/** The kinds that are supported, by name. */
export type KindOf = (name: string) => Kind | undefined

/** `last-good` is live, and it does not serve as it should: there is nothing better to go back to. */
class LastGoodFails extends Refusal {
  readonly code = 'RB-LAST-GOOD-FAILS'
}

/** Takes every host of the environment back to one release, or leaves all of them where they were. Never throws. */
export async function rollBack(setting: Setting, chronicle: Chronicle, kindOf: KindOf): Promise<RunReport> {
  let looked: readonly Looked[] = []
  let intention: Intention | undefined
  try {
    chronicle.phase('Look')
    looked = await lookAtHosts(setting, kindOf, missing => leaveOut(setting, missing, chronicle))
    looked = await putInOrder(looked, chronicle)
    intention = await intend(setting, looked, chronicle, kindOf)
    if (intention.decision.unchanged) return await proveUnchanged(setting, intention, chronicle)
    return await goThere(setting, intention, looked, chronicle, kindOf)
  } catch (error) {
    intention?.changes.stop()
    return chronicle.close('refused', failureOf(error, 'nothing'))
  } finally {
    for (const { session } of looked) session.close()
  }
}

/** Takes the hosts to where an intention says, or leaves them where they were. Never throws once the hosts were spoken to. */
export async function goThere(
  setting: Setting,
  { plan, decision, changes }: Intention,
  looked: readonly Looked[],
  chronicle: Chronicle,
  kindOf: KindOf,
): Promise<RunReport> {
  // Before anything begins: a text that no program can hold is refused by its own name.
  const programs = new Map(
    plan.hosts.map(each => [each.host, compileProgram(each, kind => shellOf(kind, kindOf))] as const),
  )
  const runs = plan.hosts.flatMap(hostPlan => {
    const own = looked.find(({ facts }) => facts.host === hostPlan.host)
    return own ? [followHost(hostPlan, own.session, chronicle)] : []
  })
  try {
    const ending = await runTwoPhases({
      setting,
      plan,
      runs,
      chronicle,
      checksDecide: true,
      serves: run => servedBy(run.plan, kindOf),
      async begin(run, ahead) {
        const program = programs.get(run.plan.host)
        if (!program) throw new Error(`there is no program for ${run.plan.host}`)
        await handOverSecrets(run, setting.secrets)
        const started = run.session().start(run.plan.run, program, run.events)
        for (const word of ahead) run.tell(word)
        await started
      },
    })
    await tellHosts(runs, looked, decision, ending, chronicle)
    tellFollowUps(runs, ending, chronicle, kindOf)
    const outcome: Outcome = ending.outcome === 'there' ? 'rolled-back' : ending.outcome
    if (outcome === 'rolled-back') tellHold(setting, decision, chronicle)
    changes.stop()
    return chronicle.close(outcome, ending.failure)
  } catch (error) {
    changes.stop()
    return brokenOff(runs, error, chronicle)
  } finally {
    for (const run of runs) run.session().close()
  }
}

const ENDED = { there: 'there', restored: 'back', 'needs-operator': 'between' } as const

/** What the steps of the switch leave to people. Of hosts that nobody saw the end of, nothing is known. */
function tellFollowUps(
  runs: readonly HostRun[],
  { outcome }: Ending,
  chronicle: Chronicle,
  kindOf: KindOf,
): void {
  if (outcome !== 'there' && outcome !== 'restored' && outcome !== 'needs-operator') return
  for (const { plan } of runs) {
    const left = { run: plan.run, stateFolder: plan.stateFolder, ended: ENDED[outcome] }
    for (const step of plan.steps.filter(({ phase }) => phase === 'switch'))
      for (const text of kindOf(step.kind)?.onHost?.followUps?.(step.data, left) ?? [])
        chronicle.followUp(plan.host, text)
  }
}

/** The shell functions of a kind that a plan uses. */
export function shellOf(kind: string, kindOf: KindOf): ShellFiles {
  const shell = kindOf(kind)?.onHost?.shell
  if (!shell) throw new Error(`the kind ${kind} has no functions for a host`)
  return shell
}

function tellHold(setting: Setting, decision: Decision, chronicle: Chronicle): void {
  const { hold } = setting.rollback
  if (hold === 'none' || decision.from === '') return
  const [first] = [...decision.hosts.values()].flatMap(({ choices }) => [...choices.values()])
  chronicle.hold(hold === 'all' ? '*' : decision.from, first?.fromCommit)
}

/** `last-good` is live on every host: nothing is written, and the outcome is what the checks see. */
async function proveUnchanged(
  setting: Setting,
  { plan, decision }: Intention,
  chronicle: Chronicle,
): Promise<RunReport> {
  chronicle.phase('Verify')
  for (const { host } of plan.hosts) chronicle.host(host, { live: decision.to, state: 'already-there' })
  const suite = await runChecks(plan.checks, {
    variables: plan.variables,
    signal: setting.cancelled,
    ended: report => chronicle.check(report),
  })
  if (plan.hosts.some(({ steps }) => steps.some(step => step.phase === 'verify')))
    chronicle.warning(
      'Checks that look from the hosts were not run: for them, something would have to be written there.',
    )
  if (suite.passed) return chronicle.close('unchanged')
  throw new LastGoodFails(
    `${decision.to}, the last good release, is live already, and it does not pass ${suite.reports
      .filter(report => report.status !== 'passed')
      .map(report => report.title)
      .join(', ')}. Nothing was changed.`,
    [
      'Choose another target, or look for the fault outside the release: its data, its configuration, what it depends on.',
    ],
  )
}
