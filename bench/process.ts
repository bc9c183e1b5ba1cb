import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** What became of a command. */
export interface Finished {
  /** From just before its start to its exit. */
  readonly milliseconds: number
  readonly exitCode: number
  /** stdout and stderr. */
  readonly output: string
}

/** Runs a command with nothing on its standard input; the clock is that of `test/support/runner`. */
export async function timed(
  command: string,
  args: readonly string[],
  options: {
    readonly cwd?: string
    readonly env?: Readonly<Record<string, string>>
    /** Kills it when it settles. */
    readonly kill?: Promise<unknown> | undefined
  } = {},
): Promise<Finished> {
  const began = performance.now()
  const child = spawn(command, args, {
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  void options.kill?.then(() => child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  const closed = once(child, 'close')
  await once(child, 'exit')
  const milliseconds = performance.now() - began
  await closed
  return { milliseconds, exitCode: child.exitCode ?? 255, output }
}
