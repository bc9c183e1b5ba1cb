/** What the file of a backup is called after. */
export interface Stem {
  readonly app: string
  readonly environment: string
  /** Name of the database in the runbook. */
  readonly database: string
  readonly run: string
  /** For a backup of tables alone: the line of its item, which tells it from others of the same run. */
  readonly tablesOf?: number | undefined
}

/** The name of a backup without what its compression adds to it. */
export const stemOf = ({ app, environment, database, run, tablesOf }: Stem): string =>
  [app, environment, database, ...(tablesOf === undefined ? [] : ['tables', tablesOf]), run].join('-')

const BEHIND = /^\.(?:sql(?:\.[a-z0-9]{1,5})?|dump)$/

/** All of a database, or some of its tables. */
export type Part = 'whole' | 'tables'

/**
 * Whether a file has the name that we gave to a backup of this database in this run: of the `whole` of it, or of some
 * `tables`. Undefined for any other name.
 */
export function partOf(file: string, of: Omit<Stem, 'tablesOf'>): Part | undefined {
  const whole = stemOf(of)
  if (file.startsWith(whole) && BEHIND.test(file.slice(whole.length))) return 'whole'
  const before = `${[of.app, of.environment, of.database].join('-')}-tables-`
  if (!file.startsWith(before)) return undefined
  const [, line, rest = ''] = /^(\d{1,9})-(.*)$/s.exec(file.slice(before.length)) ?? []
  return line !== undefined && rest.startsWith(of.run) && BEHIND.test(rest.slice(of.run.length))
    ? 'tables'
    : undefined
}
