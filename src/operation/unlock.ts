import type { RunReport } from '../outcome.ts'
import { Refusal } from '../refusal.ts'
import type { HostFacts } from '../release/facts.ts'
import type { Chronicle } from '../rollback/chronicle.ts'
import type { Looked } from '../rollback/look.ts'
import { LockHeld, putInOrder } from '../rollback/order.ts'
import type { KindOf } from '../rollback/rollback.ts'
import type { Setting } from '../rollback/setting.ts'
import { lookOnly } from './look-only.ts'

/** The run that was named holds no lock. */
class NotLocked extends Refusal {
  readonly code = 'RB-NOT-LOCKED'
}

/**
 * Puts a dead run in order, and, when it is named, breaks its lock where that alone was not enough: whoever breaks a
 * lock says whose, so that nobody else's goes. A living run keeps its lock.
 */
export function unlock(
  setting: Setting,
  chronicle: Chronicle,
  named: string | undefined,
  kindOf: KindOf,
): Promise<RunReport> {
  return lookOnly(setting, chronicle, kindOf, async looked => {
    const held = looked.filter(({ facts }) => isMeant(facts, named))
    if (held.length === 0) throw notLocked(looked, named)
    const [alive] = held.filter(({ facts }) => facts.lock?.alive)
    if (alive) {
      throw new LockHeld(
        `Run ${alive.facts.lock?.run} is alive on ${alive.facts.host}: its lock stays. Nothing was changed.`,
        [
          'Wait until it has ended; a host that hears nothing from its runner ends by itself after 30 seconds.',
        ],
      )
    }
    for (const { facts, session } of await putInOrder(held, chronicle)) {
      if (facts.lock && named === undefined) throw stuck(facts, facts.lock.run)
      if (facts.lock) {
        await session.unlock(facts.lock.run)
        chronicle.warning(
          `${facts.host}: the lock of ${facts.lock.run} was broken without bringing the run to an end.`,
        )
      }
      chronicle.preflight(`${facts.host}: unlocked`)
    }
    return { outcome: 'unlocked' }
  })
}

const isMeant = ({ lock }: HostFacts, named: string | undefined): boolean =>
  lock !== undefined && (named === undefined || lock.run === named)

function notLocked(looked: readonly Looked[], named: string | undefined): NotLocked {
  const [other] = looked.flatMap(({ facts }) =>
    facts.lock ? [{ host: facts.host, run: facts.lock.run }] : [],
  )
  if (named === undefined || !other) {
    const who = named === undefined ? 'No run' : `Run ${named}`
    return new NotLocked(
      `${who} holds ${named === undefined ? 'a' : 'no'} lock on any host. Nothing was changed.`,
      ['There is nothing to unlock.'],
    )
  }
  return new NotLocked(
    `Run ${named} holds no lock; ${other.host} is locked by run ${other.run}. Nothing was changed.`,
    [`To break that lock, give run-id ${other.run}.`],
  )
}

const stuck = ({ host, stateFolder }: HostFacts, run: string): LockHeld =>
  new LockHeld(
    `Run ${run} could not be brought to an end on ${host}: it needs its operator. Its lock stays.`,
    [
      `Look at it on ${host}: ${stateFolder}/runs/${run}/rollbook status`,
      `To break its lock all the same, run unlock with run-id ${run}.`,
    ],
  )
