import { Refusal } from '../refusal.ts'
import type { HostFacts } from '../release/facts.ts'
import type { KindOf } from '../rollback/rollback.ts'
import type { Setting } from '../rollback/setting.ts'

/** The release that is live on a host, by the first component of the rollback; empty when it has none. */
export function liveOn(setting: Setting, facts: HostFacts, kindOf: KindOf): string {
  for (const item of setting.rollback.phases.switch) {
    const component = kindOf(item.kind)?.component
    if (component) return component.live(item, facts)
  }
  return ''
}

/** The same, where a host on which nothing is live yet is no reason to stop. */
export function liveIfAny(setting: Setting, facts: HostFacts, kindOf: KindOf): string {
  try {
    return liveOn(setting, facts, kindOf)
  } catch (error) {
    if (error instanceof Refusal) return ''
    throw error
  }
}
