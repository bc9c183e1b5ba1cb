import { type Comparison, compareMigrations } from '../migrations/compare.ts'
import { toolOf } from '../migrations/table.ts'
import type { RunReport } from '../outcome.ts'
import { Refusal, withoutReassurance } from '../refusal.ts'
import { byHost, hostNames } from '../report/by-host.ts'
import type { Migrations } from '../runbook/runbook.ts'
import type { AskedMigrations } from './ask-migrations.ts'
import type { Chronicle } from './chronicle.ts'
import { checklistWords, migrations, sentence, unknownTable, unknownWords } from './migrations-words.ts'
import { goesOnAnyway, phrasesOf, type Setting } from './setting.ts'

/** The database has applied migrations that the target does not know. */
class MigrationsUnknown extends Refusal {
  readonly code = 'RB-MIGRATIONS-UNKNOWN'
}

/** The runbook names a folder of migrations that the live side does not have. */
class MigrationsNotFound extends Refusal {
  readonly code = 'RB-MIGRATIONS-NOT-FOUND'
}

/** Something was not compared, and may hide a migration that the target does not know. */
class MigrationsNotCompared extends Refusal {
  readonly code = 'RB-MIGRATIONS-NOT-COMPARED'
}

/** What may be done about it, and what was asked for. */
type Wish = Pick<Setting, 'confirm'>

/** Warnings that name one migration each. */
const MOST_NAMED = 100

/**
 * Says what the migrations of two sides come to, and stops before the target runs against a schema that is newer
 * than it: a migration is never taken back, because that drops columns and tables with the data in them.
 *
 * @param between releases between the target and what is live, the newest first; undefined where none are listed.
 * @throws MigrationsUnknown, MigrationsNotFound, MigrationsNotCompared; what was confirmed, or only has to be warned of, is a warning.
 */
export function guardMigrations(
  setting: Wish,
  asked: readonly AskedMigrations[],
  chronicle: Chronicle,
  between?: readonly string[],
): void {
  const compared = asked
    .filter(({ facts }) => facts.length > 0)
    .map(each => ({ asked: each, comparison: compareMigrations(each.facts, toolOf(each.of).did) }))
  for (const { asked: each, comparison } of compared) {
    const { of, facts } = each
    for (const { said, items } of checklistWords(facts, comparison, of))
      chronicle.preflight('migrations', said, items)
    for (const { host, unnamable } of facts)
      if (unnamable > 0)
        chronicle.warning(
          `\`${toolOf(of).folder(of)}\` on ${host} has entries whose names no migration should have (${unnamable}): of them, only whether the target lacks any was looked at.`,
        )
  }
  const goesOnWith = compared.flatMap(({ asked: each, comparison }) =>
    judge(setting, each, comparison, chronicle, between),
  )
  if (goesOnWith.length > 0) chronicle.found({ goesOnWith })
}

function judge(
  setting: Wish,
  asked: AskedMigrations,
  comparison: Comparison,
  chronicle: Chronicle,
  between: readonly string[] | undefined,
): NonNullable<RunReport['goesOnWith']> {
  const { unknown, blind } = comparison
  const uncompared = asked.facts.flatMap(facts => facts.uncompared.map(what => [facts.host, what] as const))
  // The gravest first: it is the one that is told when nobody goes on.
  const refusals = [
    ...(unknown.length > 0 ? [unknownRefusal(setting, asked, comparison, between)] : []),
    ...(blind.length > 0 ? [notFoundRefusal(setting, asked, blind)] : []),
    ...(uncompared.length > 0 ? [notComparedRefusal(setting, asked, uncompared)] : []),
  ]
  const [gravest] = refusals
  if (gravest === undefined) return []
  const anyway = goesOnAnyway(setting)
  if (anyway || asked.of.unknownToTarget === 'refuse')
    chronicle.preflight(
      'approvals',
      `what is said of the migrations asks for \`run anyway\`, which was ${anyway ? '' : 'not '}given`,
    )
  if (!anyway && asked.of.unknownToTarget === 'refuse') throw gravest
  const why = anyway ? '`confirm: run anyway`' : 'the runbook: `unknown-to-target: warn`'
  const goesOn = refusals.map(({ message, table }) => ({
    said: `${withoutReassurance(message)} It goes on because of ${why}.`,
    ...(table && { table }),
  }))
  for (const { said } of goesOn) chronicle.warning(said)
  const hosts = asked.facts.map(({ host }) => host)
  const target = toolOf(asked.of).side(asked.facts[0]?.to ?? '')
  for (const each of unknown.slice(0, MOST_NAMED))
    chronicle.warning(`Not known to ${target}: ${unknownWords(each, hosts)}`)
  const more = unknown.length - MOST_NAMED
  if (more > 0) chronicle.warning(`And ${migrations(more)} more that it does not know.`)
  return goesOn
}

