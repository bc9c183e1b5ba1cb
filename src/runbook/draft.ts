import { type Item, PHASES, type Phase } from '../kind/item.ts'
import { KINDS } from '../kind/table.ts'
import { parseItem } from './item.ts'
import type { Path, Report, Source } from './problem.ts'

/** Items in the places where they were written; undefined where one could not be read. */
export type DraftItems = readonly (Item | undefined)[]

/** All items before `use` and `include` are expanded. */
export interface Draft {
  readonly checks: Readonly<Record<string, DraftItems>>
  readonly rollbacks: Readonly<Record<string, Readonly<Record<Phase, DraftItems>>>>
}

/** Reads the items of all phases and lists, also where the runbook around them is not sound. */
export function readItems(value: unknown, source: Source, report: Report): Draft {
  const itemsOf = (raw: unknown, phase: Phase, path: Path): DraftItems => {
    // `verify: healthy` is short for `verify: [{ use: healthy }]`.
    if (phase === 'verify' && typeof raw === 'string')
      return [parseItem({ use: raw }, phase, path, source, report)]
    if (!Array.isArray(raw)) return []
    const items = raw.map((each, at) => parseItem(each, phase, [...path, at], source, report))
    reportOneFile(items, path, report)
    return items
  }
  return {
    checks: Object.fromEntries(
      entriesOf(value, 'checks')
        .filter(([, items]) => Array.isArray(items))
        .map(([name, items]) => [name, itemsOf(items, 'verify', ['checks', name])]),
    ),
    rollbacks: Object.fromEntries(
      entriesOf(value, 'rollbacks').map(([name, rollback]) => [
        name,
        phases(phase => itemsOf(propertyOf(rollback, phase), phase, ['rollbacks', name, phase])),
      ]),
    ),
  }
}

/** The second of two items of one line would find the file of the first in its place, and only once all is under way. */
function reportOneFile(items: DraftItems, path: Path, report: Report): void {
  const taken = new Set<string>()
  for (const [at, item] of items.entries()) {
    const named = item && KINDS.find(({ name }) => name === item.kind)?.namedByLine?.(item)
    if (item === undefined || named === undefined) continue
    const file = `${item.kind} ${named} ${item.position.line}`
    if (taken.has(file))
      report(
        [...path, at],
        `The line names its file, and another ${item.kind} is on it. Give each its own line.`,
      )
    taken.add(file)
  }
}

/** One list for each phase. */
export function phases<T>(of: (phase: Phase) => readonly T[]): Readonly<Record<Phase, readonly T[]>> {
  const [backup, stop, change, start, verify, resume, diagnose] = PHASES
  return {
    [backup]: of(backup),
    [stop]: of(stop),
    [change]: of(change),
    [start]: of(start),
    [verify]: of(verify),
    [resume]: of(resume),
    [diagnose]: of(diagnose),
  }
}

export function propertyOf(value: unknown, key: string): unknown {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isMap && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined
}

export function entriesOf(value: unknown, key: string): readonly (readonly [string, unknown])[] {
  const map = propertyOf(value, key)
  return typeof map === 'object' && map !== null && !Array.isArray(map) ? Object.entries(map) : []
}
