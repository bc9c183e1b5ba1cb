import type { HostFacts } from '../release/facts.ts'
import { askMigrations } from './ask-migrations.ts'
import { type ChangesWatch, tellChanges } from './changes.ts'
import type { Chronicle } from './chronicle.ts'
import { type Decision, decide } from './decide.ts'
import { mindDrills } from './drill-there.ts'
import { withForward } from './forward.ts'
import { guardMigrations } from './guard-migrations.ts'
import type { Looked } from './look.ts'
import { refuseMoved } from './moved.ts'
import { lookAtNginx } from './nginx.ts'
import { refuseBusy } from './order.ts'
import { makePlan, type Plan } from './plan.ts'
import { preflight, releasesBetween } from './preflight.ts'
import type { KindOf } from './rollback.ts'
import { goesOnAnyway, type Setting } from './setting.ts'

/** What is going to be done. `plan` shows it, `rollback` does it. */
export interface Intention {
  readonly facts: readonly HostFacts[]
  readonly decision: Decision
  readonly plan: Plan
  /** What lies between the releases, being looked up. Told or stopped before the chronicle is closed. */
  readonly changes: ChangesWatch
}

/**
 * Everything that is decided before the first change, the same for `plan` and for `rollback`. Writes nothing.
 *
 * @throws Refusal of whatever speaks against it.
 */
export async function intend(
  setting: Setting,
  looked: readonly Looked[],
  chronicle: Chronicle,
  kindOf: KindOf,
): Promise<Intention> {
  refuseBusy(looked, goesOnAnyway(setting))
  mindDrills(looked, setting, chronicle)
  const facts = looked.map(each => each.facts)
  const decision = decide(setting, facts, kindOf)
  refuseMoved(setting, decision)
  preflight(setting, decision, facts, chronicle)
  const changes = tellChanges(setting, decision, chronicle)
  try {
    const asked = await askMigrations(setting, looked, decision)
    guardMigrations(setting, asked, chronicle, releasesBetween(decision))
    const plan = makePlan(withForward(setting, decision), decision, facts, kindOf)
    // A rollback is told of it while its checks run; there it must not cost time.
    if (setting.operation === 'plan') await lookAtNginx(looked, plan, chronicle, kindOf)
    return { facts, decision, plan, changes }
  } catch (error) {
    changes.stop()
    throw error
  }
}
