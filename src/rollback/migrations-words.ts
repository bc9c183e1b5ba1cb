import type { Comparison, NamedOn, UnknownMigration } from '../migrations/compare.ts'
import type { MigrationFacts } from '../migrations/laravel-facts.ts'
import type { Table } from '../refusal.ts'
import { hostNames, shared } from '../report/by-host.ts'

/** `2 migrations`. */
export const migrations = (count: number): string => `${count} migration${count === 1 ? '' : 's'}`

/** One line of the checklist, and what it is about. */
export interface Said {
  readonly said: string
  readonly items?: readonly string[]
}

/** What the checklist says of the migrations; where hosts differ, each for itself. */
export function checklistWords(
  all: readonly MigrationFacts[],
  { unknown, neverRan, onlyTarget, pending }: Comparison,
  directory: string,
  forward: boolean,
): readonly Said[] {
  const hosts = all.map(({ host }) => host)
  const asked = all.filter(({ database }) => database.kind === 'answered').map(({ host }) => host)
  const lines = shared(
    all.map(facts => ({ host: facts.host, text: stateWords(facts, unknown, directory, asked) })),
    ({ host }) => host,
    ({ text }) => text,
  ).map(({ hosts: of, what }) => ({
    said: of.length === hosts.length ? what.text : `${hostNames(of)}: ${what.text}`,
  }))
  const [{ from = '', to = '' } = {}] = all
  return [
    ...lines,
    ...named(
      neverRan,
      hosts,
      `release ${to} lacks ${migrations(neverRan.length)} that the database has never applied`,
    ),
    ...named(
      onlyTarget,
      hosts,
      `release ${to} has ${migrations(onlyTarget.length)} that release ${from} lacks${forward ? '; `forward` applies what the database lacks' : ''}`,
    ),
    ...named(
      pending,
      hosts,
      `both releases have ${migrations(pending.length)} that the database has not applied${forward ? '; `forward` applies them' : ''}`,
    ),
  ]
}

function stateWords(
  { host, from, to, fromCount, toCount, database }: MigrationFacts,
  unknown: readonly UnknownMigration[],
  directory: string,
  asked: readonly string[],
): string {
  if (fromCount === undefined) return `release ${from} has no folder \`${directory}\`: nothing was compared`
  const files =
    toCount === undefined
      ? `release ${from} has ${migrations(fromCount)}, release ${to} has no such folder`
      : `release ${from} has ${migrations(fromCount)}, release ${to} has ${toCount}`
  const mine = unknown.filter(({ hosts }) => hosts.includes(host)).length
  if (database.kind === 'silent' && asked.length === 0) {
    const lacks = mine === 0 ? 'has all of them' : `lacks ${mine}, which count as applied`
    return `the database could not be asked (${database.why}), so files alone were compared: ${files} and ${lacks}`
  }
  const knows =
    mine === 0
      ? `release ${to} knows all that the database has applied (${files})`
      : `release ${to} does not know ${mine} that the database has applied (${files})`
  return database.kind === 'silent'
    ? `the database could not be asked from there (${database.why}); by what ${hostNames(asked)} heard of it, ${knows}`
    : knows
}

function named(all: readonly NamedOn[], hosts: readonly string[], said: string): readonly Said[] {
  if (all.length === 0) return []
  return [{ said, items: all.slice(0, 50).map(each => `\`${each.name}\`${whereWords(each.hosts, hosts)}`) }]
}

const whereWords = (on: readonly string[], all: readonly string[]): string =>
  on.length === all.length ? '' : ` on ${hostNames(on)}`

/** `2026_11_19_090000_split_orders` (batch 12): drops column …. */
export function unknownWords(
  { name, hosts, batch, applied, did }: UnknownMigration,
  all: readonly string[],
): string {
  const when = applied === 'assumed' ? ' (counts as applied)' : batch === undefined ? '' : ` (batch ${batch})`
  return `\`${name}\`${whereWords(hosts, all)}${when}: ${did || LOOK}`
}

const LOOK = 'look at the file'

/** What the target does not know, for a refusal. */
export function unknownTable(unknown: readonly UnknownMigration[], all: readonly string[]): Table {
  const apart = unknown.some(({ hosts }) => hosts.length < all.length)
  const batches = unknown.some(({ batch }) => batch !== undefined)
  return {
    head: ['migration', ...(apart ? ['hosts'] : []), ...(batches ? ['batch'] : []), 'what it did'],
    rows: unknown.map(({ name, hosts, batch, did }) => [
      `\`${name}\``,
      ...(apart ? [hostNames(hosts)] : []),
      ...(batches ? [batch === undefined ? 'not known' : String(batch)] : []),
      did || LOOK,
    ]),
  }
}
