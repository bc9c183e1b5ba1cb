import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findRunbook } from '../../../src/operation/find-runbook.ts'
import { makeFolder } from '../../support/folder.ts'
import { runbook } from '../runbook/fixture.ts'
import { requestOf } from './fixture.ts'

/** GitHub, which counts how often it was asked. */
const github = (text: string) => {
  const asked: string[] = []
  return {
    asked,
    fetchRunbook: (path: string, token: string | undefined) => {
      asked.push(`${path} ${token}`)
      return Promise.resolve(text)
    },
  }
}

const find = (workspace: string, inputs: Readonly<Record<string, string>>, far = github(runbook())) =>
  findRunbook(requestOf(inputs), {
    variables: { GITHUB_WORKSPACE: workspace },
    fetchRunbook: far.fetchRunbook,
  })

test('inputs alone are a runbook; nothing is read', async () => {
  const far = github('')
  const found = await find('/nothing', { hosts: 'web=deploy@web', path: '/srv/app' }, far)
  expect(found).toMatchObject({ file: 'inputs', app: 'app' })
  expect(far.asked).toEqual([])
})

test('the file of the workspace comes first', async () => {
  await using folder = await makeFolder()
  await mkdir(join(folder.path, 'ops'))
  await writeFile(join(folder.path, 'ops/back.yml'), runbook())
  const far = github('')
  expect(await find(folder.path, { runbook: 'ops/back.yml' }, far)).toMatchObject({
    file: 'ops/back.yml',
    app: 'shop',
  })
  expect(far.asked).toEqual([])
})

test('a person at a shell gives any path; a workflow only one of its repository', async () => {
  await using folder = await makeFolder()
  const path = join(folder.path, 'back.yml')
  await writeFile(path, runbook())
  const far = github(runbook())
  const { fetchRunbook } = far
  expect(await findRunbook(requestOf({ runbook: path }), { variables: {}, fetchRunbook })).toMatchObject({
    app: 'shop',
  })
  expect(far.asked).toEqual([])
  await find('/nothing', { runbook: path }, far)
  expect(far.asked).toEqual([`${path} undefined`])
})

test.each(['.github/rollbook.yml', 'a-file/below'])(
  '%s is not there: GitHub is asked, with the token',
  async path => {
    await using folder = await makeFolder()
    await writeFile(join(folder.path, 'a-file'), '')
    const far = github(runbook())
    expect(await find(folder.path, { runbook: path, token: 'ghs_x' }, far)).toMatchObject({
      file: path,
      app: 'shop',
    })
    expect(far.asked).toEqual([`${path} ghs_x`])
  },
)

test('a folder in its place is said to be one, and GitHub is not asked', async () => {
  await using folder = await makeFolder()
  await mkdir(join(folder.path, 'ops'))
  const far = github(runbook())
  await expect(find(folder.path, { runbook: 'ops' }, far)).rejects.toMatchObject({
    code: 'RB-RUNBOOK-UNREADABLE',
    message: expect.stringContaining('is a folder'),
  })
  expect(far.asked).toEqual([])
})
