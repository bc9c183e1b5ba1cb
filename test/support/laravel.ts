import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Folder, makeFolder } from './folder.ts'
import type { Machine } from './production.ts'

/** Where the application lies in a release: as in the runbook of examples/runbooks/fap-api.yml. */
export const LARAVEL = { artisan: 'backend/artisan', directory: 'backend/database/migrations' }

/** A folder for PATH with a `php` that prints `~/migrate-status`, exits with `~/migrate-exit`, and notes what ran. */
export const makePhp = async (): Promise<Folder> => {
  const folder = await makeFolder('php')
  const script = `#!/bin/sh
echo "$* in $(cat ../VERSION)" >>"$HOME/artisan"
case $2 in
  migrate:status)
    cat "$HOME/migrate-status"
    exit "$(cat "$HOME/migrate-exit")"
    ;;
  migrate) echo 'INFO  Running migrations.' ;;
esac
`
  await writeFile(join(folder.path, 'php'), script)
  await chmod(join(folder.path, 'php'), 0o755)
  return folder
}

/** What `php artisan migrate:status --no-ansi` of Laravel 9 to 12 prints for migrations and their batches. */
export const statusOf = (batches: Readonly<Record<string, number | undefined>>): string => {
  const row = (name: string, status: string) =>
    `  ${name} ${'.'.repeat(Math.max(0, 74 - name.length - status.length))} ${status}  `
  const rows = Object.entries(batches).map(([name, batch]) =>
    row(name, batch === undefined ? 'Pending' : `[${batch}] Ran`),
  )
  return ['', row('Migration name', 'Batch / Status'), ...rows, '', ''].join('\n')
}

/** Lays migrations into the releases of a machine, and what its database answers. */
export const layMigrations = async (
  { site, ssh }: Machine,
  releases: Readonly<Record<string, Readonly<Record<string, string>>>>,
  status: string,
  exit = 0,
): Promise<void> => {
  for (const [release, files] of Object.entries(releases)) {
    const put = async (path: string, text: string) => {
      const file = join(site.path, 'releases', release, path)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, text)
    }
    await put(LARAVEL.artisan, '#!/usr/bin/env php\n')
    await mkdir(join(site.path, 'releases', release, LARAVEL.directory), { recursive: true })
    for (const [name, text] of Object.entries(files)) await put(`${LARAVEL.directory}/${name}.php`, text)
  }
  await writeFile(join(ssh.home, 'migrate-status'), status)
  await writeFile(join(ssh.home, 'migrate-exit'), String(exit))
}

/** What artisan was asked to do on a machine, and in which release, a line each. */
export const artisanOf = async ({ ssh }: Machine): Promise<readonly string[]> =>
  (await readFile(join(ssh.home, 'artisan'), 'utf8').catch(() => '')).split('\n').filter(line => line !== '')

/** A migration whose `up()` is this. */
export const migration = (up: string): string => `<?php

use Illuminate\\Database\\Migrations\\Migration;
use Illuminate\\Database\\Schema\\Blueprint;
use Illuminate\\Support\\Facades\\Schema;

return new class extends Migration
{
    public function up(): void
    {
        ${up}
    }

    public function down(): void
    {
        Schema::dropIfExists('never_read');
    }
};
`
