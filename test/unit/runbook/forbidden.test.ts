import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { forbiddenIn } from '../../../src/runbook/forbidden.ts'
import { load, refusal, runbook } from './fixture.ts'

test.each([
  ['php artisan migrate:rollback --force', 'migrate:rollback', 1],
  ['php artisan migrate:fresh', 'migrate:fresh', 1],
  ['cd /srv\nphp  artisan\t migrate:reset', 'migrate:reset', 2],
  ['php artisan migrate:refresh --seed', 'migrate:refresh', 1],
  ['php artisan db:wipe', 'db:wipe', 1],
  ['php artisan "migrate:fresh"', 'migrate:fresh', 1],
  ["php artisan 'migrate':fresh", 'migrate:fresh', 1],
  ['php artisan migr\\ate:fresh', 'migrate:fresh', 1],
  ['php artisan migrate:\\\nfresh', 'migrate:fresh', 1],
  ['true\nphp artisan \\\n  migrate:fresh', 'migrate:fresh', 2],
  ["sh -c 'php artisan migrate:fresh # quoted'", 'migrate:fresh', 1],
  ['docker compose exec app php artisan migrate:fresh;', 'migrate:fresh', 1],
  ['true || php artisan migrate:rollback&', 'migrate:rollback', 1],
  ['echo "$(php artisan migrate:reset)"', 'migrate:reset', 1],
  ['PHP ARTISAN MIGRATE:FRESH', 'migrate:fresh', 1],
  ['php artisan tinker --execute=\'Artisan::call("migrate:fresh")\'', 'migrate:fresh', 1],
  ['npx prisma migrate reset --force', 'prisma migrate reset', 1],
  ['npm ci\nnpx prisma@6.19 migrate reset', 'prisma migrate reset', 2],
  ['docker compose exec -T backend npx prisma --schema=a migrate --force reset', 'prisma migrate reset', 1],
  ['./node_modules/.bin/prisma db push --accept-data-loss', 'prisma db push --accept-data-loss', 1],
  ['pnpm exec prisma db push --force-reset && true', 'prisma db push --force-reset', 1],
  ['npx prisma migrate \\\n  reset', 'prisma migrate reset', 1],
  ['echo "$(prisma migrate reset)"', 'prisma migrate reset', 1],
  // Artisan takes a beginning for the whole
  ['php artisan migrate:roll', 'migrate:rollback', 1],
  ['php artisan mig:fr', 'migrate:fresh', 1],
  ['php artisan db:w', 'db:wipe', 1],
  ['# harmless\nphp artisan migrate --force # not here\nphp artisan migrate:fresh', 'migrate:fresh', 3],
])('%j is found', (script, command, line) => {
  expect(forbiddenIn(script)).toEqual({ command, line })
})

test.each([
  'php artisan migrate --force',
  'php artisan migrate:status --no-ansi\nphp artisan migrate:install',
  '# never run php artisan migrate:fresh here',
  'true # php artisan migrate:rollback --force',
  '\n  # php artisan migrate:fresh\nphp artisan queue:restart',
  'php artisan db:seed; php artisan db:show',
  'php artisan optimize:clear && php artisan route:list',
  'docker run registry.example.com/app-migrate:fresh-1',
  'npx prisma migrate deploy && npx prisma migrate status',
  'npx prisma migrate resolve --rolled-back 20250101000000_reset',
  'npx prisma db push; npx prisma db seed',
  'npx prisma generate; echo migrate reset',
  'ls prisma/migrations; git reset --hard',
  'echo db push --accept-data-loss # prisma migrate reset',
  'echo migrate fresh; rsync web:wiped /srv',
  'curl http://localhost/#migrate',
])('%j is let through', script => {
  expect(forbiddenIn(script)).toBeUndefined()
})

test('whatever the script, it is read without an error, and in time', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), script => void forbiddenIn(script)))
  for (const piece of ['a:', 'migrate:', '\\\n', '\'"', '# ', '((']) forbiddenIn(piece.repeat(30_000))
})

describe('anywhere in a runbook', () => {
  const WORDS = 'which drops tables or columns with the data in them'
  test.each([
    [
      'switch',
      runbook().replace(
        '- symlink: { path: /var/www/shop }',
        '- run: ./flip\n        undo: php artisan migrate:rollback',
      ),
      'switch[0].undo',
    ],
    [
      'start',
      runbook('start:\n  - run: |\n      php artisan config:cache\n      php artisan migrate:fresh'),
      'start[0].run',
    ],
    ['verify', runbook('verify:\n  - any: [ { run: php artisan migrate:refresh } ]'), 'any[0].run'],
    ['diagnose', runbook('diagnose:\n  - run: php artisan migrate:reset'), 'diagnose[0].run'],
    [
      'a list of checks',
      runbook('', 'checks: { fine: [ { run: php artisan db:wipe } ] }'),
      'checks.fine[0].run',
    ],
    [
      'a drill',
      runbook('', 'drills: { monthly: [ { rollback: release, break: php artisan migrate:rollback } ] }'),
      'monthly[0].break',
    ],
  ])('in %s', (_, text, field) => {
    const { problems } = refusal(text)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatchObject({
      field: expect.stringContaining(field),
      message: expect.stringContaining(WORDS),
    })
  })

  test('the command and its line in the script are named', () => {
    const text = runbook(
      'start:\n  - run: |\n      php artisan config:cache\n      php artisan migrate:fresh',
    )
    expect(refusal(text).message).toContain('It runs `migrate:fresh` (line 2 of the script)')
  })

  test('a comment may name it, and so may a title', () => {
    expect(
      load(runbook('start:\n  - run: "true # never migrate:fresh"\n    as: instead of migrate:fresh')),
    ).toBeTruthy()
  })
})
