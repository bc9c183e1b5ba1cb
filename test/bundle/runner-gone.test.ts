import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { ACTION } from '../support/production.ts'

test('a step whose runner is gone ends by itself, instead of telling nobody for ever', async () => {
  const node = resolve(ACTION, 'node_modules/.bin/node')
  const child = spawn(node, [resolve(ACTION, 'dist/main.js')], {
    env: { PATH: process.env.PATH, INPUT_OPERATION: 'nonsense' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child.stdout.destroy()
  child.stderr.destroy()
  const ended = await new Promise<number | null | 'still there'>(settle => {
    const late = setTimeout(() => settle('still there'), 10_000)
    child.on('exit', code => {
      clearTimeout(late)
      settle(code)
    })
  })
  if (ended === 'still there') child.kill('SIGKILL')
  expect(ended).toBe(1)
})
