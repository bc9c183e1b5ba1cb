import { spawnSync } from 'node:child_process'
import { copyFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { makeAction } from '../../support/action.ts'
import { makeFolder } from '../../support/folder.ts'

const DEMO = resolve(import.meta.dirname, '../../../demo/start.js')

test('it does not believe an action that only says so', async () => {
  await using temp = await makeFolder()
  await using liar = await makeAction({
    main: `;(await import('node:fs')).appendFileSync(process.env.GITHUB_OUTPUT, 'outcome=rolled-back')`,
  })
  const { status, stdout } = spawnSync(process.execPath, [DEMO, '--action', liar.path], {
    encoding: 'utf8',
    env: { ...process.env, TMPDIR: temp.path, FORCE_COLOR: '0' },
  })
  expect(stdout).toContain('✓ the step is green and says “rolled-back”')
  expect(stdout).toContain('✗ current → releases/3')
  expect(stdout).toContain('✗ release 2 answers')
  expect(status).toBe(1)
  expect(readdirSync(temp.path)).toEqual([])
})

test('on a Node that is too old it says so', async () => {
  await using copy = await makeAction({ main: '' })
  const start = join(copy.path, 'start.mjs')
  copyFileSync(DEMO, start)
  // Without type stripping any Node is as good as an old one.
  const { status, stderr } = spawnSync(process.execPath, ['--no-strip-types', start], { encoding: 'utf8' })
  expect(stderr).toContain('The demo needs Node 22.18 or newer')
  expect(status).toBe(1)
})
