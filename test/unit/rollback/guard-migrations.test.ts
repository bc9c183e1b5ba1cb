import { describe, expect, test } from 'vitest'
import type { MigrationFacts } from '../../../src/migrations/facts.ts'
import { readPrismaFacts } from '../../../src/migrations/prisma-facts.ts'
import type { RunReport } from '../../../src/outcome.ts'
import { Refusal } from '../../../src/refusal.ts'
import { summaryMarkdown } from '../../../src/report/summary.ts'
import { guardMigrations } from '../../../src/rollback/guard-migrations.ts'
import type { Migrations } from '../../../src/runbook/runbook.ts'
import { stories } from '../../support/report-stories.ts'
import { factsWith } from '../migrations/fixture.ts'
import { chronicleOf, runbookOf, settingOf } from './fixture.ts'

const OF: Migrations = {
  tool: 'laravel',
  artisan: 'backend/artisan',
  directory: 'backend/database/migrations',
  unknownToTarget: 'refuse',
  forward: false,
  paths: ['/srv/app'],
  position: { file: 'rollbook.yml', line: 21, column: 5 },
}

interface Guarded {
  readonly refusal: Refusal | undefined
  readonly report: RunReport
}

const guarded = (
  facts: readonly MigrationFacts[],
  of: Partial<Migrations> = {},
  confirm?: string,
  between?: readonly string[],
): Guarded => {
  const setting = settingOf(runbookOf({}), { confirm })
  const chronicle = chronicleOf(setting)
  const end = (refusal?: Refusal) => ({ refusal, report: chronicle.close('planned') })
  try {
    guardMigrations(setting, [{ of: { ...OF, ...of } as Migrations, facts }], chronicle, between)
    return end()
  } catch (error) {
    if (error instanceof Refusal) return end(error)
    throw error
  }
}
const checklistOf = ({ report }: Guarded) => (report.checklist ?? []).map(({ said }) => said)

const NEWER = factsWith(
  'web-1',
  { live: ['1_a', '2_b'], both: ['0_x'] },
  { '0_x': 1, '1_a': 6, '2_b': 7 },
  {
    '1_a': "<?php function up() { Schema::drop('a'); }",
  },
)

describe('migrations that the target does not know', () => {
  test('refuse by themselves, with a table, and with what to do', () => {
    const { refusal, report } = guarded([NEWER])
    expect(refusal).toMatchObject({
      code: 'RB-MIGRATIONS-UNKNOWN',
      message:
        'Release 41 does not know 2 migrations that the database has applied: it would run against a newer schema. Nothing was changed.',
      table: {
        head: ['migration', 'batch', 'what it did'],
        rows: [
          ['`1_a`', '6', 'drops table `a`'],
          ['`2_b`', '7', 'look at the file'],
        ],
      },
    })
    expect(refusal?.remedy).toHaveLength(3)
    expect(refusal?.remedy[0]).toContain('`confirm: run anyway`')
    expect(refusal?.remedy.join(' ')).toContain('Rollbook never takes migrations back')
    expect(report.warnings).toEqual([])
  })

  test('ask for a phrase of their own, and the checklist says whether it was given', () => {
    expect(checklistOf(guarded([NEWER]))).toContain(
      'what is said of the migrations asks for `run anyway`, which was not given',
    )
    expect(checklistOf(guarded([NEWER], {}, 'run anyway'))).toContain(
      'what is said of the migrations asks for `run anyway`, which was given',
    )
    const fine = factsWith('web-1', { both: ['0_x'] }, { '0_x': 1 })
    expect(checklistOf(guarded([fine])).join(' ')).not.toContain('run anyway')
  })

  test('name another target only where one is newer', () => {
    const remedyFor = (between?: readonly string[]) =>
      guarded([NEWER], {}, undefined, between).refusal?.remedy.join(' ')
    expect(remedyFor([])).not.toContain('`target')
    expect(remedyFor(['44', '43'])).toContain('`target: 44` or `target: 43` is newer and may.')
    expect(remedyFor()).toContain('Or give a `target` that knows them.')
  })

  test('the phrase is added to those that were given', () => {
    const { refusal } = guarded([NEWER], {}, 'production')
    expect(refusal?.remedy[0]).toContain('`confirm: production, run anyway`')
  })

  test('are warned of, one by one, when somebody goes on anyway, or the runbook says so', () => {
    for (const [of, confirm] of [
      [{}, 'production, run anyway'],
      [{ unknownToTarget: 'warn' as const }, undefined],
    ] as const) {
      const { refusal, report } = guarded([NEWER], of, confirm)
      expect(refusal).toBeUndefined()
      expect(report.warnings).toHaveLength(3)
      expect(report.warnings[0]).toContain(confirm ? '`confirm: run anyway`' : '`unknown-to-target: warn`')
      expect(report.warnings[0]).not.toContain('Nothing was changed')
      expect(report.warnings[1]).toBe('Not known to release 41: `1_a` (batch 6): drops table `a`')
      // Whoever approves the plan sees them in front of everything that it would do.
      const page = summaryMarkdown({ ...stories.planned, ...report, checklist: report.checklist ?? [] })
      expect(page).toContain('| `1_a` | 6 | drops table `a` |')
      expect(page.indexOf('| `1_a` |')).toBeLessThan(page.indexOf('### Pre-flight checklist'))
    }
  })

  test('count as applied when no database says otherwise, and how to ask it is told', () => {
    const { refusal } = guarded([factsWith('web-1', { live: ['1_a'], both: ['0_x'] })])
    expect(refusal?.message).toContain('They count as applied')
    expect(refusal?.remedy[0]).toContain('on web-1')
    expect(refusal?.remedy[0]).toContain('`cd /srv/app/current/backend && php artisan migrate:status`')
  })

  test('hosts that lack different ones are told apart', () => {
    const { refusal } = guarded([
      NEWER,
      factsWith('web-2', { live: ['2_b'], both: ['0_x', '1_a'] }, { '0_x': 1, '1_a': 6, '2_b': 7 }),
    ])
    expect(refusal?.table?.head).toEqual(['migration', 'hosts', 'batch', 'what it did'])
    expect(refusal?.table?.rows.map(row => row[1])).toEqual(['web-1', 'web-1 and web-2'])
  })
})

