import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'

/** A server of this machine that a test has started. */
export interface Server extends AsyncDisposable {
  /** Kills it, as a machine that goes down. */
  kill(): Promise<void>
}

/** Seconds in which it has to be there. */
const START = 30

/**
 * Starts one, and waits until an address of it answers well.
 *
 * @param from the package that has it, for whoever lacks it
 * @throws when this machine does not have the program, or it does not start.
 */
export const startServer = async (
  [program, ...args]: readonly [string, ...string[]],
  ready: string,
  from: string,
): Promise<Server> => {
  const said: string[] = []
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  child.stderr.on('data', bytes => void said.push(String(bytes)))
  let gone = false
  const over = new Promise<void>(resolve => {
    child.once('exit', () => resolve())
    child.once('error', error => {
      said.push(`${error}; bash test/tools.sh ${from} installs it`)
      resolve()
    })
  }).then(() => {
    gone = true
  })
  const kill = async () => {
    child.kill('SIGKILL')
    await over
  }
  const until = Date.now() + START * 1000
  while (
    !(await fetch(ready).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (gone || Date.now() > until) {
      await kill()
      throw new Error(`${program} did not start: ${said.join('')}`)
    }
    await sleep(100)
  }
  return { kill, [Symbol.asyncDispose]: kill }
}
