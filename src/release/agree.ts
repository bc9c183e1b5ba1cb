import { Refusal } from '../refusal.ts'
import { areOneRelease, type Decided, HostsDisagree } from './disagreement.ts'
import type { Choice } from './resolve.ts'

/** What one host answered to a target. */
export type Answer = Decided | Refused

/** All hosts go to one release. */
export interface Agreement {
  readonly to: string
  readonly toCommit?: string
  /** The release that is live now; where hosts differ, all of them, with a comma between. */
  readonly from: string
  /** Every host is there already. */
  readonly unchanged: boolean
  /** By host. */
  readonly choices: ReadonlyMap<string, Choice>
  readonly warnings: readonly string[]
}

interface Refused {
  readonly host: string
  readonly refusal: Refusal
}

/** There is nobody to go anywhere. */
export class NoHosts extends Refusal {
  readonly code = 'RB-NO-HOSTS'
}

/** At least one host has no way to the target; its `cause` holds each host's own refusal. */
export class HostsRefuse extends Refusal {
  readonly code = 'RB-HOSTS-REFUSE'
}

/** The target is live everywhere. A rollback that did nothing must not look like one that helped. */
export class AlreadyLive extends Refusal {
  readonly code = 'RB-ALREADY-LIVE'
}

/**
 * One release for all hosts, or nothing at all.
 *
 * @throws NoHosts, HostsRefuse (or the host's own refusal, where all say the same), HostsDisagree
 */
export function agree(answers: readonly Answer[], target: string): Agreement {
  const refused = answers.filter(answer => 'refusal' in answer)
  const hosts = answers.filter(answer => 'choice' in answer)
  if (refused.length > 0) throw refusalOf(refused, hosts, target)
  const [first] = hosts
  if (first === undefined) {
    throw new NoHosts('The rollback has no host to run on.', [
      'Give at least one host in the runbook, or as `hosts`.',
    ])
  }
  if (!areOneRelease(hosts)) throw new HostsDisagree(hosts, target)

  const { to } = first.choice
  const toCommit = hosts.find(({ choice }) => choice.toCommit !== undefined)?.choice.toCommit
  return {
    to,
    ...(toCommit !== undefined && { toCommit }),
    from: [...new Set(hosts.map(({ choice }) => choice.from))].join(', '),
    unchanged: hosts.every(({ choice }) => choice.alreadyThere),
    choices: new Map(hosts.map(({ host, choice }) => [host, choice])),
    warnings: warningsOf(hosts),
  }
}

/**
 * A rollback has to have something to go back to, in at least one of its components; only `last-good` hopes for nothing.
 *
 * @throws AlreadyLive
 */
export function refuseIdle(agreements: readonly Agreement[], target: string): void {
  const [first] = agreements
  if (first === undefined || target === 'last-good' || !agreements.every(({ unchanged }) => unchanged)) return
  const live = [...new Set(agreements.map(({ to }) => to))].join(', ')
  throw new AlreadyLive(
    `Release ${live} is live already${first.choices.size > 1 ? ' on every host' : ''}: there is nothing to roll back.`,
    ['To leave it, name another release as `target`, or use `previous`.'],
  )
}

function refusalOf(refused: readonly Refused[], hosts: readonly Decided[], target: string): Refusal {
  const messages = new Set(refused.map(({ refusal }) => refusal.message))
  const [first] = refused
  if (first !== undefined && hosts.length === 0 && messages.size === 1) return first.refusal
  const rows = [
    ...refused.map(({ host, refusal }) => [host, '', refusal.message]),
    ...hosts.map(({ host, choice }) => [host, choice.to, choice.why]),
  ]
  const count = refused.length + hosts.length
  return new HostsRefuse(
    `${refused.length} of ${count} hosts can't go to \`${target}\`, so none goes anywhere.`,
    [...new Set(refused.flatMap(({ refusal }) => refusal.remedy))],
    { head: ['host', 'would go to', 'why'], rows },
    { cause: refused.map(({ refusal }) => refusal) },
  )
}

const warningsOf = (hosts: readonly Decided[]): readonly string[] => {
  const all = new Set(hosts.flatMap(({ choice }) => choice.warnings))
  return [...all].map(warning => {
    const warned = hosts.filter(({ choice }) => choice.warnings.includes(warning))
    return warned.length === hosts.length
      ? warning
      : `${warned.map(({ host }) => host).join(', ')}: ${warning}`
  })
}
