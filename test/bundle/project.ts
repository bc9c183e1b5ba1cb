import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeProduction, type Production } from '../support/production.ts'
import { HEALTHY } from './story.ts'

/** A project folder on the host, as a git checkout with an environment file that no commit has. */
export interface Project {
  readonly path: string
  /** Oldest first. */
  readonly commits: readonly string[]
  head(): string
  tags(): readonly string[]
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
    tags: () => git('tag', '--list').split('\n').filter(Boolean),
    env: () => readFileSync(join(path, '.env'), 'utf8').split('\n')[0] ?? '',
  }
}

/** One machine with such a project beside its site, and a rollback of both parts, as `emergency` is one. */
export async function withProject(): Promise<{ production: Production; project: Project } & AsyncDisposable> {
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
