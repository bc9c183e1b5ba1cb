import type { TestHost } from './hosts/hosts.ts'
import { APP_PATH, BAD, GOOD, layApplication, startServices, stopServices } from './laravel/application.ts'
import { type Database, fill, startDatabase } from './laravel/database.ts'
import { must } from './laravel/must.ts'

export { APP_PATH, BACKUPS, startForgotten } from './laravel/application.ts'
export { PASSWORD } from './laravel/database.ts'

/** A Laravel application on several hosts, with one database on the first of them. */
export interface Laravel {
  readonly database: Database
  /**
   * The night that Rollbook is for: release 42 went out a moment ago, its migration is applied, and it does not serve.
   * All that an earlier test made is gone.
   */
  reset(): Promise<void>
}

/** `php artisan …` in the live release of a host, as the deploy user. @throws when artisan fails. */
export const artisan = (host: TestHost, command: string): Promise<string> =>
  must(host, `cd ${APP_PATH}/current/backend && php artisan --no-ansi ${command}`, 'deploy')

/** Starts the database on the first host; the application is there after `reset`. */
export const startLaravel = async (hosts: readonly [TestHost, ...TestHost[]]): Promise<Laravel> => {
  const [first] = hosts
  const database = await startDatabase(first)
  const reset = async (): Promise<void> => {
    await Promise.all(hosts.map(stopServices))
    await database.ask('drop database if exists fap; create database fap')
    await Promise.all(hosts.map(host => layApplication(host, database.addressFor(host))))
    for (const release of [GOOD, BAD])
      await must(
        first,
        `cd ${APP_PATH}/releases/${release}/backend && php artisan migrate --force --quiet`,
        'deploy',
      )
    await fill(database)
    await Promise.all(hosts.map(startServices))
  }
  return { database, reset }
}
