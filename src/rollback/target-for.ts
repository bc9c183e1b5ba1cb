import type { Item } from '../kind/item.ts'
import type { Kind } from '../kind/kind.ts'
import { RELATIVE_TARGETS } from '../release/name.ts'
import type { Setting } from './setting.ts'

type KindOf = (name: string) => Kind | undefined
type Asked = Pick<Setting, 'rollback' | 'target'>

/**
 * What the target means for one of several things that are switched together. A tag names images and no choice of a link,
 * and the other way round: what it does not name comes along as it would without a target. Pure.
 */
export function targetFor({ rollback, target }: Asked, item: Item, kindOf: KindOf): string {
  if (target === '' || RELATIVE_TARGETS.includes(target)) return target
  const choosing = rollback.phases.switch.filter(each => {
    const component = kindOf(each.kind)?.component
    return component !== undefined && !component.fixed
  })
  const namesOf = (each: Item) => kindOf(each.kind)?.component?.names?.(each)
  const named = choosing.filter(each => namesOf(each)?.includes(target))
  const meant = named.length > 0 ? named : choosing.filter(each => namesOf(each) === undefined)
  // Where it is nobody's, each says so itself.
  return meant.length === 0 || meant.includes(item) || !choosing.includes(item) ? target : 'previous'
}
