import { Refusal } from '../refusal.ts'
import type { Chronicle } from '../rollback/chronicle.ts'
import { LockHeld, putInOrder } from '../rollback/order.ts'
import type { RunReport } from '../rollback/outcome.ts'
import type { KindOf } from '../rollback/rollback.ts'
import type { Setting } from '../rollback/setting.ts'
import { lookOnly } from './look-only.ts'

/** The run that was named holds no lock. */
class NotLocked extends Refusal {
  readonly code = 'RB-NOT-LOCKED'
}

/** Puts a dead run in order, and breaks its lock when that alone was not enough. A living run keeps its lock. */
export function unlock(
  setting: Setting,
  chronicle: Chronicle,
  run: string,
  kindOf: KindOf,
): Promise<RunReport> {
  return lookOnly(setting, chronicle, kindOf, async looked => {
    const held = looked.filter(({ facts }) => facts.lock?.run === run)
    const [other] = looked.filter(({ facts }) => facts.lock !== undefined && facts.lock.run !== run)
    if (held.length === 0) {
      throw new NotLocked(
        other?.facts.lock
          ? `Run ${run} holds no lock; ${other.facts.host} is locked by run ${other.facts.lock.run}. Nothing was changed.`
          : `Run ${run} holds no lock on any host. Nothing was changed.`,
        other?.facts.lock
          ? [`To break that lock, give run-id ${other.facts.lock.run}.`]
          : ['There is nothing to unlock.'],
      )
    }
    const [alive] = held.filter(({ facts }) => facts.lock?.alive)
    if (alive) {
      throw new LockHeld(`Run ${run} is alive on ${alive.facts.host}: its lock stays. Nothing was changed.`, [
        'Wait until it has ended; a host that hears nothing from its runner ends by itself after 30 seconds.',
      ])
    }
    for (const { facts, session } of await putInOrder(held, chronicle)) {
      if (facts.lock?.run === run) {
        await session.unlock(run)
        chronicle.warning(`${facts.host}: the lock of ${run} was broken without bringing the run to an end.`)
      }
      chronicle.preflight(`${facts.host}: unlocked`)
    }
    return { outcome: 'unlocked' }
  })
}
