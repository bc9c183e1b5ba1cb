import { endMark } from '../drill/mark.ts'
import { ContactLost } from '../engine/no-answer.ts'
import type { RunReport } from '../outcome.ts'
import { Refusal } from '../refusal.ts'
import type { HostFacts } from '../release/facts.ts'
import type { Chronicle } from '../rollback/chronicle.ts'
import { DrillAtWork } from '../rollback/drill-there.ts'
import type { Looked } from '../rollback/look.ts'
import { ContactLostSettling, LockHeld, putInOrder } from '../rollback/order.ts'
import { SILENCE } from '../rollback/plan.ts'
import type { KindOf } from '../rollback/rollback.ts'
import type { Setting } from '../rollback/setting.ts'
import { liveIfAny } from './live.ts'
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
    if (named !== undefined && looked.some(({ facts }) => facts.drill?.run === named)) {
      await takeMarksAway(looked, named, chronicle)
      return { outcome: 'unlocked' }
    }
    const held = looked.filter(({ facts }) => isMeant(facts, named))
    if (held.length === 0) throw notLocked(looked, named)
    const [alive] = held.filter(({ facts }) => facts.lock?.alive)
    if (alive) {
      throw new LockHeld(
        `Run ${alive.facts.lock?.run} is at work on ${alive.facts.host}: its lock stays. Nothing was changed.`,
        [
          `Wait until it has ended. A host whose runner is gone ends by itself when it has heard nothing for ${SILENCE} seconds.`,
        ],
      )
    }
    for (const { facts, session } of await putInOrder(held, chronicle)) {
      const { host, lock } = facts
      if (lock && named === undefined) throw stuck(facts, lock.run)
      if (lock) {
        await whileHeard(`the lock of run ${lock.run} there was broken`, session.unlock(lock.run))
        chronicle.warning(
          `The lock of run ${lock.run} on ${host} was broken, and the run was not brought to an end: look at ${host} once.`,
        )
      }
      const live = liveIfAny(setting, facts, kindOf)
      chronicle.host(host, { live })
      chronicle.preflight(`${host}: the lock is free, and ${live || 'nothing known'} is live`)
    }
    return { outcome: 'unlocked' }
  })
}

/** @throws ContactLostSettling when nobody hears how it ended. */
const whileHeard = async (doing: string, work: Promise<unknown>): Promise<void> => {
  try {
    await work
  } catch (error) {
    throw error instanceof ContactLost ? new ContactLostSettling(error, doing, { cause: error }) : error
  }
}

/** A person says that all is as it was before a drill which nobody finished. */
async function takeMarksAway(looked: readonly Looked[], run: string, chronicle: Chronicle): Promise<void> {
  const marked = looked.filter(({ facts }) => facts.drill?.run === run)
  const [alive] = marked.filter(({ facts }) => facts.drill?.alive)
  if (alive) throw new DrillAtWork(alive.facts.host, run)
  for (const { facts, session } of marked) {
    await whileHeard(`the mark of the drill ${run} there was taken away`, endMark(session, run))
    chronicle.preflight(`${facts.host}: the mark of the drill is gone, and drills may run again`)
  }
}

const isMeant = ({ lock }: HostFacts, named: string | undefined): boolean =>
  lock !== undefined && (named === undefined || lock.run === named)

function notLocked(looked: readonly Looked[], named: string | undefined): NotLocked {
  const [other] = looked.flatMap(({ facts }) =>
    facts.lock ? [{ host: facts.host, run: facts.lock.run }] : [],
  )
  const [marked] = looked.flatMap(({ facts }) => (facts.drill ? [facts.drill.run] : []))
  if (marked !== undefined && !other)
    return new NotLocked(
      `No run holds a lock on any host, but the drill ${marked} has left its mark. Nothing was changed.`,
      [`When all is as it was before that drill, take its mark away: give \`run-id: ${marked}\`.`],
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
    [`To break that lock, give \`run-id: ${other.run}\`.`],
  )
}

const stuck = ({ host, stateFolder }: HostFacts, run: string): LockHeld =>
  new LockHeld(
    `Run ${run} could not be brought to an end on ${host}: it needs its operator. Its lock stays.`,
    [
      `Mend what it stumbled over, then on ${host}: \`${stateFolder}/runs/${run}/rollbook undo\``,
      `To break its lock all the same: \`operation: unlock\` with \`run-id: ${run}\`.`,
    ],
  )
