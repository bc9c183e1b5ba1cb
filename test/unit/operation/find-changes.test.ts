import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { findChanges } from '../../../src/operation/find-changes.ts'
import { type Folder, makeFolder } from '../../support/folder.ts'

interface Repository extends Folder {
  git(...words: readonly string[]): string
  /** Makes a commit with this subject and returns its name. */
  commit(subject: string): string
}

const makeRepository = async (): Promise<Repository> => {
  const folder = await makeFolder('repository')
  const who = ['-c', 'user.name=Mei', '-c', 'user.email=mei@example.com', '-c', 'commit.gpgSign=false']
  const git = (...words: readonly string[]) =>
    execFileSync('git', [...who, ...words], { cwd: folder.path, encoding: 'utf8' }).trim()
  git('init', '-q')
  return {
    ...folder,
    git,
    commit(subject) {
      git('commit', '-q', '--allow-empty', '-m', subject)
      return git('rev-parse', 'HEAD')
    },
  }
}

const { signal } = new AbortController()
const { PATH } = process.env

test('the workspace knows both: what lies between them, the newest first', async () => {
  await using repository = await makeRepository()
  const old = repository.commit('Release 41')
  repository.commit('Split orders')
  const live = repository.commit('Add `channel` | to orders')
  const variables = { GITHUB_WORKSPACE: repository.path, PATH }
  expect(await findChanges(live.slice(0, 7), old, signal, { variables }, undefined)).toMatchObject({
    takenBack: 2,
    broughtIn: 0,
    commits: [
      { commit: live, subject: 'Add `channel` | to orders', side: 'taken-back' },
      { subject: 'Split orders', side: 'taken-back' },
    ],
  })
  expect(await findChanges(old, live, signal, { variables }, undefined)).toMatchObject({
    takenBack: 0,
    broughtIn: 2,
  })
})

test('of many commits twenty are named, and all are counted', async () => {
  await using repository = await makeRepository()
  const old = repository.commit('first')
  let live = ''
  for (let at = 0; at < 25; at++) live = repository.commit(`number ${at}`)
  const variables = { GITHUB_WORKSPACE: repository.path, PATH }
  const found = await findChanges(live, old, signal, { variables }, undefined)
  expect([found.takenBack, found.commits.length]).toEqual([25, 20])
})

test('GitHub is asked when the workspace is no repository, or has only a part of the history', async () => {
  await using repository = await makeRepository()
  const old = repository.commit('first')
  const live = repository.commit('second')
  await using clone = await makeFolder('clone')
  execFileSync('git', ['clone', '-q', '--depth=1', `file://${repository.path}`, clone.path])
  // It has both commits, and nothing that says how they hang together.
  repository.git('config', 'uploadpack.allowAnySHA1InWant', 'true')
  execFileSync('git', ['fetch', '-q', '--depth=1', 'origin', old], { cwd: clone.path })
  await using empty = await makeFolder('empty')
  await writeFile(join(empty.path, '.git'), 'gitdir: /nowhere')
  const changes = { takenBack: 1, broughtIn: 0, commits: [] }
  for (const GITHUB_WORKSPACE of [clone.path, empty.path, '/nowhere/at/all']) {
    const fetchChanges = vi.fn(() => Promise.resolve(changes))
    const variables = { GITHUB_WORKSPACE, PATH, GITHUB_REPOSITORY: 'acme/shop' }
    expect(await findChanges(live, old, signal, { variables, fetchChanges }, 'token')).toBe(changes)
    expect(fetchChanges).toHaveBeenCalledWith(live, old, 'token', signal)
    await expect(findChanges(live, old, signal, { variables, fetchChanges }, undefined)).rejects.toThrow(
      /does not have both commits, and there is no token/,
    )
  }
})

test('git sees nothing of the job’s secrets, and runs nothing that the repository names', async () => {
  await using repository = await makeRepository()
  const old = repository.commit('first')
  const live = repository.commit('second')
  await using tools = await makeFolder('tools')
  const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim()
  await writeFile(join(tools.path, 'git'), `#!/bin/sh\nenv >>"${tools.path}/seen"\nexec ${git} "$@"\n`, {
    mode: 0o755,
  })
  const run = join(tools.path, 'ran')
  repository.git('config', 'gpg.program', run)
  repository.git('config', 'log.showSignature', 'true')
  repository.git('config', 'core.pager', `touch ${run}`)
  const variables = {
    GITHUB_WORKSPACE: repository.path,
    PATH: `${tools.path}:${PATH}`,
    DB_PASSWORD: 'hunter2',
    INPUT_TOKEN: 'ghs_x',
  }
  await findChanges(live, old, signal, { variables }, undefined)
  const seen = execFileSync('cat', [join(tools.path, 'seen')], { encoding: 'utf8' })
  expect(seen).toContain('GIT_TERMINAL_PROMPT=0')
  expect(seen).not.toMatch(/hunter2|ghs_x|GITHUB_/)
  expect(execFileSync('ls', [tools.path], { encoding: 'utf8' })).not.toContain('ran')
})