function unknownRefusal(
  setting: Wish,
  { of, facts }: AskedMigrations,
  { unknown }: Comparison,
  between: readonly string[] | undefined,
): MigrationsUnknown {
  const [from, to] = sidesOf(of, facts)
  const silent = facts.flatMap(({ host, database }) =>
    database.kind === 'silent' ? [{ host, why: database.why }] : [],
  )
  const [first] = silent
  const proven = unknown.some(({ applied }) => applied !== 'assumed')
  const message =
    proven || first === undefined
      ? `${sentence(to)} does not know ${migrations(unknown.length)} that the database has applied: it would run against a newer schema.`
      : `${sentence(to)} lacks ${migrations(unknown.length)} of ${from}, and the database could not be asked whether it has applied them (${first.why}). They count as applied: it would run against a newer schema.`
  const [path = ''] = of.paths
  return new MigrationsUnknown(
    `${message} Nothing was changed.`,
    [
      ...(first === undefined
        ? []
        : [`See on ${first.host} why the database could not be asked: \`${toolOf(of).command(of, path)}\``]),
      `If ${to} works with this schema, run it again with \`${anywayPhrase(setting)}\`. Old code stumbles over what is dropped, renamed or changed, seldom over what is only created or added.`,
      ...knowingTargets(between),
      `Or leave ${from} live and fix forward, with a deploy that mends the fault. Rollbook never takes migrations back: that drops tables and columns, with the data in them.`,
    ],
    unknownTable(
      unknown,
      facts.map(({ host }) => host),
    ),
  )
}

/** Only what is newer than the target can know more than it; where releases are not listed, a person knows better. */
function knowingTargets(between: readonly string[] | undefined): string[] {
  if (between === undefined) return ['Or give a `target` that knows them.']
  const [first, ...more] = between.map(name => `\`target: ${name}\``)
  if (first === undefined) return []
  return [
    `Or give a \`target\` that knows them: ${[first, ...more].join(' or ')} is newer and may. \`operation: plan\` with it tells.`,
  ]
}

function notFoundRefusal(
  setting: Wish,
  { of, facts }: AskedMigrations,
  blind: readonly string[],
): MigrationsNotFound {
  const { file, line, column } = of.position
  const [from, to] = sidesOf(of, facts)
  const tool = toolOf(of)
  return new MigrationsNotFound(
    `There is no folder \`${tool.folder(of)}\` in ${from} on ${hostNames(blind)}, so nothing tells which migrations ${to} does not know. Nothing was changed.`,
    [
      `Correct what is said of them in ${file}:${line}:${column}, ${tool.misplaced(of)}. Or let the user of the deploy read the folder.`,
      `If nothing has to be compared, run it again with \`${anywayPhrase(setting)}\`.`,
    ],
  )
}

function notComparedRefusal(
  setting: Wish,
  { of, facts }: AskedMigrations,
  uncompared: readonly (readonly [string, string])[],
): MigrationsNotCompared {
  const [, to] = sidesOf(of, facts)
  const tool = toolOf(of)
  const [path = ''] = of.paths
  return new MigrationsNotCompared(
    `Not all migrations could be compared, so the database may have applied some that ${to} does not know: ${byHost(uncompared).join('; ')}. Nothing was changed.`,
    [
      `Compare them on the host: \`${tool.folder(of)}\` of both ${tool.sides}, and \`${tool.command(of, path)}\``,
      `If ${to} works with this schema, run it again with \`${anywayPhrase(setting)}\`.`,
    ],
  )
}

/** What is live, and the target, as people call them. */
function sidesOf(of: Migrations, [first]: AskedMigrations['facts']): readonly [string, string] {
  const { side } = toolOf(of)
  return [side(first?.from ?? ''), side(first?.to ?? '')]
}

/** With what was confirmed already, so that the next run is not stopped by what this one was not. */
const anywayPhrase = (setting: Wish): string =>
  `confirm: ${[...phrasesOf(setting).filter(phrase => phrase !== ''), 'run anyway'].join(', ')}`
