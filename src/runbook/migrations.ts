import * as v from 'valibot'
import type { Position } from '../kind/item.ts'
import { flag, map, oneOf } from '../kind/shape.ts'
import { TOOLS, toolOf } from '../migrations/table.ts'
import type { MigrationTool } from '../migrations/tool.ts'
import { type Draft, entriesOf, propertyOf } from './draft.ts'
import type { Report } from './problem.ts'
import type { Migrations, MigrationsOf } from './runbook.ts'

const tools: readonly (readonly [string, MigrationTool])[] = Object.entries(TOOLS)
const names = tools.map(([name]) => name)
const forwardNames = tools.filter(([, { forward }]) => forward !== undefined).map(([name]) => name)

/** What the runbook says of migrations. */
export const migrationsSchema = v.pipe(
  map({
    ...Object.fromEntries(tools.map(([name, { schema }]) => [name, v.optional(schema)])),
    'unknown-to-target': v.optional(oneOf(['refuse', 'warn'])),
    forward: v.optional(flag),
  }),
  v.check(
    given => names.filter(name => propertyOf(given, name) !== undefined).length === 1,
    `Expected either ${names.join(' or ')}.`,
  ),
  v.check(
    given => given.forward !== true || forwardNames.some(name => propertyOf(given, name) !== undefined),
    `Only the migrations of ${forwardNames.join(' and ')} can be run forward.`,
  ),
)

/** As the schema has read it. */
export type MigrationsHead = v.InferOutput<typeof migrationsSchema>

/** Whose migrations a rollback looks at: its own, and those of what it includes. */
interface Part {
  readonly head: MigrationsHead | undefined
  readonly position: () => Position
  /** Names of the rollbacks that it is made of, itself among them. */
  readonly of: Iterable<string>
}

/** The migrations that a rollback and what it includes look at; what is said of the same files twice is said once. */
export function readMigrations(parts: readonly Part[], draft: Draft): readonly Migrations[] {
  const all = new Map<string, Migrations>()
  for (const { head, position, of } of parts) {
    const own = ownOf(head)
    if (head === undefined || own === undefined) continue
    const one: Migrations = {
      ...own,
      unknownToTarget: head['unknown-to-target'] ?? 'refuse',
      forward: head.forward ?? false,
      paths: pathsOf(own, of, draft),
      position: position(),
    }
    const key = JSON.stringify([own, one.paths])
    const other = all.get(key)
    all.set(key, other === undefined ? one : stricter(other, one))
  }
  return [...all.values()]
}

/** Whose they are. @param head as the schema has read it. */
function ownOf(head: unknown): MigrationsOf | undefined {
  for (const [name, tool] of tools) {
    const given = propertyOf(head, name)
    if (given !== undefined) return tool.read(given)
  }
  return undefined
}

/** Who runs several at once must not come round what one of them asks. */
const stricter = (one: Migrations, other: Migrations): Migrations => ({
  ...one,
  unknownToTarget: other.unknownToTarget === 'refuse' ? 'refuse' : one.unknownToTarget,
  forward: one.forward || other.forward,
})

/** Reports migrations of a rollback that doesn't move their application: there would be nothing to compare, nor to run them in. */
export function reportMigrations(value: unknown, draft: Draft, report: Report): void {
  const rollbacks = new Map(entriesOf(value, 'rollbacks'))
  const withIncluded = (name: string, seen: Set<string> = new Set()): ReadonlySet<string> => {
    if (seen.has(name)) return seen
    seen.add(name)
    const include = propertyOf(rollbacks.get(name), 'include')
    if (Array.isArray(include)) for (const each of include) withIncluded(String(each), seen)
    return seen
  }
  for (const [name, rollback] of rollbacks) {
    const head = v.safeParse(migrationsSchema, propertyOf(rollback, 'migrations'))
    const own = head.success ? ownOf(head.output) : undefined
    if (own === undefined) continue
    const names = [...withIncluded(name)]
    // An item that can't be read may well be the one.
    const unread = names.some(each => draft.rollbacks[each]?.switch.includes(undefined))
    if (unread || pathsOf(own, names, draft).length > 0) continue
    report(['rollbacks', name, 'migrations'], toolOf(own).unmoved(own), 'key')
  }
}

/** The folders between whose sides these rollbacks go, with the application whose migrations these are. */
function pathsOf(own: MigrationsOf, names: Iterable<string>, draft: Draft): readonly string[] {
  const items = [...names].flatMap(name => draft.rollbacks[name]?.switch ?? [])
  const paths = items.flatMap(item => (item && toolOf(own).movedBy(item, own)) ?? [])
  return [...new Set(paths)]
}
