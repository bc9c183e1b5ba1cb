import { bounded } from '../check/bounded.ts'
import type { Session } from '../engine/conversation.ts'
import type { Question } from '../engine/greeting.ts'
import { CUT } from '../engine/kept-answer.ts'
import { ContactLost } from '../engine/no-answer.ts'
import { openSession } from '../engine/session.ts'
import type { Kind } from '../kind/kind.ts'
import { Refusal } from '../refusal.ts'
import type { HostFacts } from '../release/facts.ts'
import { readFacts } from '../release/facts-reader.ts'
import { mayBeMissing } from './left-out.ts'
import { askedItems } from './seen.ts'
import type { Setting } from './setting.ts'
import { targetFor } from './target-for.ts'

/** One host, spoken to, with what it said of itself. */
export interface Looked {
  readonly session: Session
  readonly facts: HostFacts
}

/** A host can't be trusted with the state of a run. */
class StateFolderUnsafe extends Refusal {
  readonly code = 'RB-STATE-FOLDER'
}

/** The host let us in, and ended the conversation before it had said what it has. */
class HostHungUp extends Refusal {
  readonly code = 'RB-HOST-HUNG-UP'
}

/** There is more on a host than is looked at: whatever is chosen from a part of it could be the wrong one. */
class TooMuchThere extends Refusal {
  readonly code = 'RB-TOO-MUCH-THERE'
}

/** One machine stands in the list of hosts under two names. */
class HostTwice extends Refusal {
  readonly code = 'RB-HOST-TWICE'
}

/** More than one host could not be looked at; each for its own reason. */
class HostsOutOfReach extends Refusal {
  readonly code = 'RB-HOSTS-OUT-OF-REACH'
}

/** One host that could not be looked at. */
export interface Unreached {
  readonly host: string
  readonly error: unknown
}

/**
 * Opens every host at once.
 *
 * @param leaveOut told of the hosts that may be missing and are; without it, nobody may be.
 * @throws Refusal of the host that failed; sessions that were opened are closed again.
 */
export async function lookAtHosts(
  setting: Setting,
  kindOf: (name: string) => Kind | undefined,
  leaveOut?: (missing: readonly Unreached[]) => void,
): Promise<Looked[]> {
  const { looked, unreached } = await lookAtWhoAnswers(setting, kindOf)
  try {
    // Of a fleet of which nobody is there, nothing can be left out.
    const may = (each: Unreached) =>
      leaveOut !== undefined && looked.length > 0 && mayBeMissing(setting, each)
    refuseUnreached(
      setting,
      unreached.filter(each => !may(each)),
    )
    leaveOut?.(unreached.filter(may))
    refuseTwice(looked)
    return looked
  } catch (error) {
    for (const { session } of looked) session.close()
    throw error
  }
}

/** The same for whoever only looks: what is wrong with one host says nothing of the others. Never throws. */
export async function lookAtWhoAnswers(
  setting: Setting,
  kindOf: (name: string) => Kind | undefined,
): Promise<{ readonly looked: Looked[]; readonly unreached: Unreached[] }> {
  const { hosts, state } = setting.environment
  const opened = await settled(hosts, setting.environment.parallel ?? PARALLEL, host =>
    openSession(setting.open, host, {
      app: setting.runbook.app,
      environment: setting.environment.name,
      stateFolder: state ?? '',
      questions: questionsFor(setting, host.name, kindOf),
    }),
  )
  const looked: Looked[] = []
  const unreached: Unreached[] = []
  for (const [at, each] of opened.entries()) {
    const host = hosts[at]?.name ?? ''
    if (each.status === 'rejected') {
      unreached.push({ host, error: inWords(each.reason) })
      continue
    }
    try {
      looked.push({ session: each.value, facts: factsOf(each.value, each.value.facts) })
    } catch (error) {
      each.value.close()
      unreached.push({ host, error })
    }
  }
  return { looked, unreached }
}

/** Connections that are opened at a time: more would only wait for the same processor. */
const PARALLEL = 20

/** What became of each, in the order of the items. */
const settled = <T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<PromiseSettledResult<R>[]> =>
  bounded(items, limit, async item => {
    const [result] = await Promise.allSettled([work(item)])
    return result
  })

