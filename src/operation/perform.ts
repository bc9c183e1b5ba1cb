import { randomBytes } from 'node:crypto'
import { opener } from '../host/open.ts'
import type { RunHeading, RunReport } from '../outcome.ts'
import type { Log } from '../report/log.ts'
import { refusedBefore } from '../report/refused.ts'
import type { Request } from '../request/request.ts'
import type { Chronicle } from '../rollback/chronicle.ts'
import { interruptedWords } from '../rollback/ending-words.ts'
import { openChronicle } from '../rollback/open-chronicle.ts'
import type { Setting, Stage } from '../rollback/setting.ts'
import { cancelledWords } from '../rollback/words.ts'
import { findChanges, type History } from './find-changes.ts'
import { findRunbook, type Shelves } from './find-runbook.ts'

import { type Means, operate, settingFor } from './operate.ts'
import type { KeptPlan } from './plan.ts'

/** The process around an operation: a job of GitHub, or a terminal. */
export interface Ground extends Shelves, History {
  readonly log: Log
  /** Told when a person cancels. */
  readonly cancelled: AbortSignal
  remember(stage: Stage, run: string): void
  /** Told of a secret before it is used, so that it is masked everywhere. */
  learn(name: string, value: string): void
  mask(text: string): string
  keepPlan(plan: KeptPlan): void
  /** Those who want to know of this run, by what its runbook asks for; absent where nobody does. */
  listen?(setting: Setting): void
  /** Told of the id of a drill while it is not over, and of an empty one when all is as it was. */
  drilling?(run: string): void
  /** Told once, when a run begins to touch the hosts. */
  begun?(heading: RunHeading): void
}

/** Seconds after a cancel in which a run may still come to its end; GitHub ends the process after 7.5. */
const GRACE = 6.5

/** Seconds for reaching a host, retries and jump hosts included. */
const CONNECT = 30

/** Does what was asked and says how it ended, whatever happens. Never throws. */
export async function perform(request: Request, ground: Ground): Promise<RunReport> {
  const random = randomBytes(3).toString('hex')
  let run = ''
  let stage: Stage = 'looking'
  const { operation, target, reason, source, rollback = '' } = request
  let { environment = '' } = request
  let app = source.kind === 'inputs' ? source.app : ''
  try {
    const runbook = await findRunbook(request, ground)
    app = runbook.app
    const [only, ...others] = Object.keys(runbook.environments)
    if (only !== undefined && others.length === 0) environment ||= only
    const means = meansOf(request, ground, (reached, other) => {
      stage = reached
      ground.remember(reached, other ?? run)
    })
    const setting = settingFor(request, runbook, means, random)
    run = setting.run
    ground.remember('looking', run)
    ground.listen?.(setting)
    let chronicle = openChronicle(setting)
    const reopen = (next: Setting) => {
      chronicle = openChronicle(next)
      return chronicle
    }
    return await Promise.race([
      operate(request, setting, chronicle, { ...means, reopen }),
      interrupted(
        ground.cancelled,
        () => chronicle,
        () => stage,
      ),
    ])
  } catch (error) {
    ground.log.close()
    return refusedBefore(error, { operation, app, environment, rollback, target, reason })
  }
}

/** The setting of a run that an earlier process of this job began, for the step after it. */
export async function settingAgain(request: Request, ground: Ground): Promise<Setting> {
  const runbook = await findRunbook(request, ground)
  const means = meansOf(request, ground, () => {})
  return settingFor({ ...request, operation: 'status' }, runbook, means, 'post')
}

/** The same for a drill: its own setting, under the id that it had. */
export async function drillAgain(request: Request, ground: Ground, run: string): Promise<Setting> {
  const runbook = await findRunbook(request, ground)
  const means = meansOf(request, ground, () => {})
  return { ...settingFor({ ...request, operation: 'drill' }, runbook, means, 'post'), run }
}

function meansOf(request: Request, ground: Ground, remember: Means['remember']): Means {
  const { variables, log, cancelled } = ground
  const { privateKey, passphrase, agentSocket } = request.ssh
  const auth =
    privateKey !== undefined
      ? ({ kind: 'key', key: privateKey, ...(passphrase !== undefined && { passphrase }) } as const)
      : agentSocket !== undefined
        ? ({ kind: 'agent', socket: agentSocket } as const)
        : undefined
  return {
    open: opener({
      knownHosts: request.knownHosts,
      knownHostsFile: request.knownHostsFile,
      auth,
      connectSeconds: CONNECT,
      keepaliveSeconds: 15,
      warn: text => log.warning(text),
    }),
    log,
    findChanges: (from, to, signal) => findChanges(from, to, signal, ground, request.token),
    cancelled,
    actor: variables.GITHUB_TRIGGERING_ACTOR ?? variables.GITHUB_ACTOR ?? variables.USER ?? '',
    workflowRun: variables.GITHUB_RUN_ID
      ? `/${variables.GITHUB_REPOSITORY ?? ''}/actions/runs/${variables.GITHUB_RUN_ID}`
      : '',
    commit: variables.GITHUB_SHA ?? '',
    variables,
    learn: (name, value) => ground.learn(name, value),
    mask: text => ground.mask(text),
    remember,
    keepPlan: plan => ground.keepPlan(plan),
    begun: heading => ground.begun?.(heading),
    drilling: run => ground.drilling?.(run),
  }
}

/** Settles only when a cancelled run has had its time: then the post step, and the hosts themselves, finish it. */
async function interrupted(
  cancelled: AbortSignal,
  chronicle: () => Chronicle,
  reached: () => Stage,
): Promise<RunReport> {
  const end = (): RunReport =>
    reached() === 'looking' || reached() === 'preparing'
      ? chronicle().close('refused', cancelledWords())
      : chronicle().close('unknown', interruptedWords())
  return await new Promise(resolve => {
    const late = () => {
      setTimeout(() => resolve(end()), GRACE * 1000).unref()
    }
    if (cancelled.aborted) late()
    else cancelled.addEventListener('abort', late, { once: true })
  })
}
