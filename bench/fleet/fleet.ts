import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeFolder } from '../../test/support/folder.ts'
import { runAction } from '../../test/support/runner.ts'

const ACTION = resolve(import.meta.dirname, '../..')
const SERVERS = join(import.meta.dirname, 'servers.ts')
const USAGE = join(import.meta.dirname, 'usage.mjs')

/** Milliseconds over which it is looked what else goes on. */
const REST = 2000

/** One rollback of all hosts. */
export interface Course {
  /** From the start of `main` to its exit. */
  readonly milliseconds: number
  /** Of the process of `main` alone: the most that was resident at once, and the time of processors. */
  readonly megabytes: number
  readonly processor: number
  /** Time of processors of the whole machine, hosts and all. */
  readonly machine: number
  /** How much of the machine was at work just before, on other things: 0 to 1. */
  readonly busyBefore: number
}

/** The rollback did not do its job, so that its time means nothing. */
export class WrongOutcome extends Error {}

/** Starts so many hosts in one process, and rolls all of them back so many times. @throws WrongOutcome */
export async function measureFleet(count: number, runs: number): Promise<readonly Course[]> {
  await using folder = await makeFolder('fleet')
  const servers = spawn(process.execPath, [SERVERS, String(count)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(servers, 'exit')
  const lines = createInterface({ input: servers.stdout })[Symbol.asyncIterator]()
  const ask = async (word: string): Promise<unknown> => {
    servers.stdin.write(`${word}\n`)
    return JSON.parse((await lines.next()).value ?? 'null')
  }
  try {
    const inputs = (await ask('inputs')) as Record<string, string>
    // One check, of the first host: what is measured is the fleet, and not the sites.
    const smoke = inputs.smoke?.split('\n')[0] ?? ''
    const courses: Course[] = []
    for (let run = 0; run < runs; run += 1) {
      await ask('reset')
      const usage = join(folder.path, 'usage.json')
      const resting = busy()
      await sleep(REST)
      const before = busy()
      const busyBefore = (before - resting) / REST / cpus().length
      const { main, log } = await runAction({
        action: ACTION,
        inputs: { ...inputs, smoke },
        node: process.execPath,
        env: { NODE_OPTIONS: `--import ${USAGE}`, USAGE_FILE: usage },
      })
      const machine = busy() - before
      const live = (await ask('live')) as string[]
      if (main.exitCode !== 0 || live.some(release => release !== '2'))
        throw new WrongOutcome(`exit ${main.exitCode}, live ${[...new Set(live)]}\n${log.join('\n')}`)
      const { megabytes, milliseconds } = JSON.parse(readFileSync(usage, 'utf8'))
      const { milliseconds: took } = main
      courses.push({ milliseconds: took, megabytes, processor: milliseconds, machine, busyBefore })
    }
    return courses
  } finally {
    servers.stdin.end()
    await ended
  }
}

/** Milliseconds that all processors have worked since the machine started. */
function busy(): number {
  const [, user = 0, nice = 0, system = 0] = (readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '')
    .split(/\s+/)
    .map(Number)
  return (user + nice + system) * 10
}
