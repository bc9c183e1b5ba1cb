import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ACTION } from './production.ts'

export interface Said {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Terminal {
  /** HOME of the person: `~/.ssh/known_hosts` is read there, and records are kept there. */
  readonly home: string
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/** No test needs longer. */
const LONGEST = 120_000

/** Runs the command line of the bundle as a person does, with nothing of this process but its PATH. */
export const commandLine = (args: readonly string[], { home, cwd, env }: Terminal): Promise<Said> =>
  new Promise((resolve, reject) => {
    const { PATH, NODE_COMPILE_CACHE } = process.env
    const child = spawn(process.execPath, [join(ACTION, 'dist/cli.js'), ...args], {
      cwd: cwd ?? home,
      env: { PATH, NODE_COMPILE_CACHE, HOME: home, USER: 'mei', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LONGEST,
      killSignal: 'SIGKILL',
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', text => {
      stdout += text
    })
    child.stderr.on('data', text => {
      stderr += text
    })
    child.on('error', reject)
    child.on('close', status => resolve({ status, stdout, stderr }))
  })
