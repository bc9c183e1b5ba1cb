import type { Question } from '../engine/greeting.ts'
import type { LaravelMigrations } from '../runbook/runbook.ts'

/** Asks a host about the migrations of what is live below `path` and of the release `to`. Changes nothing. */
export function migrationsQuestion(
  { artisan, directory }: Pick<LaravelMigrations, 'artisan' | 'directory'>,
  path: string,
  to: string,
): Question {
  const { folder, file } = artisanIn(artisan)
  return {
    shell: new URL('./laravel-probe.sh', import.meta.url),
    ask: 'probe_laravel',
    about: [path, to, folder, file, directory],
  }
}

/** `backend/artisan` is `artisan` in `backend`; the folder is empty at the top of the release. */
export function artisanIn(artisan: string): { readonly folder: string; readonly file: string } {
  const at = artisan.lastIndexOf('/')
  return { folder: artisan.slice(0, Math.max(0, at)), file: artisan.slice(at + 1) }
}
