import type { MigrationFacts, MigrationStatus } from './facts.ts'

/** A migration that the target lacks and that counts as applied. */
export interface UnknownMigration {
  readonly name: string
  /** Hosts whose target lacks it. */
  readonly hosts: readonly string[]
  /** `assumed`: no answer of a database says whether it ran. `failed`: it ended in the middle. */
  readonly applied: 'yes' | 'assumed' | 'failed'
  readonly batch: number | undefined
  /** What it did, in words; empty when its text is not there. */
  readonly did: string
}

/** Migrations by name, with the hosts of which the same is said. */
export interface NamedOn {
  readonly name: string
  readonly hosts: readonly string[]
}

/** What the migrations of two sides, and what the database has applied of them, come to on all hosts. */
export interface Comparison {
  /** In the order of their names, which is the one in which they were applied. */
  readonly unknown: readonly UnknownMigration[]
  /** The target lacks them, and the database has never applied them: nothing depends on them. */
  readonly neverRan: readonly NamedOn[]
  /** Only the target has them: they were taken out since, or the target is the newer one. */
  readonly onlyTarget: readonly NamedOn[]
  /** Both sides have them, and the database has not applied them. */
  readonly pending: readonly NamedOn[]
  /** The target has them, and the database says that they ended in the middle. */
  readonly failed: readonly NamedOn[]
  /** Hosts where the live side has no such folder: nothing was compared there. */
  readonly blind: readonly string[]
}

/**
 * Compares. Pure. A host whose database could not be asked goes by what those of other hosts say.
 *
 * @param did what a migration did, by its text.
 */
export function compareMigrations(all: readonly MigrationFacts[], did: (text: string) => string): Comparison {
  const unknown = new Map<string, UnknownMigration>()
  const neverRan = new Map<string, NamedOn>()
  const onlyTarget = new Map<string, NamedOn>()
  const pending = new Map<string, NamedOn>()
  const failed = new Map<string, NamedOn>()
  for (const facts of all) {
    if (facts.fromCount === undefined) continue
    for (const name of lackedBy(facts)) {
      const status = statusOf(name, facts, all)
      if (status?.ran === false) add(neverRan, name, facts.host)
      else addUnknown(unknown, name, facts, status, did)
    }
    for (const name of facts.onlyTo) add(onlyTarget, name, facts.host)
    for (const name of facts.both)
      if (statusOf(name, facts, all)?.ran === false) add(pending, name, facts.host)
    for (const name of [...facts.both, ...facts.onlyTo])
      if (statusOf(name, facts, all)?.failed === true) add(failed, name, facts.host)
  }
  return {
    unknown: byName(unknown),
    neverRan: byName(neverRan),
    onlyTarget: byName(onlyTarget),
    pending: byName(pending),
    failed: byName(failed),
    blind: all.filter(({ fromCount }) => fromCount === undefined).map(({ host }) => host),
  }
}

/** Files of the folder; of what lies elsewhere, only what the database names. */
const lackedBy = ({ onlyFrom, lackedElsewhere, database }: MigrationFacts): readonly string[] => [
  ...onlyFrom,
  ...lackedElsewhere.filter(name => database.kind === 'answered' && database.migrations.has(name)),
]

function statusOf(
  name: string,
  own: MigrationFacts,
  all: readonly MigrationFacts[],
): MigrationStatus | undefined {
  const answers = [own, ...all].flatMap(({ database }) =>
    database.kind === 'answered' ? (database.migrations.get(name) ?? []) : [],
  )
  return answers[0]
}

function add(into: Map<string, NamedOn>, name: string, host: string): void {
  into.set(name, { name, hosts: [...(into.get(name)?.hosts ?? []), host] })
}

function addUnknown(
  into: Map<string, UnknownMigration>,
  name: string,
  facts: MigrationFacts,
  status: MigrationStatus | undefined,
  did: (text: string) => string,
): void {
  const known = into.get(name)
  const text = facts.texts.get(name)
  into.set(name, {
    name,
    hosts: [...(known?.hosts ?? []), facts.host],
    applied: appliedBy(status, known),
    batch: known?.batch ?? status?.batch,
    did: known?.did || (text === undefined ? '' : did(text)),
  })
}

function appliedBy(
  status: MigrationStatus | undefined,
  known: UnknownMigration | undefined,
): UnknownMigration['applied'] {
  if (status?.failed === true) return 'failed'
  return status === undefined ? (known?.applied ?? 'assumed') : 'yes'
}

const byName = <T extends { readonly name: string }>(all: ReadonlyMap<string, T>): readonly T[] =>
  [...all.values()].sort(({ name: a }, { name: b }) => (a < b ? -1 : 1))
