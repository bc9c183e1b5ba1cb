import type { OpenChannel } from '../host/channel.ts'
import { kindOf } from '../kind/table.ts'
import type { RunHeading, RunReport } from '../outcome.ts'
import type { Log } from '../report/log.ts'
import type { Operation, Request } from '../request/request.ts'
import type { FindChanges } from '../rollback/changes.ts'
import type { Chronicle } from '../rollback/chronicle.ts'
import { openChronicle } from '../rollback/open-chronicle.ts'
import { rollBack } from '../rollback/rollback.ts'
import { newRunId, phrasesOf, type Setting, type Stage } from '../rollback/setting.ts'
import { undoRun } from '../rollback/undo.ts'
import { type Chosen, choose } from '../runbook/choose.ts'
import type { Rollback, Runbook } from '../runbook/runbook.ts'
import type { Secrets } from '../runbook/secrets.ts'
import { chooseDrill, drillScope, refuseUnconfirmedDrill } from './drill-setting.ts'
import { guard } from './guard.ts'
import { comparing } from './metrics.ts'
import { ConfirmationMissing, EscalationNotSupported, OperationNotSupported } from './missing.ts'
import { type KeptPlan, planOnly } from './plan.ts'
import { prune } from './prune.ts'
import { record } from './record.ts'
import { secretsFor } from './secrets-for.ts'
import { status } from './status.ts'
import { unlock } from './unlock.ts'
import { mayRollBack, watch } from './watch.ts'

/** What an operation is given by the process that it runs in. */
export interface Means {
  readonly open: OpenChannel
  readonly log: Log
  /** Looks up what lies between two commits. */
  readonly findChanges?: FindChanges
  readonly cancelled: AbortSignal
  readonly actor: string
  /** Path of the workflow run below the server; empty on the command line. */
  readonly workflowRun: string
  /** Commit that the workflow runs for; empty when there is none. */
  readonly commit: string
  /** Environment variables of the process, of which a runbook may name some as secrets. */
  readonly variables: Readonly<Record<string, string | undefined>>
  /** Told of a secret before it is used, so that it is masked everywhere. */
  learn(name: string, value: string): void
  remember(stage: Stage, run?: string): void
  /** Told once, when a run begins to touch the hosts. */
  begun?(heading: RunHeading): void
  /** Masks what is known to be secret in a text that goes to the hosts. */
  mask(text: string): string
  /** Begins other notes of the same run, which whoever waits for its end looks at from then on. */
  reopen?(setting: Setting): Chronicle
  /** Told of the id of a drill while it is not over, and of an empty one when nothing of it is left to be brought back here. */
  drilling?(run: string): void
  /** Takes the plan of operation `plan`. */
  keepPlan(plan: KeptPlan): void
}

/** Words of an operation that takes the live release, or nothing, where `target` says nothing of its own. */
const DEFAULT_TARGET = 'previous'

/**
 * Everything that an operation needs to know, checked before any connection is made.
 *
 * @throws Refusal; nothing was changed.
 */
export function settingFor(request: Request, runbook: Runbook, means: Means, random: string): Setting {
  if (request.operation === 'drill') {
    const drilling = chooseDrill(runbook, request)
    const setting = baseOf(request, runbook, means, random, drillScope(drilling, means.variables))
    refuseUnconfirmedDrill(drilling, setting)
    return setting
  }
  const chosen = choose(runbook, request)
  // What may roll back in half an hour needs now what a rollback needs.
  const acts = request.operation === 'watch' && mayRollBack(runbook) ? 'rollback' : request.operation
  const rollback: Rollback = {
    ...chosen.rollback,
    confirm: phraseOf(chosen, runbook),
    hold: chosen.hold,
    onLostContact: chosen.onLostContact,
  }
  const secrets = secretsFor(acts, { rollback, environment: chosen.environment }, runbook, means.variables)
  const setting = baseOf(request, runbook, means, random, {
    environment: chosen.environment,
    rollback,
    secrets,
  })
  refuseUnconfirmed(acts, setting)
  if (request.escalate && rollback.escalate !== undefined) throw new EscalationNotSupported(rollback.escalate)
  return setting
}

