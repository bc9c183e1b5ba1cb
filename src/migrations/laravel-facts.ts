import { numberOf, readFactLine } from '../release/fact-line.ts'
import { type MigrationStatus, readMigrateStatus } from './migrate-status.ts'

/** What one host knows of the migrations of two releases. */
export interface MigrationFacts {
  readonly host: string
  /** The release that is live there, and the one that it is to go to. */
  readonly from: string
  readonly to: string
  /** How many migrations each has; undefined when the folder can't be read there. */
  readonly fromCount: number | undefined
  readonly toCount: number | undefined
  /** Migrations whose names are not printed: blanks, control characters, … */
  readonly unnamable: number
  readonly onlyFrom: readonly string[]
  readonly onlyTo: readonly string[]
  readonly both: ReadonlySet<string>
  /** Of those that lie elsewhere, such as in packages: what the target has nowhere. */
  readonly lackedElsewhere: readonly string[]
  readonly database: DatabaseAnswer
  /** PHP text of those that the target lacks, by name; cut where it is long. */
  readonly texts: ReadonlyMap<string, string>
}

/** What the database has applied, by name; or why it could not be asked. */
export type DatabaseAnswer =
  | { readonly kind: 'answered'; readonly migrations: ReadonlyMap<string, MigrationStatus> }
  | { readonly kind: 'silent'; readonly why: string }

// What a host may say is bounded, for it may be the one that was broken into.
const MOST_LINES = 6000
const NAME = /^[A-Za-z0-9._-]{1,200}$/

/** Reads what the probe printed on one host. Never throws; what has another form than expected is not taken. */
export function readMigrationFacts(
  host: string,
  from: string,
  to: string,
  lines: readonly string[],
): MigrationFacts {
  const names = new Map(['live', 'target', 'both', 'elsewhere'].map(where => [where, new Set<string>()]))
  const folders = new Map<string, readonly string[]>()
  const texts = new Map<string, string>()
  const migrations = new Map<string, MigrationStatus>()
  let ended: string | undefined
  for (const line of lines.slice(0, MOST_LINES)) {
    const [, name, encoded] = /^migration-text (\S+) ([A-Za-z0-9+/=]+)$/.exec(line) ?? []
    if (name !== undefined && encoded !== undefined) {
      if (NAME.test(name)) texts.set(name, Buffer.from(encoded, 'base64').toString('utf8'))
      continue
    }
    const { word, text, exact } = readFactLine(line)
    const [first = '', ...rest] = text.split(' ')
    if (word === 'migrations' && exact && !folders.has(first)) folders.set(first, rest)
    else if (word === 'migration' && exact && NAME.test(rest.join(' '))) names.get(first)?.add(rest.join(' '))
    else if (word === 'migrate-line') {
      const status = readMigrateStatus(text)
      if (status && NAME.test(status.name)) migrations.set(status.name, status)
    } else if (word === 'migrate-status') ended ??= text
  }
  return {
    host,
    from,
    to,
    fromCount: numberOf(folders.get('live')?.[0]),
    toCount: numberOf(folders.get('target')?.[0]),
    unnamable: (numberOf(folders.get('live')?.[1]) ?? 0) + (numberOf(folders.get('target')?.[1]) ?? 0),
    onlyFrom: [...(names.get('live') ?? [])],
    onlyTo: [...(names.get('target') ?? [])],
    both: names.get('both') ?? new Set(),
    lackedElsewhere: [...(names.get('elsewhere') ?? [])],
    database: answerOf(ended, migrations),
    texts,
  }
}

/** How the commonest errors of MySQL, MariaDB and PostgreSQL are called. */
const CLASSES: Readonly<Record<string, string>> = {
  '1044': 'no access to the database',
  '1045': 'access denied',
  '1049': 'no such database',
  '2002': 'it does not answer',
  '2006': 'it went away',
  '08006': 'it does not answer',
}

function answerOf(
  ended: string | undefined,
  migrations: ReadonlyMap<string, MigrationStatus>,
): DatabaseAnswer {
  const silent = (why: string): DatabaseAnswer => ({ kind: 'silent', why })
  const [status = '', state = '', code = ''] = (ended ?? '').split(/[ [\]]+/)
  if (ended === undefined) return silent('nothing was said about it')
  if (status === 'missing') return silent('there is no artisan where the runbook says')
  if (status === 'endless') return silent('`migrate:status` printed without an end')
  if (state === 'none' && migrations.size === 0) return silent('it has no table of migrations')
  if (status === '127') return silent('there is no `php` on its PATH')
  if (status === '124' || status === '137') return silent('`migrate:status` did not end in 20 seconds')
  if (status !== '0') {
    const said = [state, code].filter(part => /^[0-9A-Z]+$/.test(part)).join(' ')
    const words = CLASSES[code] ?? CLASSES[state]
    const class_ = said === '' ? '' : `, SQLSTATE ${said}${words === undefined ? '' : `: ${words}`}`
    return silent(`\`migrate:status\` ended with status ${/^\d{1,3}$/.test(status) ? status : '?'}${class_}`)
  }
  return migrations.size === 0
    ? silent('the answer of `migrate:status` could not be read')
    : { kind: 'answered', migrations }
}
