import { Refusal } from '../refusal.ts'
import { RELATIVE_TARGETS } from '../release/name.ts'
import { wasGoneBackTo } from '../release/standing.ts'
import type { Log } from '../report/log.ts'
import type { Chronicle } from '../rollback/chronicle.ts'
import { type Decision, decide } from '../rollback/decide.ts'
import { intend } from '../rollback/intend.ts'
import { lookAtHosts } from '../rollback/look.ts'
import { openChronicle } from '../rollback/open-chronicle.ts'
import { refuseBusy } from '../rollback/order.ts'
import type { KindOf } from '../rollback/rollback.ts'
import { goesOnAnyway, type Setting } from '../rollback/setting.ts'

/** A rollback to what is live already would be green and change nothing. */
export class NothingBehind extends Refusal {
  readonly code = 'RB-NOTHING-BEHIND'

  constructor(target: string, live: string) {
    super(
      `\`${target}\` is ${live}, and that is live: there is nothing to go back to. Nothing was changed.`,
      ['Give a `target` that is not live, such as `previous`, or the name of a release.'],
    )
  }
}

/**
 * Goes through a rollback up to its first change, so that what stands in its way is known long before it is needed. What
 * may be over by then, such as a lock, is a warning. Writes nothing.
 *
 * @returns what it comes to, and whether it would go on from where a rollback went already, to a target that nobody named.
 * @throws Refusal of what would refuse the rollback itself.
 */
export async function rehearse(
  setting: Setting,
  chronicle: Chronicle,
  kindOf: KindOf,
): Promise<{ readonly decision: Decision; readonly furtherBack: boolean }> {
  // What it would say of its steps is said when they are taken.
  const { findChanges: _, ...quiet } = { ...setting, operation: 'rollback', log: SILENT }
  const unread = openChronicle(quiet)
  const looked = await lookAtHosts(quiet, kindOf)
  try {
    const busy = refusalOf(() => refuseBusy(looked, goesOnAnyway(setting)))
    if (busy) chronicle.warning(`As it is now, a rollback would be refused: ${busy.message}`)
    const decision = busy
      ? decide(
          quiet,
          looked.map(({ facts }) => facts),
          kindOf,
        )
      : (await intend(quiet, looked, unread, kindOf)).decision
    if (decision.unchanged) throw new NothingBehind(setting.target, decision.to)
    for (const { facts } of looked)
      chronicle.host(facts.host, { from: decision.from, to: decision.from, live: decision.from })
    // Each step down would be as good as the last one to somebody who looks at the wrong number.
    const furtherBack =
      RELATIVE_TARGETS.includes(setting.target) &&
      looked.some(({ facts }) => wasGoneBackTo(facts.ledger, decision.from))
    return { decision, furtherBack }
  } finally {
    unread.close('planned')
    for (const { session } of looked) session.close()
  }
}

function refusalOf(act: () => void): Refusal | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}

const SILENT: Log = {
  expect() {},
  phase() {},
  line() {},
  step() {},
  output() {},
  warning() {},
  close() {},
}