/** Two names for one machine would be two runs on it, of which only one would be done. */
function refuseTwice(looked: readonly Looked[]): void {
  for (const [index, { facts }] of looked.entries()) {
    const twin = looked.slice(0, index).find(({ facts: other }) => isSameMachine(other, facts))
    if (!twin) continue
    throw new HostTwice(
      `${twin.facts.host} and ${facts.host} are the same machine, ${facts.hostname}. Nothing was changed.`,
      ['Keep one of the two, and name it where the other was named with `on`.'],
    )
  }
}

const isSameMachine = (one: HostFacts, two: HostFacts): boolean =>
  // Containers on one machine share its boot id, and are told apart by their names.
  one.bootId === two.bootId && one.hostname === two.hostname && one.stateFolder === two.stateFolder

/**
 * Asks a host again, after something was put in order on it.
 *
 * @param changed what was changed there until now, as a sentence for whoever is refused
 */
export async function lookAgain({ session }: Looked, changed: string): Promise<Looked> {
  return { session, facts: factsOf(session, await session.probe(), changed) }
}

function factsOf(session: Session, lines: readonly string[], changed = 'Nothing was changed.'): HostFacts {
  const facts = readFacts(session.host.name, lines)
  refusePart(facts, lines, changed)
  if (facts.stateProblem === undefined) return facts
  throw new StateFolderUnsafe(
    `The state folder ${facts.stateFolder} on ${facts.host} ${facts.stateProblem}. ${changed}`,
    [
      `On ${facts.host}, make it a folder that ${facts.user} owns and nobody else can write: \`chmod 700 ${facts.stateFolder}\``,
    ],
  )
}

/** @throws TooMuchThere */
function refusePart({ host, symlinks }: HostFacts, lines: readonly string[], changed: string): void {
  const full = symlinks.find(({ unlisted = 0 }) => unlisted > 0)
  if (full)
    throw new TooMuchThere(
      `${full.path}/releases on ${host} has too many entries: ${full.releases.length} were looked at, and ${full.unlisted} more are there. ${changed}`,
      [
        `Remove old releases on ${host}, and let deploys keep only some: \`keep_releases\` of Capistrano and Deployer.`,
      ],
    )
  if (lines.at(-1) === CUT)
    throw new TooMuchThere(
      `${host} has more to say of itself than is read: its releases, logs or runs are too many. ${changed}`,
      [`See on ${host} what there is so much of: \`ls releases | wc -l\`, and the files in ~/.rollbook.`],
    )
}

function questionsFor(
  setting: Setting,
  host: string,
  kindOf: (name: string) => Kind | undefined,
): Question[] {
  return askedItems(setting, host, kindOf).flatMap(
    item =>
      kindOf(item.kind)?.component?.question(item, targetFor(setting, item, kindOf), setting.secrets) ?? [],
  )
}

/** @throws the refusal of the one host that failed, or HostsOutOfReach with those of several. */
export function refuseUnreached({ environment }: Setting, failed: readonly Unreached[]): void {
  const [first] = failed
  if (!first) return
  if (failed.length === 1) throw first.error
  const refusals = failed.map(({ error }) => error).filter(error => error instanceof Refusal)
  throw new HostsOutOfReach(
    `${failed.length} of ${environment.hosts.length} hosts could not be looked at. Nothing was changed.`,
    [...new Set(refusals.flatMap(refusal => refusal.remedy))].slice(0, 5),
    {
      head: ['host', 'why'],
      rows: failed.map(({ host, error }) => [host, error instanceof Error ? error.message : String(error)]),
    },
    { cause: first.error },
  )
}

function inWords(error: unknown): unknown {
  if (!(error instanceof ContactLost)) return error
  return new HostHungUp(
    `${error.host} let us in, and ended the conversation before it was looked at: ${error.reason}. Nothing was changed.`,
    [
      'Check that the user has a login shell, and that no login script ends or replaces it: ssh USER@ADDRESS true; echo $?',
      'Or the connection broke: run it again.',
    ],
    undefined,
    { cause: error },
  )
}
