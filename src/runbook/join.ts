import type { Item } from '../kind/item.ts'
import { kindOf } from '../kind/table.ts'

/**
 * The items of a phase, of which those that stand side by side and would do something twice have become one, in the
 * place of the first. Pure.
 */
export function joinNeighbours(items: readonly Item[]): readonly Item[] {
  const joined: Item[] = []
  for (const item of items) {
    const join = kindOf(item.kind)?.join
    let whole = item
    let place = joined.length
    for (let at = joined.length - 1; join && joined[at]?.kind === item.kind; at -= 1) {
      const [one] = joined.slice(at, at + 1)
      const both = one && join(one, whole)
      if (both === undefined) continue
      whole = both
      joined.splice(at, 1)
      place = at
    }
    joined.splice(place, 0, whole)
  }
  return joined
}
