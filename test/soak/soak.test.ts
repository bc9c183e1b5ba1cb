import { join } from 'node:path'
import process from 'node:process'
import { expect, test } from 'vitest'
import { SHELLS, type Shell } from '../engine/shells.ts'
import { convergesFrom } from '../kill/converging.ts'
import { makeVictim, type Victim } from '../kill/killing.ts'
import { type Chance, chance } from './chance.ts'
import { watchLive } from './reader.ts'

/*
 * `npm run test:soak -- --runs 1000 --seed 7`: runs that are killed at a random moment, and again while they are put in
 * order, on hosts that keep what the runs before have left, under a reader that never stops looking at what is live.
 */

const RUNS = Number(process.env.SOAK_RUNS ?? 100)
const SEED = Number(process.env.SOAK_SEED ?? Date.now() % 1_000_000)

/** Runs that one host goes through before another one takes its place. */
const RUNS_OF_A_HOST = 25

/** What a runner may say, each time with an end of its own. */
const COURSES = ['switch\ncommit\n', 'switch\nrevert\nundo\n', 'switch\nverify\ncommit\n', 'switch\nundo\n']

const runId = (number: number): string =>
  `20261120T${String(100_000 + number).padStart(6, '0')}Z-${number.toString(16).padStart(6, '0')}`

test(`${RUNS} runs that are killed at random, seed ${SEED}`, { timeout: RUNS * 10_000 }, async () => {
  const random = chance(SEED)
  const endings: Record<string, number> = {}
  let reads = 0
  let kills = 0
  for (let first = 0; first < RUNS; first += RUNS_OF_A_HOST) {
    const shell = random.pick(SHELLS)
    using victim = makeVictim(shell)
    const normal = await normalDuration(victim, runId(900_000 + first))
    await using reader = watchLive(join(victim.site.root, 'current'), ['2', '3'])
    for (let number = first; number < Math.min(first + RUNS_OF_A_HOST, RUNS); number += 1) {
      const run = await onceMore(victim, number, normal, random, shell)
      for (const ended of run.endings) endings[ended] = (endings[ended] ?? 0) + 1
      kills += run.kills
    }
    const seen = await reader.stop()
    reads += seen.reads
    expect([`host from run ${first}, seed ${SEED}`, seen.wrong]).toEqual([expect.any(String), []])
  }
  expect(reads).toBeGreaterThan(RUNS * 100)
  console.log(
    `seed ${SEED}: ${RUNS} runs, ${kills} kills, what is live was read ${reads} times and always whole; they ended ` +
      Object.entries(endings)
        .sort(([, one], [, other]) => other - one)
        .map(([ended, times]) => `${ended} ${times}`)
        .join(', '),
  )
})

/** Milliseconds that a run takes which nobody kills. */
async function normalDuration(victim: Victim, run: string): Promise<number> {
  const began = performance.now()
  await victim.run('run', 'switch\ncommit\n', 'free', run)
  return performance.now() - began
}

/** Moments at which a run, and then what puts it in order, is killed: one, in half of the cases two, and so on. */
function momentsWithin(normal: number, random: Chance): readonly number[] {
  const moments = [random.below(normal * 1.1)]
  while (moments.length < 4 && random.below(2) < 1) moments.push(random.below(normal * 1.1))
  return moments
}

/** One run that is killed, and put in order; when it has arrived, in half of the cases its way back as well. */
async function onceMore(
  victim: Victim,
  number: number,
  normal: number,
  random: Chance,
  shell: Shell,
): Promise<{ endings: readonly string[]; kills: number }> {
  const from = victim.site.live().replace('releases/', '')
  const course = { run: runId(number), from, to: from === '3' ? '2' : '3' }
  let kills = 0
  const killed = async (verb: 'run' | 'back', words: string): Promise<string> => {
    const moments = momentsWithin(normal, random)
    kills += moments.length
    const said = moments.map(moment => `${moment.toFixed(1)} ms`).join(', then after ')
    const [first = 0, ...later] = moments
    await victim.run(verb, words, { after: first }, course.run)
    for (const each of later) await victim.run('settle', '', { after: each }, course.run)
    const where = `run ${number} of seed ${SEED} under ${shell.name}: ${verb} ${JSON.stringify(words)}, killed after ${said}`
    return await convergesFrom(victim, where, course)
  }
  const ended = await killed('run', random.pick(COURSES))
  if (!/committed|kept/.test(ended) || random.below(2) < 1) return { endings: [ended], kills }
  return { endings: [ended, await killed('back', 'switch\ncommit\n')], kills }
}
