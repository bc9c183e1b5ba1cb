import { spawn } from 'node:child_process'

export interface Said {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs a program on this machine to its end, whatever its exit status; `code` is 128 when a signal ended it.
 * @throws when the program cannot be started.
 */
export const runProgram = (program: string, args: readonly string[], input = ''): Promise<Said> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args)
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.on('error', reject)
    child.on('close', code => resolve({ code: code ?? 128, stdout, stderr }))
    // A script may end before it has read everything.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })

/** @returns what the engine's client printed. @throws with the client's own words when it fails. */
export const docker = async (...args: readonly string[]): Promise<string> => {
  const said = await runProgram('docker', args)
  if (said.code !== 0)
    throw new Error(`docker ${args.join(' ')}: ${said.stderr.trim() || `exit ${said.code}`}`)
  return said.stdout.trim()
}
