import type { Item } from '../kind/item.ts'
import type { HostFacts, Seen } from '../release/facts.ts'
import type { KindOf } from './rollback.ts'
import { itemsFor } from './scope.ts'
import type { Setting } from './setting.ts'

/** The items whose components are asked on a host, in the order of their questions. */
export const askedItems = (setting: Scope, host: string, kindOf: KindOf): readonly Item[] =>
  itemsFor(setting, 'switch', host).filter(item => kindOf(item.kind)?.component !== undefined)

/** A host as the component of `item` sees it. */
export const seenBy = (setting: Scope, item: Item, facts: HostFacts, kindOf: KindOf): Seen => ({
  ...facts,
  answer: facts.answers[askedItems(setting, facts.host, kindOf).indexOf(item)] ?? [],
})

type Scope = Pick<Setting, 'environment' | 'rollback'>
