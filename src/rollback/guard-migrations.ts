import { type Comparison, compareMigrations } from '../migrations/compare.ts'
import { artisanIn } from '../migrations/question.ts'
import { Refusal } from '../refusal.ts'
import { hostNames } from '../report/by-host.ts'
import type { AskedMigrations } from './ask-migrations.ts'
import type { Chronicle } from './chronicle.ts'
import { checklistWords, migrations, unknownTable, unknownWords } from './migrations-words.ts'
import { goesOnAnyway, phrasesOf, type Setting } from './setting.ts'

/** The database has applied migrations that the target does not know. */
class MigrationsUnknown extends Refusal {
  readonly code = 'RB-MIGRATIONS-UNKNOWN'
}

/** The runbook names a folder of migrations that the live release does not have. */
class MigrationsNotFound extends Refusal {
  readonly code = 'RB-MIGRATIONS-NOT-FOUND'
}

/** What may be done about it, and what was asked for. */
type Wish = Pick<Setting, 'confirm'>

/** Warnings that name one migration each. */
const MOST_NAMED = 100

/**
 * Says what the migrations of two releases come to, and stops before the target runs against a schema that is newer
 * than it: a migration is never taken back, because that drops columns and tables with the data in them.
 *
 * @throws MigrationsUnknown, MigrationsNotFound; what was confirmed, or only has to be warned of, is a warning.
 */
export function guardMigrations(
  setting: Wish,
  asked: readonly AskedMigrations[],
  chronicle: Chronicle,
): void {
  const compared = asked
    .filter(({ facts }) => facts.length > 0)
    .map(each => ({ asked: each, comparison: compareMigrations(each.facts) }))
  for (const { asked: each, comparison } of compared) {
    const { of, facts } = each
    for (const { said, items } of checklistWords(facts, comparison, of.directory, of.forward))
      chronicle.preflight('migrations', said, items)
    for (const { host, unnamable } of facts)
      if (unnamable > 0)
        chronicle.warning(
          `\`${of.directory}\` on ${host} has files whose names no migration should have (${unnamable}): they were not compared.`,
        )
  }
  for (const { asked: each, comparison } of compared) judge(setting, each, comparison, chronicle)
}

function judge(setting: Wish, asked: AskedMigrations, comparison: Comparison, chronicle: Chronicle): void {
  const { unknown, blind } = comparison
  const refusal =
    unknown.length > 0
      ? unknownRefusal(setting, asked, comparison)
      : blind.length > 0
        ? notFoundRefusal(setting, asked, blind)
        : undefined
  if (refusal === undefined) return
  const anyway = goesOnAnyway(setting)
  if (!anyway && asked.of.unknownToTarget === 'refuse') throw refusal
  const why = anyway ? '`confirm: run anyway`' : 'the runbook: `unknown-to-target: warn`'
  chronicle.warning(`${refusal.message.replace(' Nothing was changed.', '')} It goes on because of ${why}.`)
  const hosts = asked.facts.map(({ host }) => host)
  for (const each of unknown.slice(0, MOST_NAMED))
    chronicle.warning(`Not known to release ${asked.facts[0]?.to}: ${unknownWords(each, hosts)}`)
  const more = unknown.length - MOST_NAMED
  if (more > 0) chronicle.warning(`And ${migrations(more)} more that it does not know.`)
}

function unknownRefusal(
  setting: Wish,
  { of, facts }: AskedMigrations,
  { unknown }: Comparison,
): MigrationsUnknown {
  const [{ from = '', to = '' } = {}] = facts
  const silent = facts.flatMap(({ host, database }) =>
    database.kind === 'silent' ? [{ host, why: database.why }] : [],
  )
  const [first] = silent
  const proven = unknown.some(({ applied }) => applied === 'yes')
  const message =
    proven || first === undefined
      ? `Release ${to} does not know ${migrations(unknown.length)} that the database has applied: it would run against a newer schema.`
      : `Release ${to} lacks ${migrations(unknown.length)} of release ${from}, and the database could not be asked whether it has applied them (${first.why}). They count as applied: it would run against a newer schema.`
  const [path = ''] = of.paths
  const { folder, file } = artisanIn(of.artisan)
  return new MigrationsUnknown(
    `${message} Nothing was changed.`,
    [
      ...(first === undefined
        ? []
        : [
            `See on ${first.host} why the database could not be asked: \`cd ${path}/current${folder && `/${folder}`} && php ${file} migrate:status\``,
          ]),
      `If release ${to} works with this schema, run it again with \`${anywayPhrase(setting)}\`. Old code stumbles over what is dropped, renamed or changed, seldom over what is only created or added.`,
      `Or give a \`target\` that knows them.`,
      `Or leave release ${from} live and fix forward, with a deploy that mends the fault. Rollbook never takes migrations back: that drops tables and columns, with the data in them.`,
    ],
    unknownTable(
      unknown,
      facts.map(({ host }) => host),
    ),
  )
}

function notFoundRefusal(
  setting: Wish,
  { of, facts }: AskedMigrations,
  blind: readonly string[],
): MigrationsNotFound {
  const { file, line, column } = of.position
  return new MigrationsNotFound(
    `There is no folder \`${of.directory}\` in release ${facts[0]?.from} on ${hostNames(blind)}, so nothing tells which migrations release ${facts[0]?.to} does not know. Nothing was changed.`,
    [
      `Correct \`directory\` in ${file}:${line}:${column}: the path of the migrations below the release. Or let the user of the deploy read the folder.`,
      `If nothing has to be compared, run it again with \`${anywayPhrase(setting)}\`.`,
    ],
  )
}

/** With what was confirmed already, so that the next run is not stopped by what this one was not. */
const anywayPhrase = (setting: Wish): string =>
  `confirm: ${[...phrasesOf(setting).filter(phrase => phrase !== ''), 'run anyway'].join(', ')}`
