import { Refusal } from '../refusal.ts'
import type { Choice } from '../release/resolve.ts'
import type { Chosen, ListedBackup, RestorableDatabase } from './restore-database-reader.ts'
import { lossStatement, moment, size, span } from './restore-database-words.ts'

/** There is no backup of the database that could be restored, or not the one that was named. */
class BackupMissing extends Refusal {
  readonly code = 'RB-BACKUP-MISSING'
}

/** The file that was named is no whole backup of this database. */
class BackupUnfit extends Refusal {
  readonly code = 'RB-BACKUP-UNFIT'
}

/** What would be restored where, seen from one host. */
export interface Wanted {
  /** Name of the database in the runbook, and as the server calls it where the runbook knows. */
  readonly name: string
  readonly schema: string | undefined
  /** `latest`, a run or a path. */
  readonly from: string
  readonly host: string
  /** The host's clock. */
  readonly now: number
}

/** What the live database is called: one that is written to has no release of its own but the moment. */
export const liveNow = ({ schema, name, now }: Wanted): string =>
  `${nameable(schema ?? name)}@${new Date(now * 1000).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`

const nameable = (text: string): string => text.replaceAll(/[^!-~]/g, '_').slice(0, 80)

/**
 * Which backup a restore means, and what it would lose. Pure.
 *
 * @throws BackupMissing, BackupUnfit
 */
export function resolveBackup(wanted: Wanted, restorable: RestorableDatabase): Choice {
  const { name, host, from, now } = wanted
  const { chosen, live } = restorable
  if (chosen === undefined) throw missing(wanted, restorable)
  refuseUnfit(wanted, chosen, live?.name ?? wanted.schema)
  const { listed } = chosen
  const file = chosen.path.slice(chosen.path.lastIndexOf('/') + 1)
  const sum = chosen.sha256 === undefined ? `${chosen.from}` : chosen.sha256.slice(0, 12)
  const about = listed ? `made by run ${listed.run}, ${proof(listed)}` : 'from elsewhere'
  return {
    from: liveNow(wanted),
    to: /^[!-~]{1,255}$/.test(file) ? file : `backup-${sum}`,
    alreadyThere: false,
    why: `${from === 'latest' ? `it is the newest backup of ${name}` : 'it was asked for'}: of ${moment(chosen.from)}, ${span(now - chosen.from)} old, ${size(chosen.bytes)}, ${about}${others(restorable.backups, chosen, now)}`,
    warnings: [
      ...lossStatement(live?.name ?? wanted.schema ?? name, restorable, chosen, now),
      ...(chosen.sha256 === undefined
        ? [
            `Nothing says which sha256 ${chosen.path} on ${host} had when it was made: only that it can be read to its end is checked.`,
          ]
        : []),
    ],
    passedOver: [],
    candidates: [],
  }
}

/** How many other backups are told of. */
const OTHERS = 5

function others(backups: readonly ListedBackup[], { path }: Chosen, now: number): string {
  const rest = backups.toReversed().filter(each => each.path !== path)
  if (rest.length === 0) return ''
  const told = rest
    .slice(0, OTHERS)
    .map(
      each =>
        `of run ${each.run} (${flawOf(each) ?? `${span(now - each.at)} old, ${size(each.bytes)}, ${proof(each)}`})`,
    )
  return `. Others: ${told.join('; ')}${rest.length > OTHERS ? `; and ${rest.length - OTHERS} older` : ''}`
}

const flawOf = ({ found }: ListedBackup): string | undefined =>
  found === 'whole' ? undefined : found === 'missing' ? 'it is not there any more' : 'it was changed since'

const proof = ({ level, sums }: ListedBackup): string =>
  `${level === 'restore' ? 'tried in a restore' : level === 'readback' ? 'read to its end' : 'not read back'}${sums ? '' : ', without its checksum file'}`

function missing({ name, host, from }: Wanted, { backups }: RestorableDatabase): Refusal {
  return new BackupMissing(
    from === 'latest'
      ? `${host} has no backup of the database ${name} that could be restored. Nothing was changed.`
      : `${host} has no backup of the database ${name} for \`from: ${from}\`, or it can't be read. Nothing was changed.`,
    backups.length === 0
      ? [
          `Backups are made by \`database: ${name}\` in the phase backup. One of \`pg_dump -Fc\` that somebody else made is restored with \`from: /path/of/the/file\`; \`latest\` finds it when it lies in the folder of the backups and ends in .dump.`,
        ]
      : ['Choose one of these with `from`: a run, or the path of a file.'],
    backups.length === 0
      ? undefined
      : {
          head: ['made', 'run', 'size', 'verified', 'is', 'file'],
          rows: backups
            .toReversed()
            .slice(0, 20)
            .map(each => [
              moment(each.at),
              each.run,
              size(each.bytes),
              each.level,
              flawOf(each) ?? 'there',
              each.path,
            ]),
        },
  )
}

function refuseUnfit({ name, host }: Wanted, chosen: Chosen, schema: string | undefined): void {
  if (chosen.unreadable !== undefined)
    throw new BackupUnfit(
      `${chosen.path} on ${host} can't be restored: ${chosen.unreadable}. Nothing was changed.`,
      [
        'Choose another backup with `from`. What is restored is an archive of `pg_dump -Fc`, and pg_restore has to be as new as the pg_dump that made it.',
      ],
    )
  if (chosen.of !== undefined && schema !== undefined && chosen.of !== schema)
    throw new BackupUnfit(
      `${chosen.path} on ${host} is a backup of the database ${chosen.of}, and ${name} is ${schema}. Nothing was changed.`,
      ['Choose a backup of the same database with `from`.'],
    )
}
