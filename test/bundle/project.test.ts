import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeProduction, type Production } from '../support/production.ts'
import { expectOutcome, HEALTHY, headline, recordOf, told } from './story.ts'

/** A project folder on the host, as a git checkout with an environment file that no commit has. */
interface Project {
  readonly path: string
  /** Oldest first. */
  readonly commits: readonly string[]
  head(): string
  env(): string
}

function makeProject(home: string): Project {
  const path = join(home, 'project')
  mkdirSync(path)
  const git = (...words: string[]): string =>
    execFileSync('git', ['-C', path, ...words], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim()
  git('init', '--quiet', '--initial-branch=main')
  git('config', 'user.name', 'Mei')
  git('config', 'user.email', 'mei@example.com')
  writeFileSync(join(path, '.gitignore'), '.env*\n')
  const commits = ['1', '2', '3'].map(version => {
    writeFileSync(join(path, 'version'), version)
    git('add', '--all')
    git('commit', '--quiet', '--message', `version ${version}`)
    return git('rev-parse', 'HEAD')
  })
  writeFileSync(join(path, '.env'), 'TAG=3\nTOKEN=new-hush\n')
  writeFileSync(join(path, '.env.backup'), 'TAG=2\nTOKEN=old-hush\n')
  return {
    path,
    commits,
    head: () => git('rev-parse', 'HEAD'),
    env: () => readFileSync(join(path, '.env'), 'utf8').split('\n')[0] ?? '',
  }
}

/** One machine with such a project beside its site, and a rollback of both parts, as `emergency` is one. */
async function withProject(): Promise<{ production: Production; project: Project } & AsyncDisposable> {
  let folder = ''
  const production = await makeProduction({
    machines: { web: HEALTHY },
    runbook: ({ path }) => {
      folder = join(path, '../project')
      return {
        rollback: {
          switch: [
            { restore: { files: ['.env'], in: folder, from: { suffix: '.backup' } } },
            { git: { path: folder } },
          ],
        },
      }
    },
  })
  const project = makeProject(production.machines[0].ssh.home)
  return { production, project, [Symbol.asyncDispose]: () => production[Symbol.asyncDispose]() }
}

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
