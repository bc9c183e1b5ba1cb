import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { withProject } from './project.ts'
import { expectOutcome, headline, recordOf, told } from './story.ts'

describe('a project folder: its commit and its environment file as one rollback', () => {
  test('go back together, are named by the commit, and come back together', async () => {
    await using story = await withProject()
    const { production, project } = story
    const [, second = '', third = ''] = project.commits
    const run = await production.run()
    expectOutcome(run, 'rolled-back')
    expect(run.outputs).toMatchObject({ from: third, to: second })
    expect(headline(run)).toContain(second.slice(0, 7))
    expect([project.head(), project.env()]).toEqual([second, 'TAG=2'])
    expect(told(run)).not.toContain('hush')

    expectOutcome(await production.run({ operation: 'guard', target: third }), 'refused')
    expectOutcome(await production.run({ operation: 'undo' }), 'undone')
    expect([project.head(), project.env()]).toEqual([third, 'TAG=3'])
  })

  test('a plan shows which keys of the environment file would change, and no value', async () => {
    await using story = await withProject()
    const run = await story.production.run({ operation: 'plan' })
    expectOutcome(run, 'planned')
    expect(run.summary).toContain('TOKEN=')
    expect(told(run)).not.toContain('hush')
    expect([story.project.head(), story.project.env()]).toEqual([story.project.commits[2], 'TAG=3'])
  })

  test('to a commit by its first digits; the files go where the runbook says', async () => {
    await using story = await withProject()
    const [first = ''] = story.project.commits
    expectOutcome(await story.production.run({ target: first.slice(0, 8) }), 'rolled-back')
    expect([story.project.head(), story.project.env()]).toEqual([first, 'TAG=2'])
  })

  test('work that is in no commit is refused, and the files are not touched either', async () => {
    await using story = await withProject()
    writeFileSync(join(story.project.path, 'version'), 'mended at night')
    const run = await story.production.run()
    expectOutcome(run, 'refused')
    expect(run.summary).toContain('changes that are in no commit')
    expect(story.project.env()).toBe('TAG=3')
    expect(recordOf(run).failure?.code).toBe('RB-CHECKOUT')
  })
})