test('all is well: one line for all hosts says so', () => {
  const fine = (host: string) => factsWith(host, { both: ['0_x', '1_a'] }, { '0_x': 1, '1_a': 2 })
  const result = guarded([fine('web-1'), fine('web-2')])
  expect(result.refusal).toBeUndefined()
  expect(checklistOf(result)).toEqual([
    'release 41 knows all that the database has applied (release 42 has 2 migrations, release 41 has 2)',
  ])
  expect(result.report.warnings).toEqual([])
})

test('what only the target has, and what was never applied, is told; forward says what becomes of it', () => {
  const facts = factsWith(
    'web-1',
    { target: ['9_z'], both: ['1_a'], live: ['2_b'] },
    { '1_a': undefined, '2_b': undefined },
  )
  expect(checklistOf(guarded([facts])).slice(1)).toEqual([
    'release 41 lacks 1 migration that the database has never applied',
    'release 41 has 1 migration that release 42 lacks',
    'both releases have 1 migration that the database has not applied',
  ])
  expect(checklistOf(guarded([facts], { forward: true })).slice(2)).toEqual([
    'release 41 has 1 migration that release 42 lacks; `forward` applies what the database lacks',
    'both releases have 1 migration that the database has not applied; `forward` applies them',
  ])
})

test('a host that could not ask says so, and goes by the others', () => {
  const result = guarded([
    factsWith('web-1', { both: ['1_a'] }, { '1_a': 1 }),
    factsWith('worker', { both: ['1_a'] }),
  ])
  expect(checklistOf(result)).toEqual([
    'web-1: release 41 knows all that the database has applied (release 42 has 1 migration, release 41 has 1)',
    expect.stringMatching(
      /^worker: the database could not be asked from there .*; by what web-1 heard of it, release 41 knows all/,
    ),
  ])
})

test('a folder that is not there is no reason to believe that all is well', () => {
  const blind = { ...factsWith('web-1', {}), fromCount: undefined }
  expect(guarded([blind]).refusal).toMatchObject({
    code: 'RB-MIGRATIONS-NOT-FOUND',
    message: expect.stringContaining('no folder `backend/database/migrations` in release 42 on web-1'),
    remedy: [expect.stringContaining('rollbook.yml:21:5'), expect.any(String)],
  })
  expect(guarded([blind], {}, 'run anyway').report.warnings).toHaveLength(1)
})

test('what was not compared may hide one that the target does not know', () => {
  const files = { both: ['0_x'] }
  const doubtful: MigrationFacts = {
    ...factsWith('web-1', files, { '0_x': 1 }),
    uncompared: ['`1_a (copy)` has a name that no migration should have'],
  }
  const { refusal } = guarded([doubtful])
  expect(refusal).toMatchObject({
    code: 'RB-MIGRATIONS-NOT-COMPARED',
    message: expect.stringContaining('web-1: `1_a (copy)` has a name that no migration should have'),
    remedy: [expect.stringContaining('migrate:status'), expect.stringContaining('run anyway')],
  })
  expect(guarded([doubtful], {}, 'run anyway').report.warnings).toEqual([
    expect.stringContaining('`1_a (copy)` has a name that no migration should have'),
  ])
  // What is known to be lacking comes first, and neither is lost when somebody goes on.
  const both = [doubtful, NEWER]
  expect(guarded(both).refusal?.code).toBe('RB-MIGRATIONS-UNKNOWN')
  expect(guarded(both, {}, 'run anyway').report.warnings.join(' ')).toContain('Not all migrations could be')
})

