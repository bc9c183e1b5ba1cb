import type { OpenChannel } from '../host/channel.ts'
import { PHASES, type Phase } from '../kind/item.ts'
import { KINDS } from '../kind/table.ts'
import type { RunHeading, RunReport } from '../outcome.ts'
import type { Log } from '../report/log.ts'
import type { Operation, Request } from '../request/request.ts'
import type { FindChanges } from '../rollback/changes.ts'
import type { Chronicle } from '../rollback/chronicle.ts'
import { rollBack } from '../rollback/rollback.ts'
import { newRunId, phrasesOf, type Setting, type Stage } from '../rollback/setting.ts'
import { undoRun } from '../rollback/undo.ts'
import { type Chosen, choose } from '../runbook/choose.ts'
import type { Rollback, Runbook } from '../runbook/runbook.ts'
import { SecretNotSet, type Secrets, secretsOf } from '../runbook/secrets.ts'
import { guard } from './guard.ts'
import { ConfirmationMissing, EscalationNotSupported, OperationNotSupported } from './missing.ts'
import { type KeptPlan, planOnly } from './plan.ts'
import { prune } from './prune.ts'
import { record } from './record.ts'
import { status } from './status.ts'
import { unlock } from './unlock.ts'

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
  /** Takes the plan of operation `plan`. */
  keepPlan(plan: KeptPlan): void
}

/** Words of an operation that takes the live release, or nothing, where `target` says nothing of its own. */
const DEFAULT_TARGET = 'previous'

/** What an operation runs of a rollback. On the way back nothing is backed up: what was there is kept already. */
const PHASES_WITH_SECRETS: Partial<Record<Operation, readonly Phase[]>> = {
  rollback: PHASES,
  undo: PHASES.filter(phase => phase !== 'backup'),
}

/**
 * Everything that an operation needs to know, checked before any connection is made.
 *
 * @throws Refusal; nothing was changed.
 */
export function settingFor(request: Request, runbook: Runbook, means: Means, random: string): Setting {
  const chosen = choose(runbook, request)
  if (request.operation === 'rollback' && runbook.idle.length > 0)
    means.log.warning(
      `${runbook.file} has ${runbook.idle.join(', ')}, which this version of Rollbook does not act on yet.`,
    )
  const rollback: Rollback = {
    ...chosen.rollback,
    confirm: phraseOf(chosen, runbook),
    hold: chosen.hold,
    onLostContact: chosen.onLostContact,
  }
  const secrets = secretsFor(request.operation, rollback, means.variables)
  for (const { name, value } of secrets.hidden) means.learn(name, value)
  const setting: Setting = {
    operation: request.operation,
    run: newRunId(new Date(), random),
    runbook,
    environment: chosen.environment,
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
  refuseUnconfirmed(request.operation, setting)
  if (request.escalate && rollback.escalate !== undefined) throw new EscalationNotSupported(rollback.escalate)
  return setting
}

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
      return rollBack(setting, chronicle, kindOf)
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
    case 'prune':
      return prune(setting, chronicle, kindOf)
    case 'unlock':
      return unlock(setting, chronicle, request.runId, kindOf)
    default:
      throw new OperationNotSupported(request.operation)
  }
}

/** Where a restore would lose writes for certain, nobody does it by a click: without a phrase, the app is typed. */
function phraseOf({ environment, rollback }: Chosen, { app }: Runbook): string | undefined {
  const loses = rollback.phases.switch.some(({ kind }) => kind === 'restore_database')
  return rollback.confirm ?? (loses && environment.confirm === undefined ? app : undefined)
}

/** A plan does without a secret, but tells more of what a restore would lose when it has the one of the database. */
function secretsFor(operation: Operation, rollback: Rollback, variables: Means['variables']): Secrets {
  const phases = PHASES_WITH_SECRETS[operation] ?? []
  const restored = rollback.phases.switch.filter(({ kind }) => kind === 'restore_database')
  if (operation !== 'plan' || restored.length === 0) return secretsOf(rollback, variables, phases)
  const only = { ...rollback, phases: { ...rollback.phases, switch: restored } }
  try {
    return secretsOf(only, variables, ['switch'])
  } catch (error) {
    if (error instanceof SecretNotSet) return { given: new Map(), hidden: [] }
    throw error
  }
}

const kindOf = (name: string) => KINDS.find(kind => kind.name === name)

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
