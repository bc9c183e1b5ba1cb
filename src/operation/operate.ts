import type { OpenChannel } from '../host/channel.ts'
import { KINDS } from '../kind/table.ts'
import type { RunReport } from '../outcome.ts'
import type { Log } from '../report/log.ts'
import type { Request } from '../request/request.ts'
import type { Chronicle } from '../rollback/chronicle.ts'
import { rollBack } from '../rollback/rollback.ts'
import { newRunId, phrasesOf, type Setting, type Stage } from '../rollback/setting.ts'
import { undoRun } from '../rollback/undo.ts'
import { choose } from '../runbook/choose.ts'
import type { Rollback, Runbook } from '../runbook/runbook.ts'
import { secretsOf } from '../runbook/secrets.ts'
import { guard } from './guard.ts'
import { ConfirmationMissing, EscalationNotSupported, OperationNotSupported } from './missing.ts'
import { type KeptPlan, planOnly } from './plan.ts'
import { record } from './record.ts'
import { status } from './status.ts'
import { unlock } from './unlock.ts'

/** What an operation is given by the process that it runs in. */
export interface Means {
  readonly open: OpenChannel
  readonly log: Log
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
  /** Masks what is known to be secret in a text that goes to the hosts. */
  mask(text: string): string
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
  const chosen = choose(runbook, request)
  if (request.operation === 'rollback' && runbook.idle.length > 0)
    means.log.warning(
      `${runbook.file} has ${runbook.idle.join(', ')}, which this version of Rollbook does not act on yet.`,
    )
  const rollback: Rollback = { ...chosen.rollback, hold: chosen.hold, onLostContact: chosen.onLostContact }
  const secrets =
    request.operation === 'rollback' || request.operation === 'undo'
      ? secretsOf(rollback, means.variables)
      : new Map<string, string>()
  for (const [name, value] of secrets) means.learn(name, value)
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
    secrets,
    log: means.log,
    cancelled: means.cancelled,
    remember: means.remember,
  }
  if (request.operation === 'rollback' || request.operation === 'undo') refuseUnconfirmed(setting)
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
    case 'unlock':
      return unlock(setting, chronicle, request.runId, kindOf)
    default:
      throw new OperationNotSupported(request.operation)
  }
}

const kindOf = (name: string) => KINDS.find(kind => kind.name === name)

/** The phrases that a rollback and its environment ask for. */
function refuseUnconfirmed({ environment, rollback, confirm }: Setting): void {
  const given = phrasesOf({ confirm })
  const wanted = [environment.confirm, rollback.confirm].filter(phrase => phrase !== undefined)
  const missing = wanted.filter(phrase => !given.includes(phrase))
  if (missing.length > 0) throw new ConfirmationMissing(missing, rollback.dataLoss)
}