/** What an operation is about: where, which rollback, and what that is given. */
type Scope = Pick<Setting, 'environment' | 'rollback'> & { readonly secrets: Secrets }

function baseOf(
  request: Request,
  runbook: Runbook,
  means: Means,
  random: string,
  { environment, rollback, secrets }: Scope,
): Setting {
  for (const { name, value } of secrets.hidden) means.learn(name, value)
  for (const name of namedBeside(runbook)) {
    const value = means.variables[name] ?? ''
    if (value !== '') means.learn(name, value)
  }
  return {
    operation: request.operation,
    run: newRunId(new Date(), random),
    runbook,
    environment,
    rollback,
    target: request.target,
    reason: means.mask(request.reason),
    confirm: request.confirm,
    actor: means.actor,
    workflowRun: means.workflowRun,
    open: means.open,
    secrets: secrets.given,
    log: means.log,
    ...(means.findChanges && { findChanges: means.findChanges }),
    cancelled: means.cancelled,
    ...(means.begun && { begun: means.begun }),
    remember: means.remember,
  }
}

/** Secrets that are read later, by others than the rollback: a person may have written one of them into the reason. */
const namedBeside = ({ metrics, notify }: Runbook): readonly string[] =>
  [metrics?.token?.env, ...notify.flatMap(({ env, secret }) => [env, secret])].filter(
    name => name !== undefined,
  )

/** Does what was asked. Never throws for a refusal: that is a report like any other. */
export function operate(
  request: Request,
  setting: Setting,
  chronicle: Chronicle,
  means: Means,
): Promise<RunReport> {
  const named = request.target === DEFAULT_TARGET ? '' : request.target
  switch (request.operation) {
    case 'rollback':
      return comparing(setting, means, chronicle, () => rollBack(setting, chronicle, kindOf))
    case 'undo':
      return undoRun(setting, chronicle, request.runId, kindOf)
    case 'plan':
      return planOnly(setting, chronicle, kindOf, means.keepPlan)
    case 'record':
      return record(setting, chronicle, request.state, named, kindOf)
    case 'guard':
      return guard(setting, chronicle, named || means.commit, kindOf)
    case 'status':
      return status(setting, chronicle, kindOf)
    case 'watch':
      return watch(setting, chronicle, kindOf, { reopen: openChronicle, ...means })
    case 'drill':
      return playDrill(request, setting, chronicle, means)
    case 'prune':
      return prune(setting, chronicle, kindOf)
    case 'unlock':
      return unlock(setting, chronicle, request.runId, kindOf)
    default:
      throw new OperationNotSupported(request.operation)
  }
}

/** Loaded only when it is needed. */
async function playDrill(
  request: Request,
  setting: Setting,
  chronicle: Chronicle,
  means: Means,
): Promise<RunReport> {
  const { drill } = await import('./drill.ts')
  const drilling = chooseDrill(setting.runbook, request)
  return await drill(setting, chronicle, drilling, kindOf, run => means.drilling?.(run))
}

/** Where a restore would lose writes for certain, nobody does it by a click: without a phrase, the app is typed. */
function phraseOf({ environment, rollback }: Chosen, { app }: Runbook): string | undefined {
  const loses = rollback.phases.switch.some(({ kind }) => kind === 'restore_database')
  return rollback.confirm ?? (loses && environment.confirm === undefined ? app : undefined)
}

/** Removing backups asks what the environment asks; only what goes through a rollback asks for that one's as well. */
const ASKED: Partial<Record<Operation, (setting: Setting) => readonly (string | undefined)[]>> = {
  rollback: ({ environment, rollback }) => [environment.confirm, rollback.confirm],
  undo: ({ environment, rollback }) => [environment.confirm, rollback.confirm],
  prune: ({ environment }) => [environment.confirm],
}

/** @throws ConfirmationMissing with the phrases that were not typed. */
function refuseUnconfirmed(operation: Operation, setting: Setting): void {
  const given = phrasesOf(setting)
  const wanted = (ASKED[operation]?.(setting) ?? []).filter(phrase => phrase !== undefined)
  const missing = wanted.filter(phrase => !given.includes(phrase))
  const mayLose = operation !== 'prune' && setting.rollback.dataLoss
  if (missing.length > 0) throw new ConfirmationMissing(missing, mayLose)
}
