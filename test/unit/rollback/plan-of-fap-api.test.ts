import { expect, test } from 'vitest'
import { decide } from '../../../src/rollback/decide.ts'
import { makePlan } from '../../../src/rollback/plan.ts'
import { folder } from '../release/fixture.ts'
import { example } from '../runbook/fixture.ts'
import { factsOf, kindOf, settingOf } from './fixture.ts'

const PATH = '/var/www/fap-api'
const NAMES = '20261118090000 20261119090000 20261120090000*'

/** A host of the set-up that the document describes: Capistrano's way of naming, three releases. */
const hostOf = (name: string) =>
  factsOf(
    name,
    folder(NAMES, {
      path: PATH,
      text: `${PATH}/releases/20261120090000`,
      resolved: `${PATH}/releases/20261120090000`,
      releasesFolder: `${PATH}/releases`,
    }),
  )

const plannedFapApi = () => {
  const setting = settingOf(example('fap-api'))
  const facts = ['web-1', 'web-2'].map(hostOf)
  return makePlan(setting, decide(setting, facts, kindOf), facts, kindOf)
}

test('the backups are made on the host of the database, whole and of some tables', () => {
  const [first, second] = plannedFapApi().hosts.map(({ steps }) =>
    steps.filter(({ phase }) => phase === 'backup'),
  )
  expect(first?.map(({ title, data }) => [title, data.stem, data.tables?.split('\n').length])).toEqual([
    ['back up main (fap)', 'fap-api-production-main-20261120T141058Z-3f9a2c', 1],
    ['back up 5 tables of main', 'fap-api-production-main-tables-26-20261120T141058Z-3f9a2c', 5],
  ])
  expect(second).toEqual([])
})

test('the other parts: the same steps on both hosts, with their data', () => {
  const plan = plannedFapApi()
  expect(plan.hosts.map(({ host }) => host)).toEqual(['web-1', 'web-2'])
  for (const { steps: all, from, to, hosts } of plan.hosts) {
    const steps = all.filter(({ phase }) => phase !== 'backup')
    expect({ from, to, hosts }).toEqual({ from: '20261120090000', to: '20261119090000', hosts: 2 })
    expect(steps.map(({ phase, kind, title }) => [phase, kind, title])).toEqual([
      ['switch', 'symlink', 'switch /var/www/fap-api/current'],
      ['start', 'systemd', 'reload php8.4-fpm'],
      ['start', 'systemd', 'reload nginx'],
      ['start', 'run', 'php artisan optimize:clear …'],
      ['diagnose', 'run', 'php artisan migrate:status --no-ansi'],
      ['diagnose', 'run', 'php artisan queue:failed'],
      ['diagnose', 'tail', `last 200 lines of ${PATH}/current/backend/storage/logs/laravel.log`],
    ])
    const [link, fpm, nginx, artisan, migrations, , log] = steps
    expect(link).toMatchObject({
      timeout: 60,
      data: {
        link: `${PATH}/current`,
        before: `${PATH}/releases/20261120090000`,
        after: `${PATH}/releases/20261119090000`,
        folder: `${PATH}/releases`,
        lacking: '',
      },
    })
    expect(fpm?.data).toMatchObject({ verb: 'reload', unit: 'php8.4-fpm' })
    expect(nginx?.data).toMatchObject({ verb: 'reload', unit: 'nginx' })
    expect(artisan).toMatchObject({
      in: `${PATH}/current/backend`,
      secrets: [],
      position: { file: 'fap-api.yml', line: 32 },
      data: { script: 'php artisan optimize:clear\nphp artisan config:cache\nphp artisan queue:restart\n' },
    })
    expect(migrations).toMatchObject({ in: `${PATH}/current/backend`, timeout: 20 })
    expect(log?.data).toEqual({
      path: `${PATH}/current/backend/storage/logs/laravel.log`,
      lines: '200',
      matching: '',
    })
  }
  expect(plan.hosts[0]?.steps.slice(2)).toEqual(plan.hosts[1]?.steps)
})

test('the http parts are looked at from the runner, once for both hosts', () => {
  expect(plannedFapApi().checks.map(({ title, severity, url }) => [title, severity, url?.href])).toEqual([
    ['GET /api/v0.3/boot', 'fail', 'https://fap.example.com/api/v0.3/boot'],
    ['any of: GET /healthz, GET /api/healthz', 'fail', undefined],
  ])
})
