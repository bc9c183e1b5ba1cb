import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { COURIER, COURIER_COMMAND, greeting } from '../../../src/host/courier.ts'

const PROGRAM = `# a program — not all of it ASCII
while IFS= read -r words; do printf 'got %s\\n' "$words"; done`

/** Those that are on the machine: every shell that an account may log in with reads the command. */
const LOGIN_SHELLS = ['sh', 'dash', 'bash', 'zsh', 'ksh', 'csh', 'tcsh', 'fish'].filter(
  shell => spawnSync(shell, ['-c', 'true']).error === undefined,
)

test.each(LOGIN_SHELLS)('%s as login shell starts the courier', shell => {
  const run = spawnSync(shell, ['-c', COURIER_COMMAND], {
    input: `${greeting(PROGRAM)}one two\n$(id) 'x'\n`,
    encoding: 'utf8',
  })
  expect(run).toMatchObject({ status: 0, stdout: "got one two\ngot $(id) 'x'\n", stderr: '' })
})

describe.each([['dash'], ['bash'], ['busybox', 'sh']])('the courier under %s %s', (program, ...words) => {
  const start = (input: string) => spawnSync(program, [...words, '-c', COURIER], { input, encoding: 'utf8' })

  test('leaves what stands behind its program to it, to the byte', () => {
    expect(start(`${greeting(PROGRAM)}one\ntwo\n`).stdout).toBe('got one\ngot two\n')
  })

  test('takes a program that is longer than a pipe', () => {
    const long = `${PROGRAM}\n${`: ${'x'.repeat(98)}\n`.repeat(3000)}`
    expect(start(`${greeting(long)}one\n`)).toMatchObject({ status: 0, stdout: 'got one\n', stderr: '' })
  })

  test('runs nothing of a program that was cut off, wherever it was', () => {
    const folder = mkdtempSync(join(tmpdir(), 'courier-'))
    const file = join(folder, 'ran')
    const whole = greeting(`: >${file}\n: >${file}\n: >${file}`)
    for (let length = 0; length < whole.length - 2; length += 7) start(whole.slice(0, length))
    expect(existsSync(file)).toBe(false)
    start(whole)
    expect(existsSync(file)).toBe(true)
    rmSync(folder, { recursive: true })
  })
})
