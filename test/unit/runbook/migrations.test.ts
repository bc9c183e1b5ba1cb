import { expect, test } from 'vitest'
import { load, refusal, runbook } from './fixture.ts'

const ofRelease = (rollback: string, top = '') => load(runbook(rollback, top)).rollbacks.release?.migrations

test('migrations of Laravel, as the document has them', () => {
  expect(
    ofRelease(
      'migrations:\n  laravel: { artisan: backend/artisan, directory: backend/database/migrations }\n  unknown-to-target: warn\n  forward: true',
    ),
  ).toEqual([
    {
      tool: 'laravel',
      artisan: 'backend/artisan',
      directory: 'backend/database/migrations',
      unknownToTarget: 'warn',
      forward: true,
      paths: ['/var/www/shop'],
      position: { file: '.github/rollbook.yml', line: 10, column: 5 },
    },
  ])
})

test('without more, artisan is at the top, its migrations where Laravel has them, and what is unknown is refused', () => {
  expect(ofRelease('migrations: { laravel: {} }')).toMatchObject([
    { artisan: 'artisan', directory: 'database/migrations', unknownToTarget: 'refuse', forward: false },
  ])
  expect(ofRelease('migrations: { laravel: { artisan: backend/artisan } }')).toMatchObject([
    { directory: 'backend/database/migrations' },
  ])
  expect(ofRelease('rto: 5m')).toEqual([])
})

const INCLUDED = `
  database:
    migrations: { laravel: {}, unknown-to-target: warn }
    switch: [ { symlink: { path: /var/www/shop } } ]
  strict:
    migrations: { laravel: {}, forward: true }
    switch: [ { symlink: { path: /var/www/shop } } ]
  admin:
    migrations: { laravel: { artisan: admin/artisan } }
    switch: [ { symlink: { path: /var/www/admin } } ]
  all: { include: [database, strict, admin] }
  wrapped: { include: [database], migrations: { laravel: {} } }`

test('what is included brings its migrations along, each for its own folder; the stricter word counts', () => {
  const { rollbacks } = load(runbook('', INCLUDED))
  expect(rollbacks.all?.migrations).toMatchObject([
    { artisan: 'artisan', unknownToTarget: 'refuse', forward: true, paths: ['/var/www/shop'] },
    { artisan: 'admin/artisan', unknownToTarget: 'refuse', forward: false, paths: ['/var/www/admin'] },
  ])
  expect(rollbacks.wrapped?.migrations).toMatchObject([
    { unknownToTarget: 'refuse', paths: ['/var/www/shop'] },
  ])
  expect(rollbacks.database?.migrations).toMatchObject([{ unknownToTarget: 'warn' }])
})

test.each([
  ['migrations: { laravel: {}, prisma: { in: /srv/app } }', 'Expected either laravel or prisma.'],
  ['migrations: { unknown-to-target: warn }', 'Expected either laravel or prisma.'],
  [
    'migrations: { prisma: { in: /srv/app }, forward: true }',
    'Only the migrations of laravel can be run forward.',
  ],
  ['migrations: { prisma: {} }', 'prisma.in: This key is missing'],
  ['migrations: { prisma: { in: srv/app } }', 'Expected an absolute path'],
  ['migrations: { prisma: { in: /srv/app, directory: /migrations } }', 'without / at its start'],
  ['migrations: { prisma: { in: /srv/app, through: { compose: /srv/app } } }', 'This key is missing'],
  ['migrations: { prisma: { in: /var/www/shop } }', 'moves the checkout that /var/www/shop lies in'],
  ['migrations: { laravel: { artisan: /srv/artisan } }', 'without / at its start'],
  ['migrations: { laravel: { directory: ../migrations } }', 'can lead anywhere'],
  ['migrations: { laravel: { directory: $APP/migrations } }', 'Variables are not expanded'],
  ['migrations: { laravel: { folder: database } }', 'Unknown key. Known here: artisan, directory'],
  ['migrations: { laravel: true }', 'Expected a map with artisan, directory'],
  ['migrations: { laravel: {}, forward: yes please }', 'Expected true or false'],
  ['migrations: { laravel: {}, unknown-to-target: ignore }', 'Expected refuse or warn.'],
])('%s is refused', (rollback, words) => {
  expect(refusal(runbook(rollback)).message).toContain(words)
})

test('a rollback that switches between no releases has no migrations to compare, nor a place to run them', () => {
  const only = runbook('migrations: { laravel: {}, forward: true }').replace(
    '- symlink: { path: /var/www/shop }',
    '- symlink: { link: /srv/up.conf, choices: { a: /srv/a.conf, b: /srv/b.conf } }',
  )
  expect(refusal(only).problems).toMatchObject([
    {
      field: 'rollbacks.release.migrations',
      position: { line: 10 },
      message: expect.stringContaining('symlink with path'),
    },
  ])
  const misread = only.replace('/srv/up.conf', 'srv/up.conf')
  expect(refusal(misread).message).not.toContain('symlink with path')
})

const GIT = (rollback: string, path = '/srv/app') =>
  runbook(rollback).replace('symlink: { path: /var/www/shop }', `git: { path: ${path} }`)

test('migrations of Prisma lie in the checkout that git moves', () => {
  const [of] =
    load(
      GIT(
        'migrations:\n  prisma: { in: /srv/app/backend, through: { compose: /srv/app, service: backend } }\n  unknown-to-target: warn',
      ),
    ).rollbacks.release?.migrations ?? []
  expect(of).toEqual({
    tool: 'prisma',
    in: '/srv/app/backend',
    directory: 'prisma/migrations',
    through: { compose: '/srv/app', service: 'backend' },
    unknownToTarget: 'warn',
    forward: false,
    paths: ['/srv/app'],
    position: { file: '.github/rollbook.yml', line: 10, column: 5 },
  })
  expect(load(GIT('migrations: { prisma: { in: /srv/app } }')).rollbacks.release?.migrations).toMatchObject([
    { paths: ['/srv/app'], unknownToTarget: 'refuse' },
  ])
})

test('another checkout that only begins with the same letters is not the one', () => {
  expect(refusal(GIT('migrations: { prisma: { in: /srv/app-2/backend } }')).problems).toMatchObject([
    { field: 'rollbacks.release.migrations', message: expect.stringContaining('Expected git with its path') },
  ])
})