test('without migrations, and without hosts that switch, nothing is said', () => {
  expect(checklistOf(guarded([]))).toEqual([])
})

describe('migrations of Prisma, between two commits', () => {
  const [FROM, TO] = ['f'.repeat(40), 'a'.repeat(40)]
  const PRISMA: Migrations = {
    tool: 'prisma',
    in: '/srv/app/backend',
    directory: 'prisma/migrations',
    through: { compose: '/srv/app', service: 'backend' },
    unknownToTarget: 'refuse',
    forward: false,
    paths: ['/srv/app'],
    position: { file: 'rollbook.yml', line: 21, column: 5 },
  }
  const FILES = [
    'migrations live 3 0',
    'migrations target 1 0',
    'migration both 1_a',
    'migration live 2_b',
    'migration live 3_c',
  ]
  const LATEST = ['1_a', '2_b', '3_c'].map(name => `migration latest ${name}`)
  const told = (...words: string[]) =>
    readPrismaFacts('app', FROM, TO, [
      ...FILES,
      ...LATEST,
      ...['hasMigrationsTable:', 'true', ...words, 'migrations:', '1_a', '2_b', '3_c'].map(
        word => `prisma-said ${word}`,
      ),
      'prisma-status 1 ',
      `migration-text 2_b ${Buffer.from('DROP TABLE "Old";').toString('base64')}`,
    ])
  const guardedPrisma = (facts: readonly MigrationFacts[], more: Partial<Migrations> = {}) =>
    guarded(facts, { ...PRISMA, ...more } as Migrations)

  test('are refused with what they did, and those that failed are told apart', () => {
    const { refusal } = guardedPrisma([told('failedMigrationNames:', '3_c')])
    expect(refusal).toMatchObject({
      code: 'RB-MIGRATIONS-UNKNOWN',
      message:
        'Commit aaaaaaa does not know 2 migrations that the database has applied: it would run against a newer schema. Nothing was changed.',
      table: {
        head: ['migration', 'failed', 'what it did'],
        rows: [
          ['`2_b`', 'no', 'drops table `Old`'],
          ['`3_c`', 'in the middle', 'look at the file'],
        ],
      },
    })
    expect(refusal?.remedy.join(' ')).toContain('Or leave commit fffffff live')
  })

  test('with `warn` it goes on, and the last migrations stand in the checklist', () => {
    const { refusal, report } = guardedPrisma([told()], { unknownToTarget: 'warn' })
    expect(refusal).toBeUndefined()
    expect(report.warnings).toEqual([
      'Commit aaaaaaa does not know 2 migrations that the database has applied: it would run against a newer schema. It goes on because of the runbook: `unknown-to-target: warn`.',
      'Not known to commit aaaaaaa: `2_b`: drops table `Old`',
      'Not known to commit aaaaaaa: `3_c`: look at the file',
    ])
    expect(report.checklist).toContainEqual({
      what: 'migrations',
      said: 'the last migrations of commit fffffff',
      items: ['`1_a`', '`2_b`', '`3_c`'],
    })
  })

  test('one that failed, and that the target has, too, is told', () => {
    const facts = readPrismaFacts('app', FROM, TO, [
      'migrations live 1 0',
      'migrations target 1 0',
      'migration both 1_a',
      ...['hasMigrationsTable:', 'true', 'failedMigrationNames:', '1_a'].map(word => `prisma-said ${word}`),
      'prisma-status 1 ',
    ])
    const result = guardedPrisma([facts])
    expect(result.refusal).toBeUndefined()
    expect(checklistOf(result)).toContain(
      'the database says that 1 migration of commit aaaaaaa failed: some of it may be there',
    )
  })

  test('a database that could not be asked: the command asks it where the runbook does', () => {
    const facts = readPrismaFacts('app', FROM, TO, [...FILES, 'prisma-status 1 stopped'])
    const { refusal } = guardedPrisma([facts])
    expect(refusal?.message).toContain(
      'could not be asked whether it has applied them (the service does not run)',
    )
    expect(refusal?.remedy[0]).toContain(
      '`cd /srv/app && docker compose exec -T backend npx prisma migrate status`',
    )
  })

  test('a folder that is not there names what to correct', () => {
    const facts = readPrismaFacts('app', FROM, TO, ['migrations live none', 'migrations target none'])
    expect(guardedPrisma([facts]).refusal).toMatchObject({
      code: 'RB-MIGRATIONS-NOT-FOUND',
      message: expect.stringContaining(
        'no folder `/srv/app/backend/prisma/migrations` in commit fffffff on app',
      ),
      remedy: [expect.stringContaining('rollbook.yml:21:5, `in` and `directory`'), expect.any(String)],
    })
  })
})
