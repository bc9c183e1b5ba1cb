import type { Comparison, NamedOn, UnknownMigration } from '../migrations/compare.ts'
import type { MigrationFacts } from '../migrations/facts.ts'
import { toolOf } from '../migrations/table.ts'
import type { Table } from '../refusal.ts'
import { hostNames, shared } from '../report/by-host.ts'
import type { Migrations } from '../runbook/runbook.ts'

/** `2 migrations`. */
export const migrations = (count: number): string => `${count} migration${count === 1 ? '' : 's'}`

/** With a capital letter at its start. */
export const sentence = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1)

/** One line of the checklist, and what it is about. */
export interface Said {
  readonly said: string
  readonly items?: readonly string[]
}

/** What the checklist says of the migrations; where hosts differ, each for itself. */
export function checklistWords(
  all: readonly MigrationFacts[],
  { unknown, neverRan, onlyTarget, pending, failed }: Comparison,
  of: Migrations,
): readonly Said[] {
  const { forward } = of
  const { side, sides } = toolOf(of)
  const hosts = all.map(({ host }) => host)
  const asked = all.filter(({ database }) => database.kind === 'answered').map(({ host }) => host)
  const lines = shared(
    all.map(facts => ({ host: facts.host, text: stateWords(facts, unknown, of, asked) })),
    ({ host }) => host,
    ({ text }) => text,
  ).map(({ hosts: some, what }) => ({
    said: some.length === hosts.length ? what.text : `${hostNames(some)}: ${what.text}`,
  }))
  const [first] = all
  const [from, to] = [side(first?.from ?? ''), side(first?.to ?? '')]
  return [
    ...lines,
    ...named(
      neverRan,
      hosts,
      `${to} lacks ${migrations(neverRan.length)} that the database has never applied`,
    ),
    ...named(
      onlyTarget,
      hosts,
      `${to} has ${migrations(onlyTarget.length)} that ${from} lacks${forward ? '; `forward` applies what the database lacks' : ''}`,
    ),
    ...named(
      pending,
      hosts,
      `both ${sides} have ${migrations(pending.length)} that the database has not applied${forward ? '; `forward` applies them' : ''}`,
    ),
    ...named(
      failed,
      hosts,
      `the database says that ${migrations(failed.length)} of ${to} failed: some of it may be there`,
    ),
    ...named(latestOf(all), hosts, `the last migrations of ${from}`),
  ]
}

function stateWords(
  { host, fromCount, toCount, database, ...sides }: MigrationFacts,
  unknown: readonly UnknownMigration[],
  of: Migrations,
  asked: readonly string[],
): string {
  const { side, folder } = toolOf(of)
  const [from, to] = [side(sides.from), side(sides.to)]
  if (fromCount === undefined) return `${from} has no folder \`${folder(of)}\`: nothing was compared`
  const files =
    toCount === undefined
      ? `${from} has ${migrations(fromCount)}, ${to} has no such folder`
      : `${from} has ${migrations(fromCount)}, ${to} has ${toCount}`
  const mine = unknown.filter(({ hosts }) => hosts.includes(host)).length
  if (database.kind === 'silent' && asked.length === 0) {
    const lacks = mine === 0 ? 'has all of them' : `lacks ${mine}, which count as applied`
    return `the database could not be asked (${database.why}), so files alone were compared: ${files} and ${lacks}`
  }
  const knows =
    mine === 0
      ? `${to} knows all that the database has applied (${files})`
      : `${to} does not know ${mine} that the database has applied (${files})`
  return database.kind === 'silent'
    ? `the database could not be asked from there (${database.why}); by what ${hostNames(asked)} heard of it, ${knows}`
    : knows
}

/** What people look at when they list the folder, the newest at the end. */
const latestOf = (all: readonly MigrationFacts[]): readonly NamedOn[] =>
  [...new Set(all.flatMap(({ latest }) => latest))].sort().map(name => ({
    name,
    hosts: all.filter(({ latest }) => latest.includes(name)).map(({ host }) => host),
  }))

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
  const when =
    applied === 'assumed'
      ? ' (counts as applied)'
      : applied === 'failed'
        ? ' (failed in the middle)'
        : batch === undefined
          ? ''
          : ` (batch ${batch})`
  return `\`${name}\`${whereWords(hosts, all)}${when}: ${did || LOOK}`
}

const LOOK = 'look at the file'

/** What the target does not know, for a refusal. */
export function unknownTable(unknown: readonly UnknownMigration[], all: readonly string[]): Table {
  const apart = unknown.some(({ hosts }) => hosts.length < all.length)
  const failed = unknown.some(({ applied }) => applied === 'failed')
  const batches = unknown.some(({ batch }) => batch !== undefined)
  return {
    head: [
      'migration',
      ...(apart ? ['hosts'] : []),
      ...(batches ? ['batch'] : []),
      ...(failed ? ['failed'] : []),
      'what it did',
    ],
    rows: unknown.map(({ name, hosts, batch, applied, did }) => [
      `\`${name}\``,
      ...(apart ? [hostNames(hosts)] : []),
      ...(batches ? [batch === undefined ? 'not known' : String(batch)] : []),
      ...(failed ? [applied === 'failed' ? 'in the middle' : 'no'] : []),
      did || LOOK,
    ]),
  }
}
