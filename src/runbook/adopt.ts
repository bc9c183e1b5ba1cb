import type { Databases } from '../database/database.ts'
import type { Phase } from '../kind/item.ts'
import { laterPhases } from '../kind/later.ts'
import { KINDS } from '../kind/table.ts'
import { type Draft, type DraftItems, phases } from './draft.ts'
import type { Path, Report } from './problem.ts'

/** Items that name a database take over what it says of itself, so that nothing behind this point has to ask it. */
export function adoptDatabases(draft: Draft, databases: Databases, report: Report): Draft {
  const adopted = (items: DraftItems, phase: Phase, path: Path): DraftItems =>
    items.map((item, at) => {
      if (item === undefined || laterPhases(item.kind).includes(phase)) return item
      const found = KINDS.find(({ name }) => name === item.kind)?.adopt?.(item, databases) ?? item
      if (typeof found !== 'string') return found
      report([...path, at, item.kind], found, 'key')
      return undefined
    })
  return {
    checks: draft.checks,
    rollbacks: Object.fromEntries(
      Object.entries(draft.rollbacks).map(([name, of]) => [
        name,
        phases(phase => adopted(of[phase], phase, ['rollbacks', name, phase])),
      ]),
    ),
  }
}
