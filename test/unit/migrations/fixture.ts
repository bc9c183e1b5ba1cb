import type { MigrationFacts } from '../../../src/migrations/facts.ts'
import { readLaravelFacts } from '../../../src/migrations/laravel-facts.ts'

/** What a host says whose releases 42 (live) and 41 (target) have these migrations; without batches it could not ask. */
export const factsWith = (
  host: string,
  files: Readonly<Partial<Record<'live' | 'target' | 'both' | 'elsewhere', readonly string[]>>>,
  batches?: Readonly<Record<string, number | undefined>>,
  texts: Readonly<Record<string, string>> = {},
): MigrationFacts => {
  const { live = [], target = [], both = [] } = files
  return readLaravelFacts(host, '42', '41', [
    `migrations live ${live.length + both.length} 0`,
    `migrations target ${target.length + both.length} 0`,
    ...Object.entries(files).flatMap(([where, names]) => names.map(name => `migration ${where} ${name}`)),
    ...Object.entries(batches ?? {}).map(
      ([name, batch]) =>
        `migrate-line   ${name} ....... ${batch === undefined ? 'Pending' : `[${batch}] Ran`}`,
    ),
    `migrate-status ${batches === undefined ? '1 HY000 [2002]' : '0 '}`,
    ...Object.entries(texts).map(
      ([name, text]) => `migration-text ${name} ${Buffer.from(text).toString('base64')}`,
    ),
  ])
}
