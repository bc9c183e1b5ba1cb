import { Refusal } from '../refusal.ts'
import type { HostFacts } from '../release/facts.ts'
import type { KindOf } from '../rollback/rollback.ts'
import { askedItems, seenBy } from '../rollback/seen.ts'
import type { Setting } from '../rollback/setting.ts'

/** The release that is live on a host, by the first component of the rollback there; empty when it has none. */
export function liveOn(setting: Setting, facts: HostFacts, kindOf: KindOf): string {
  const [item] = askedItems(setting, facts.host, kindOf)
  const component = item && kindOf(item.kind)?.component
  return component ? component.live(item, seenBy(setting, item, facts, kindOf)) : ''
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
