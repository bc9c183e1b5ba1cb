import { readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { runAction } from '../test/support/runner.ts'
import { type Spread, spread } from './statistics.ts'

const ACTION = resolve(import.meta.dirname, '..')

/** Name and bytes of each program in dist/. */
export function bundleSizes(): readonly (readonly [string, number])[] {
  const dist = join(ACTION, 'dist')
  return readdirSync(dist)
    .filter(name => name.endsWith('.js'))
    .sort()
    .map(name => [name, statSync(join(dist, name)).size])
}

/** Milliseconds from the start of the action to its refusal of an input that it reads first. */
export async function startTime(runs: number): Promise<Spread> {
  const times: number[] = []
  for (let run = 0; run <= runs; run += 1) {
    const { main } = await runAction({
      action: ACTION,
      inputs: { operation: 'none' },
      node: process.execPath,
    })
    if (main.exitCode === 0) throw new Error('an operation that does not exist was accepted')
    if (run > 0) times.push(main.milliseconds)
  }
  return spread(times)
}
