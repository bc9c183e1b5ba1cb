import * as v from 'valibot'
import type { Item, Position } from '../kind/item.ts'
import { flag, map, oneOf, textOf } from '../kind/shape.ts'
import { type Draft, entriesOf, propertyOf } from './draft.ts'
import { relativePathProblem } from './paths.ts'
import type { Report } from './problem.ts'
import type { LaravelMigrations } from './runbook.ts'

const below = v.optional(
  textOf('Expected a path below the release, such as backend/artisan.', relativePathProblem),
)

/** What the runbook says of migrations. */
export const migrationsSchema = v.pipe(
  map({
    laravel: v.optional(map({ artisan: below, directory: below })),
    prisma: v.optional(v.unknown()),
    'unknown-to-target': v.optional(oneOf(['refuse', 'warn'])),
    forward: v.optional(flag),
  }),
  v.check(
    given => (given.laravel === undefined) !== (given.prisma === undefined),
    'Expected either laravel or prisma.',
  ),
  v.check(
    given => given.forward !== true || given.prisma === undefined,
    'Only the migrations of laravel can be run forward.',
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
export function laravelMigrations(parts: readonly Part[], draft: Draft): readonly LaravelMigrations[] {
  const all = new Map<string, LaravelMigrations>()
  for (const { head, position, of } of parts) {
    if (head?.laravel === undefined) continue
    const { artisan = 'artisan', directory } = head.laravel
    const one: LaravelMigrations = {
      artisan,
      directory: directory ?? artisan.replace(/[^/]*$/, 'database/migrations'),
      unknownToTarget: head['unknown-to-target'] ?? 'refuse',
      forward: head.forward ?? false,
      paths: pathsOf(of, draft),
      position: position(),
    }
    const key = JSON.stringify([one.artisan, one.directory, one.paths])
    const other = all.get(key)
    all.set(key, other === undefined ? one : stricter(other, one))
  }
  return [...all.values()]
}

/** Who runs several at once must not come round what one of them asks. */
const stricter = (one: LaravelMigrations, other: LaravelMigrations): LaravelMigrations => ({
  ...one,
  unknownToTarget: other.unknownToTarget === 'refuse' ? 'refuse' : one.unknownToTarget,
  forward: one.forward || other.forward,
})

/** Reports migrations of a rollback that moves between no releases: there would be nothing to compare, nor to run them in. */
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
    if (propertyOf(propertyOf(rollback, 'migrations'), 'laravel') === undefined) continue
    const names = [...withIncluded(name)]
    // An item that can't be read may well be the one.
    const unread = names.some(each => draft.rollbacks[each]?.switch.includes(undefined))
    if (unread || pathsOf(names, draft).length > 0) continue
    report(
      ['rollbacks', name, 'migrations'],
      'The migrations of two releases are compared, and nothing here switches between releases. Expected a symlink with path in switch.',
      'key',
    )
  }
}

/** The folders with `releases/` and `current` between whose releases these rollbacks switch. */
function pathsOf(names: Iterable<string>, draft: Draft): readonly string[] {
  const paths = [...names].flatMap(name =>
    (draft.rollbacks[name]?.switch ?? []).flatMap(item => (item && releasesFolderOf(item)) ?? []),
  )
  return [...new Set(paths)]
}

/** The folder with `releases/` and `current` between whose releases an item switches, if it does. */
export function releasesFolderOf(item: Item): string | undefined {
  const path = item.kind === 'symlink' ? propertyOf(item.value, 'path') : undefined
  return typeof path === 'string' ? path : undefined
}
