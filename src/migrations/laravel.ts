import * as v from 'valibot'
import { quote } from '../host/quote.ts'
import { map, textOf } from '../kind/shape.ts'
import { relativePathProblem } from '../runbook/paths.ts'
import type { LaravelMigrations } from '../runbook/runbook.ts'
import { readLaravelFacts } from './laravel-facts.ts'
import { whatUpDid } from './laravel-up.ts'
import type { MigrationTool } from './tool.ts'

const below = v.optional(
  textOf('Expected a path below the release, such as backend/artisan.', relativePathProblem),
)
const schema = map({ artisan: below, directory: below })

/** Migrations of Laravel, in folders with releases. */
export const laravel = {
  schema,
  read({ artisan = 'artisan', directory }: v.InferOutput<typeof schema>): LaravelMigrations {
    return {
      tool: 'laravel',
      artisan,
      directory: directory ?? artisan.replace(/[^/]*$/, 'database/migrations'),
    }
  },
  movedBy: ({ kind, value }) =>
    kind === 'symlink' &&
    typeof value === 'object' &&
    value !== null &&
    'path' in value &&
    typeof value.path === 'string'
      ? value.path
      : undefined,
  unmoved: () =>
    'The migrations of two releases are compared, and nothing here switches between releases. Expected a symlink with path in switch.',
  sides: 'releases',
  side: name => `release ${name}`,
  folder: ({ directory }: LaravelMigrations) => directory,
  question({ artisan, directory }: LaravelMigrations, { path, to }) {
    const { folder, file } = artisanIn(artisan)
    return {
      shell: [new URL('./probe.sh', import.meta.url), new URL('./laravel-probe.sh', import.meta.url)],
      ask: 'probe_laravel',
      about: [path, to, folder, file, directory],
    }
  },
  facts: (host, { from, to }, lines) => readLaravelFacts(host, from, to, lines),
  did: whatUpDid,
  command({ artisan }: LaravelMigrations, path) {
    const { folder, file } = artisanIn(artisan)
    return `cd ${path}/current${folder && `/${folder}`} && php ${file} migrate:status`
  },
  misplaced: () => '`directory`: the path of the migrations below the release',
  forward({ artisan }: LaravelMigrations, path) {
    const { folder, file } = artisanIn(artisan)
    return { in: `${path}/current${folder && `/${folder}`}`, script: scriptFor(path, file) }
  },
} as const satisfies MigrationTool

/** `backend/artisan` is `artisan` in `backend`; the folder is empty at the top of the release. */
function artisanIn(artisan: string): { readonly folder: string; readonly file: string } {
  const at = artisan.lastIndexOf('/')
  return { folder: artisan.slice(0, Math.max(0, at)), file: artisan.slice(at + 1) }
}

/**
 * `start` runs once more on the way back, where the release that was left is live again: whatever it has not applied so
 * far, nobody asked for.
 */
const scriptFor = (path: string, artisan: string): string =>
  [
    `live=$(readlink -f ${quote(`${path}/current`)})`,
    `target=$(readlink -f ${quote(`${path}/releases`)}/"$ROLLBOOK_TO")`,
    'if [ "$live" != "$target" ]; then',
    '  echo "$ROLLBOOK_TO is not live: on the way back no migration is applied."',
    '  exit 0',
    'fi',
    `php ${quote(artisan)} migrate --force --no-interaction`,
    '',
  ].join('\n')
