import type { HostFacts } from '../release/facts.ts'
import type { Chronicle } from './chronicle.ts'
import { type Decision, decide } from './decide.ts'
import type { Looked } from './look.ts'
import { refuseBusy } from './order.ts'
import { makePlan, type Plan } from './plan.ts'
import { preflight } from './preflight.ts'
import type { KindOf } from './rollback.ts'
import { goesOnAnyway, type Setting } from './setting.ts'

/** What is going to be done. `plan` shows it, `rollback` does it. */
export interface Intention {
  readonly facts: readonly HostFacts[]
  readonly decision: Decision
  readonly plan: Plan
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
  const facts = looked.map(each => each.facts)
  const decision = decide(setting, facts, kindOf)
  preflight(setting, decision, facts, chronicle)
  return { facts, decision, plan: makePlan(setting, decision, facts, kindOf) }
}
