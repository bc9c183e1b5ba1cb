import { describe, expect, test } from 'vitest'
import type { MigrationFacts } from '../../../src/migrations/laravel-facts.ts'
import type { RunReport } from '../../../src/outcome.ts'
import { Refusal } from '../../../src/refusal.ts'
import { guardMigrations } from '../../../src/rollback/guard-migrations.ts'
import type { LaravelMigrations } from '../../../src/runbook/runbook.ts'
import { factsWith } from '../migrations/fixture.ts'
import { chronicleOf, runbookOf, settingOf } from './fixture.ts'

const OF: LaravelMigrations = {
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
  of: Partial<LaravelMigrations> = {},
  confirm?: string,
): Guarded => {
  const setting = settingOf(runbookOf({}), { confirm })
  const chronicle = chronicleOf(setting)
  const end = (refusal?: Refusal) => ({ refusal, report: chronicle.close('planned') })
  try {
    guardMigrations(setting, [{ of: { ...OF, ...of }, facts }], chronicle)
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

test('without migrations, and without hosts that switch, nothing is said', () => {
  expect(checklistOf(guarded([]))).toEqual([])
})
