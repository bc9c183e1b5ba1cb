import { isDeepStrictEqual } from 'node:util'
import { type Item, PHASES, type Phase, type Position } from '../kind/item.ts'
import { laterPhases } from '../kind/later.ts'
import { type Draft, type DraftItems, phases } from './draft.ts'
import { joinNeighbours } from './join.ts'
import { type MigrationsHead, readMigrations } from './migrations.ts'
import type { Hold, Later, OnLostContact, Rollback } from './runbook.ts'

/** What the schema read of a rollback beside its items. */
export interface RollbackHead {
  readonly title?: string | undefined
  readonly rto?: number | undefined
  readonly confirm?: string | undefined
  readonly 'data-loss'?: boolean | undefined
  readonly escalate?: string | undefined
  readonly include?: readonly string[] | undefined
  readonly hold?: Hold | undefined
  readonly 'on-lost-contact'?: OnLostContact | undefined
  readonly migrations?: MigrationsHead | undefined
}

type Heads = Readonly<Record<string, RollbackHead>>

/**
 * The items of a list with those of other lists in place of each `use`. A list counts once, however often it is named.
 */
export function expandUse(
  items: DraftItems,
  checks: Draft['checks'],
  used: Set<string> = new Set(),
): readonly Item[] {
  return items.flatMap(item => {
    if (item?.kind !== 'use') return item === undefined ? [] : [item]
    const list = String(item.value)
    if (used.has(list)) return []
    used.add(list)
    return expandUse(checks[list] ?? [], checks, used)
  })
}

/** The names of what a rollback is made of, each once: what it includes in its order, itself last. */
function partsOf(name: string, heads: Heads, parts: Set<string> = new Set()): ReadonlySet<string> {
  for (const each of heads[name]?.include ?? []) if (!parts.has(each)) partsOf(each, heads, parts)
  return parts.add(name)
}

/**
 * A rollback with everything that it includes, phase by phase. References are known to be right and to make no circles.
 *
 * @param migrations where the `migrations` of a rollback stand.
 */
export function expandRollback(
  name: string,
  heads: Heads,
  draft: Draft,
  migrations: (name: string) => Position,
): Rollback {
  const head = heads[name] ?? {}
  const parts = [...partsOf(name, heads)]
  const merged = phases(phase => {
    const all = parts.flatMap(part => expandUse(draft.rollbacks[part]?.[phase] ?? [], draft.checks))
    return MAY_REPEAT.includes(phase) ? all : joinNeighbours(distinct(all))
  })
  const later = [
    // Two items may well use the same database.
    ...new Set(
      PHASES.flatMap(phase =>
        merged[phase].flatMap(item =>
          laterPhases(item.kind).includes(phase) ? [toLater(item)] : (item.later ?? []),
        ),
      ),
    ),
  ]
  return {
    name,
    title: head.title,
    rto: head.rto,
    // Who runs several at once must not come round the question that one of them asks.
    confirm: head.confirm ?? parts.map(part => heads[part]?.confirm).find(phrase => phrase !== undefined),
    dataLoss:
      parts.some(part => heads[part]?.['data-loss'] === true) ||
      merged.switch.some(({ kind }) => kind === 'restore_database'),
    escalate: head.escalate,
    include: head.include ?? [],
    hold: head.hold,
    onLostContact: head['on-lost-contact'],
    phases: merged,
    migrations: readMigrations(
      parts.map(part => ({
        head: heads[part]?.migrations,
        position: () => migrations(part),
        of: partsOf(part, heads),
      })),
      draft,
    ),
    later,
  }
}

/** A script that switches or mends data may have to run twice; a reload, a backup or a check says the same again. */
const MAY_REPEAT: readonly Phase[] = ['switch', 'resume']

const toLater = ({ kind, position }: Item): Later => ({ kind, position })

/** Without the items that only say again what one before them said. */
function distinct(items: readonly Item[]): readonly Item[] {
  const senses: unknown[] = []
  return items.filter(item => {
    const meant = sense(item)
    if (senses.some(other => isDeepStrictEqual(other, meant))) return false
    senses.push(meant)
    return true
  })
}

/** An item without the places where it, and what it holds, were written. */
function sense(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sense)
  if (typeof value !== 'object' || value === null) return value
  const isItem = 'kind' in value && 'position' in value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !(isItem && key === 'position'))
      .map(([key, each]) => [key, sense(each)]),
  )
}
