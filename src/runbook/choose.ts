import type { Host } from '../host/host.ts'
import { type Item, PHASES } from '../kind/item.ts'
import { KINDS } from '../kind/table.ts'
import { Refusal } from '../refusal.ts'
import { shownGiven } from './given.ts'
import { hint } from './nearest.ts'
import { type Problem, RunbookInvalid } from './problem.ts'
import type { Environment, Hold, OnLostContact, Rollback, Runbook } from './runbook.ts'

/** The runbook has no environment or rollback of the name that was asked for, or needs to be told which. */
export class NotInRunbook extends Refusal {
  readonly code = 'RB-NOT-IN-RUNBOOK'
}

/** The rollback needs kinds that this version can't run yet. */
export class KindNotSupported extends Refusal {
  readonly code = 'RB-KIND-NOT-SUPPORTED'
  readonly kinds: readonly string[]

  constructor(rollback: Pick<Rollback, 'name' | 'later'>) {
    const kinds = [...new Set(rollback.later.map(({ kind }) => kind))]
    const places = rollback.later.map(
      ({ kind, position: { file, line, column } }) => `${file}:${line}:${column} ${kind}`,
    )
    super(
      [
        `The rollback "${rollback.name}" needs what this version of Rollbook does not support yet: ${kinds.join(', ')}. Nothing was changed.`,
        ...places,
      ].join('\n'),
    )
    this.kinds = kinds
  }
}

/** What was asked for, with what the environment says where the rollback says nothing. */
export interface Chosen {
  readonly environment: Environment
  readonly rollback: Rollback
  readonly hold: Hold
  readonly onLostContact: OnLostContact | undefined
}

/**
 * The environment that was asked for; the only one when none was.
 *
 * @throws NotInRunbook
 */
export function chooseEnvironment(runbook: Runbook, wanted: string | undefined): Environment {
  const names = Object.keys(runbook.environments)
  const [only, second] = names
  if (wanted === undefined && second !== undefined) {
    throw new NotInRunbook(`environment: ${runbook.file} has ${names.join(' and ')}. Nothing was changed.`, [
      `Say which one is meant: environment: ${only}`,
    ])
  }
  const name = wanted ?? only ?? ''
  if (Object.hasOwn(runbook.environments, name)) {
    const environment = runbook.environments[name]
    if (environment !== undefined) return environment
  }
  throw notThere('environment', name, names, runbook)
}

/**
 * The environment and the rollback that were asked for; without a name the only environment and the first rollback.
 *
 * @throws NotInRunbook, KindNotSupported, RunbookInvalid when the two do not fit each other.
 */
export function choose(
  runbook: Runbook,
  wanted: { environment?: string | undefined; rollback?: string | undefined },
): Chosen {
  const environment = chooseEnvironment(runbook, wanted.environment)
  const names = Object.keys(runbook.rollbacks)
  const name = wanted.rollback ?? names[0] ?? ''
  const rollback = Object.hasOwn(runbook.rollbacks, name) ? runbook.rollbacks[name] : undefined
  if (rollback === undefined) throw notThere('rollback', name, names, runbook)
  if (rollback.later.length > 0) throw new KindNotSupported(rollback)
  const misfits = PHASES.flatMap(phase =>
    rollback.phases[phase].flatMap((item, at) => {
      const message = misfit(item, environment)
      return message === undefined
        ? []
        : [{ position: item.position, field: `rollbacks.${name}.${phase}[${at}]`, message } satisfies Problem]
    }),
  )
  if (misfits.length > 0) throw new RunbookInvalid(runbook.file, misfits)
  return {
    environment,
    rollback,
    hold: rollback.hold ?? environment.hold ?? 'release',
    onLostContact: rollback.onLostContact ?? environment.onLostContact,
  }
}

function notThere(
  what: 'environment' | 'rollback',
  name: string,
  names: readonly string[],
  { file }: Runbook,
): NotInRunbook {
  return new NotInRunbook(
    `${what}: ${file} has no ${what} ${shownGiven(name)}.${hint(name, names)} Nothing was changed.`,
    [`Give one that is there: ${names.join(', ')}`],
  )
}

function misfit(item: Item, environment: Environment): string | undefined {
  const named = [item.on, item.options.from].find(
    name =>
      typeof name === 'string' && name !== 'runner' && name !== 'host' && !isHost(name, environment.hosts),
  )
  const missingOn = item.on !== undefined && !isHost(item.on, environment.hosts) ? item.on : undefined
  const missing = missingOn ?? named
  if (missing !== undefined) {
    return `The environment ${environment.name} has no host ${missing}.${hint(
      String(missing),
      environment.hosts.map(host => host.name),
    )}`
  }
  const kind = KINDS.find(each => each.name === item.kind)
  return kind?.misfit?.(item, environment)
}

const isHost = (name: string, hosts: readonly Host[]): boolean => hosts.some(host => host.name === name)
