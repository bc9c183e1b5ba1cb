import { quote } from '../../src/host/quote.ts'
import type { TestHost } from './hosts/hosts.ts'

/** Where the application lives on a host; what `path` of the action points at. */
export const APP_PATH = '/srv/app'

export interface AppState {
  /** Names of the folders in `releases/`, oldest first; each is deployed a day after the one before. */
  readonly releases: readonly string[]
  readonly live: string
  /** These answer 500 at /healthz, and `"ok": false` at /version.json. */
  readonly broken: readonly string[]
}

/** The night that Rollbook is for: the third deploy went out, and it does not serve. */
export const BAD_DEPLOY: AppState = { releases: ['1', '2', '3'], live: '3', broken: ['3'] }

/** The commit that a release was built from: 40 digits, the same on every host. */
export const revisionOf = (release: string): string => Buffer.from(release).toString('hex').padEnd(40, 'c')

// Runs as deploy, as a deploy tool would, so that every file has the owner it has in production.
// Arguments: the live release, then name, revision and `broken` or `sound` of each release, oldest first.
const LAY = `
set -eu
cd ${APP_PATH}/releases
rm -rf ./*
live=$1
shift
day=1
while [ $# -gt 0 ]; do
  mkdir -p "$1/public"
  ok=true
  if [ "$3" = broken ]; then ok=false; : >"$1/public/broken"; fi
  printf '<!doctype html><title>Demo</title><h1>Release %s</h1>\\n' "$1" >"$1/public/index.html"
  printf '{"release":"%s","ok":%s}\\n' "$1" "$ok" >"$1/public/version.json"
  echo ok >"$1/public/healthz"
  echo "$2" >"$1/REVISION"
  touch -d "2026-01-0$day 12:00" "$1"
  day=$((day + 1))
  shift 3
done
ln -sfn "releases/$live" ../current
`

/**
 * Lays a web application out on a host as a deploy tool does: releases, `current` and the service `demo-app`,
 * which keeps what it read until it is reloaded and shows it at `/app/version.json`. nginx serves `current/public`. What was laid out before is gone.
 * @throws when the host refuses any of it.
 */
export const layApplication = async (host: TestHost, state: AppState = BAD_DEPLOY): Promise<void> => {
  const rows = state.releases.flatMap(release => [
    release,
    revisionOf(release),
    state.broken.includes(release) ? 'broken' : 'sound',
  ])
  const laid = await host.run(`set -- ${[state.live, ...rows].map(quote).join(' ')}\n${LAY}`, 'deploy')
  if (laid.code !== 0) throw new Error(`${host.name}: the application could not be laid out: ${laid.stderr}`)
  // Tests begin faster one after the other than systemd lets a service start.
  const started = await host.run(
    'systemctl enable --quiet demo-app && systemctl reset-failed demo-app && systemctl restart demo-app',
  )
  if (started.code !== 0) throw new Error(`${host.name}: demo-app did not start: ${started.stderr}`)
}
