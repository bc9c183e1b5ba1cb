import {
  type DatabaseAnswer,
  isMigrationName,
  type MigrationFacts,
  type MigrationStatus,
  readFiles,
  silent,
} from './facts.ts'
import { readMigrateStatus } from './migrate-status.ts'

/** Reads what `laravel-probe.sh` printed on one host. Never throws; what has another form than expected is not taken. */
export function readLaravelFacts(
  host: string,
  from: string,
  to: string,
  lines: readonly string[],
): MigrationFacts {
  const { rest, ...files } = readFiles(host, from, to, lines)
  const migrations = new Map<string, MigrationStatus>()
  let ended: string | undefined
  for (const { word, text } of rest) {
    if (word === 'migrate-line') {
      const status = readMigrateStatus(text)
      if (status && isMigrationName(status.name)) migrations.set(status.name, status)
    } else if (word === 'migrate-status') ended ??= text
  }
  return { ...files, database: answerOf(ended, migrations) }
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
