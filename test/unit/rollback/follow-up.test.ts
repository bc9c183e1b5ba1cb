import { describe, expect, test } from 'vitest'
import { git } from '../../../src/component/git.ts'
import { restore } from '../../../src/component/restore.ts'
import type { RunReport } from '../../../src/outcome.ts'
import { plainLog } from '../../../src/report/log.ts'
import { Masker } from '../../../src/report/mask.ts'
import { followUpLines } from '../../../src/report/plain-lines.ts'
import { watchLong } from '../../../src/report/still-running.ts'
import { followUpOf } from '../../../src/rollback/follow-up.ts'
import { openStepNotes } from '../../../src/rollback/step-notes.ts'
import { stories } from '../../support/report-stories.ts'
import { backup, check, report } from '../../support/reports.ts'

const open = (of: RunReport, kept: readonly string[] = []) =>
  followUpOf(of, kept).flatMap(({ text, done }) => (done ? [] : [text]))
const done = (of: RunReport) => followUpOf(of, []).flatMap(({ text, done: is }) => (is ? [text] : []))

describe('after a rollback', () => {
  test('see that it works, find out why, mend it, tidy up: in this order, with what the run knows ticked off', () => {
    const all = followUpOf(stories.rolledBack, ['Old database `shop_before_1` is kept.'])
    expect(all.map(({ done: is }) => is)).toEqual([true, false, false, false, true, false, false])
    expect(all.map(({ text }) => text.split(/[.:]/)[0])).toEqual([
      '6 of 6 checks pass',
      'See for yourself that it works',
      'Find out why `42` did not serve, and write the causes into the report, which is begun',
      'Prepare the fix and deploy it as a new release',
      '1 backup made and read back',
      'Old database `shop_before_1` is kept',
      'When it has been stable for a while, tidy up',
    ])
    expect(all[3]?.text).toContain(
      'Deploys of `42` are on hold; when that may go: `operation: record` with `state: free`, `target: 42` and a reason.',
    )
  })

  test('nothing is ticked off that the run did not see', () => {
    expect(open(report({ checks: [] }))[0]).toContain('Nothing was looked at by this run')
    const warned = report({ checks: [check('a'), check('b', { status: 'warned' })] })
    expect(open(warned)[0]).toBe('1 of 2 checks pass. Look at what the others say.')
    expect(open(report({ backups: [backup(), backup({ verified: false })] }))).toContain(
      '2 backups made, 1 of them not read back: try those before you rely on them.',
    )
    expect(open(report({}, ['hold']))).toContain('Prepare the fix and deploy it as a new release.')
    expect(open(report({ hold: { release: '*' } })).join()).toContain('Every deploy is on hold')
  })

  test('that was put back: what was wrong still is, and the target is what has to be looked into', () => {
    expect(done(stories.restored)[0]).toBe('The hosts are back on `42`.')
    expect(open(stories.restored)[0]).toContain('What was wrong before is still wrong')
    expect(open(stories.restored)[1]).toContain('Find out why `41` did not serve, with the diagnosis')
    expect(open(stories.restored).join()).not.toContain('tidy up')
  })

  test('that needs its operator: order first', () => {
    expect(open(stories.needsOperator)[0]).toContain('give the lock back')
  })

  test('there is nothing to follow where nothing was rolled back', () => {
    for (const story of ['refused', 'unchanged', 'planned', 'clear', 'unknown'] as const)
      expect(followUpOf(stories[story], ['x'])).toEqual([])
  })
})

describe('what a step leaves', () => {
  const left = { run: 'R', stateFolder: '/home/deploy/.rollbook/shop/production', ended: 'there' } as const
  const data = { path: '/opt/app', before: '9f2c1e7aa01b', after: 'c07a44b', stash: '' }

  test('a checkout: its tag, and what was put aside', () => {
    expect(git.onHost.followUps(data, left)).toEqual([
      'The tag `rollbook/R` in `/opt/app` stands on 9f2c1e7, which was left. When it is needed no more: `git -C /opt/app tag -d rollbook/R`, or leave it to `operation: prune`.',
    ])
    expect(git.onHost.followUps({ ...data, stash: 'yes' }, left)[1]).toContain('git -C /opt/app stash list')
  })

  test('restored files: where the copies are', () => {
    expect(restore.onHost.followUps({ paths: '/opt/app/.env' }, left).join()).toContain(
      '`/home/deploy/.rollbook/shop/production/runs/R/kept`',
    )
  })

  test('nothing, where the run went back', () => {
    const back = { ...left, ended: 'back' } as const
    expect([...git.onHost.followUps(data, back), ...restore.onHost.followUps({ paths: '/a' }, back)]).toEqual(
      [],
    )
  })
})

describe('what a step of ours says while it runs', () => {
  const swap = {
    number: 3,
    phase: 'switch',
    title: 'restore',
    severity: 'fail',
    data: { system: 'postgres' },
  } as const
  const script = { ...swap, number: 4, data: {} }
  const told = 'The database that was live before is kept as `shop_before_r`.'
  const openNotes = () => {
    const silent = new Masker()
    const log = plainLog({ write() {} }, silent)
    return openStepNotes(
      log,
      () => 0,
      watchLong(log, () => 0),
      () => {},
    )
  }

  test('is left to people, unless it was taken back since: then what the way back says counts', () => {
    const notes = openNotes()
    notes.began('app', swap, 'do')
    notes.output('app', swap, 'do', `follow-up: ${told}`)
    notes.ended('app', swap, 'do', 0, 1)
    expect(notes.followUps()).toEqual([{ host: 'app', text: told }])
    notes.began('app', swap, 'undo')
    expect(notes.followUps()).toEqual([])
    notes.output('app', swap, 'undo', 'follow-up: What was restored is kept.')
    expect(notes.followUps()).toEqual([{ host: 'app', text: 'What was restored is kept.' }])
  })

  test('and a script of the runbook says nothing in our name', () => {
    const notes = openNotes()
    notes.began('app', script, 'do')
    notes.output('app', script, 'do', `follow-up: ${told}`)
    expect(notes.followUps()).toEqual([])
  })

  test('stands after an undo, too, where it alone is left', () => {
    expect(followUpOf(stories.undone, [told])).toEqual([{ text: told, done: false }])
  })
})

test('a terminal is told what is open, in short, and nothing that is done', () => {
  expect(followUpLines(report({ followUp: [] }))).toEqual([])
  expect(followUpLines(stories.rolledBack)).toEqual([
    'Afterwards:',
    '  [ ] Tell the channel that 41 is live again.',
  ])
  const many = Array.from({ length: 30 }, (_, at) => ({ text: `\u001b[31m${at}\nx`, done: false }))
  const lines = followUpLines(report({ followUp: many }))
  expect(lines).toHaveLength(22)
  expect(lines[1]).toBe('  [ ] 0 ⏎ x')
  expect(lines.at(-1)).toBe('  … and 10 more, in the record')
})
