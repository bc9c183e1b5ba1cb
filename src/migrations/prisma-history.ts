import { isMigrationName } from './facts.ts'

/** What `prisma migrate status` says of a database and of the folder that it looked into. */
export interface PrismaHistory {
  /** The migrations of that folder; undefined when it says no more than how many there are. */
  readonly local: ReadonlySet<string> | undefined
  readonly count: number | undefined
  /** The folder has them, and the database has not applied them. */
  readonly unapplied: ReadonlySet<string>
  /** The database has applied them, and the folder lacks them. */
  readonly unpersisted: ReadonlySet<string>
  /** Begun, and ended in the middle. */
  readonly failed: ReadonlySet<string>
  /** The database has a table of migrations; undefined when that is not said. */
  readonly managed: boolean | undefined
}

const LISTS = {
  unappliedMigrationNames: 'unapplied',
  unpersistedMigrationNames: 'unpersisted',
  failedMigrationNames: 'failed',
  migrations: 'local',
} as const
const isList = (key: string): key is keyof typeof LISTS => Object.hasOwn(LISTS, key)

/**
 * Reads what Prisma says when it is asked for its reasons (`DEBUG=prisma:migrate:status`), as words: keys end with a
 * colon, what they hold comes behind them. Undefined when it said none. Never throws.
 */
export function readDiagnosis(words: readonly string[]): PrismaHistory | undefined {
  const found = {
    unapplied: new Set<string>(),
    unpersisted: new Set<string>(),
    failed: new Set<string>(),
    local: new Set<string>(),
  }
  let managed: boolean | undefined
  let listed = false
  let key = ''
  for (const word of words) {
    if (word.endsWith(':')) {
      key = word.slice(0, -1)
      listed ||= key === 'migrations'
    } else if (key === 'hasMigrationsTable') managed ??= word === 'true'
    else if (isList(key) && isMigrationName(word)) found[LISTS[key]].add(word)
  }
  if (managed === undefined) return undefined
  const { local, ...lists } = found
  return { ...lists, local: listed ? local : undefined, count: listed ? local.size : undefined, managed }
}

/** Sentences in front of a list; versions 2 to 6 differ in how they write one migration and several. */
const HEADINGS = [
  [/^(?:Following|The) migration\S* have not yet been applied:$/, 'unapplied'],
  [/^The migration\S* from the database are not found locally in .*:$/, 'unpersisted'],
  [/^Following migration\S* have failed:$/, 'failed'],
] as const

/**
 * Reads what `prisma migrate status` prints for people; undefined when it comes to no conclusion, as when it could not
 * reach the database. Never throws.
 */
export function readStatusText(lines: readonly string[]): PrismaHistory | undefined {
  const found = {
    unapplied: new Set<string>(),
    unpersisted: new Set<string>(),
    failed: new Set<string>(),
  }
  let count: number | undefined
  let managed: boolean | undefined
  let into: Set<string> | undefined
  for (const line of lines.map(each => each.trimEnd())) {
    const heading = HEADINGS.find(([sentence]) => sentence.test(line))
    if (heading !== undefined) into = found[heading[1]]
    else if (into !== undefined && isMigrationName(line)) into.add(line)
    else {
      into = undefined
      const [, digits] = /^(\d{1,6}) migrations? found in /.exec(line) ?? []
      if (digits !== undefined) count ??= Number(digits)
      else if (line.startsWith('No migration found in ')) count ??= 0
      else if (line.startsWith('The current database is not managed')) managed = false
      else if (line.startsWith('Database schema is up to date')) managed ??= true
    }
  }
  const concluded = managed !== undefined || Object.values(found).some(names => names.size > 0)
  return concluded ? { ...found, local: undefined, count, managed } : undefined
}
