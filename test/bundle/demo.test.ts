import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'

test('the first thing that a newcomer runs tells the whole story and is true', () => {
  const demo = resolve(import.meta.dirname, '../../demo/start.js')
  const { status, stdout, stderr } = spawnSync(process.execPath, [demo], {
    encoding: 'utf8',
    timeout: 20_000,
  })
  expect(status, stdout + stderr).toBe(0)
  expect(stdout).toMatch(/GET \/healthz\s+500[\s\S]+is back on release 2[\s\S]+GET \/healthz\s+200/)
  expect(stdout).toContain('operation: undo')
  expect(stderr).toBe('')
})
