import { join } from 'node:path'
import { quote } from '../../../src/host/quote.ts'
import type { TestHost } from '../hosts/hosts.ts'
import { PASSWORD } from './database.ts'
import { linesThatWrite } from './folder.ts'
import { must } from './must.ts'

/** Where the application lives on a host: `path` of the runbook's `symlink`. */
export const APP_PATH = '/var/www/fap-api'
export const BACKUPS = '/var/backups/fap-api'
/** The release that was good, and the one that was deployed over it: one migration more, and a bug. */
export const GOOD = '41'
export const BAD = '42'
const FORGOTTEN = 'forgotten-script'

const here = (name: string): string => join(import.meta.dirname, name)

// A value in double quotes, as vlucas/phpdotenv reads it.
const dotenv = (value: string): string => `"${value.replace(/[\\"$]/g, '\\$&')}"`

const environment = (databaseHost: string): string => `\
APP_ENV=production
APP_KEY=base64:${Buffer.from('a key for nothing but these tests').subarray(0, 32).toString('base64')}
DB_HOST=${databaseHost}
DB_DATABASE=fap
DB_USERNAME=fap
DB_PASSWORD=${dotenv(PASSWORD)}
`

// One release as a deploy tool leaves it: shared files by links, its configuration in the cache.
const release = (name: string, backend: string): string => `
mkdir -p ${APP_PATH}/releases/${name}
cd ${APP_PATH}/releases/${name}
${backend}
ln -s ../../../shared/backend/.env backend/.env
ln -s ../../../shared/backend/storage backend/storage
mkdir -p backend/bootstrap/cache
echo ${Buffer.from(name).toString('hex').padEnd(40, 'c')} >REVISION
( cd backend && php artisan --quiet config:cache )
`

/**
 * Lays the application out on a host: `GOOD` and `BAD`, the latter live, with nginx, php-fpm and a queue worker set up
 * and not yet started. What was there before is gone, what Rollbook keeps of its runs included.
 */
export const layApplication = async (host: TestHost, databaseHost: string): Promise<void> => {
  await must(
    host,
    `rm -rf ${APP_PATH} ${BACKUPS} /home/deploy/.rollbook
     install -d -o deploy -g deploy ${APP_PATH} ${BACKUPS}
     ${await linesThatWrite(here('host'), '/etc/fap-api')}
     install -m 0440 /etc/fap-api/sudoers /etc/sudoers.d/fap-api
     install -m 0644 /etc/fap-api/nginx-site.conf /etc/nginx/sites-available/default
     install -m 0644 /etc/fap-api/pool.conf /etc/php/8.4/fpm/pool.d/www.conf
     install -m 0644 /etc/fap-api/fap-worker.service /etc/systemd/system/fap-worker.service`,
  )
  const backend = await linesThatWrite(here('application'), 'backend')
  const next = await linesThatWrite(here('next'), 'backend')
  await must(
    host,
    `cd ${APP_PATH}
     mkdir -p shared/backend/storage/logs shared/backend/storage/framework/cache/data shared/backend/storage/framework/views
     ( umask 077 && printf %s ${quote(environment(databaseHost))} >shared/backend/.env )
     ${release(GOOD, backend)}
     ${release(BAD, backend + next)}
     ln -s releases/${BAD} ${APP_PATH}/current`,
    'deploy',
  )
}

/**
 * Ends what runs from the releases, whatever state it is in. A worker that lost its folder would make one of its own to
 * write its log to.
 */
export const stopServices = async (host: TestHost): Promise<void> => {
  for (const unit of ['fap-worker', 'php8.4-fpm', FORGOTTEN])
    await host.run(`systemctl stop ${unit}; systemctl reset-failed ${unit}`)
}

/** A script that somebody left running from the live release, and that nothing tells to stop. @returns its pid. */
export const startForgotten = async (host: TestHost): Promise<number> => {
  const where = `--property User=deploy --property WorkingDirectory=${APP_PATH}/current/backend`
  await must(host, `systemd-run --quiet --unit ${FORGOTTEN} ${where} php -r 'sleep(300);'`)
  return Number(await must(host, `systemctl show --property MainPID --value ${FORGOTTEN}`))
}

/** Starts anew what serves the application on a host, with whatever release is live; done when it answers. */
export const startServices = async (host: TestHost): Promise<void> => {
  await must(
    host,
    `systemctl daemon-reload
     systemctl restart php8.4-fpm fap-worker
     nginx -t -q
     systemctl reload nginx
     # The reload is done when its signal is sent; the old nginx answers a little longer.
     curl -fsS --retry 50 --retry-all-errors --retry-delay 0 --retry-max-time 20 -o /dev/null http://127.0.0.1/api/healthz`,
  )
}
