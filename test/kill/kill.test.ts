import { describe, expect, test } from 'vitest'
import { SHELLS } from '../engine/shells.ts'
import { convergesFrom, endingOf } from './converging.ts'
import { type KillPoint, makeVictim, type Victim } from './killing.ts'

const FRESH = '20261120T150000Z-bbbbbb'

/** What the ledger says of a run that ended so. */
const LEDGER: Readonly<Record<string, readonly string[]>> = {
  'forward committed': ['rolled-back'],
  'forward kept': ['kept'],
  'back committed': ['rolled-back', 'undone'],
  'back undone': ['rolled-back'],
  'back refused': ['rolled-back'],
}

/** And what its ledger tells of it. */
async function convergesTold(victim: Victim, where: string): Promise<void> {
  const ended = await convergesFrom(victim, where)
  expect([where, victim.site.ledger()]).toEqual([where, LEDGER[ended] ?? []])
}

async function takesFreshRun(victim: Victim, where: string): Promise<void> {
  const { site } = victim
  const live = site.live()
  await victim.run('run', 'switch\ncommit\n', 'free', FRESH)
  expect([where, site.live() !== live, site.lock()]).toEqual([where, true, undefined])
}

const pointsFrom = (first: number, last: number): KillPoint[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index).flatMap(call => [
    { call, when: 'before' } as const,
    { call, when: 'after' } as const,
  ])

/** Kills a process at each of its calls, starting anew each time. */
async function killAtEach(
  victim: Victim,
  name: string,
  from: { readonly kept?: string; readonly verb: string; readonly words: string; readonly first?: number },
): Promise<number> {
  victim.reset(from.kept)
  const last = await victim.run(from.verb, from.words, 'counted')
  const points = pointsFrom(from.first ?? 1, last)
  expect(points.length).toBeGreaterThan(20)
  for (const [index, point] of points.entries()) {
    victim.reset(from.kept)
    const called = await victim.run(from.verb, from.words, point)
    const where = `${name}: killed ${point.when} call ${point.call} of ${last}`
    expect([where, called]).toEqual([where, point.call])
    await convergesTold(victim, where)
    // It costs as much as all the rest, and tells least: not every time.
    if (index % 7 === 0) await takesFreshRun(victim, where)
  }
  return points.length
}

describe.concurrent.each(SHELLS)(
  'killed before and after each call of another program, under $name',
  shell => {
    const story = (name: string, kill: (victim: Victim) => Promise<number>) => {
      test(name, async () => {
        using victim = makeVictim(shell)
        const points = await kill(victim)
        expect(victim.looks.wrong).toEqual([])
        expect(victim.looks.count).toBeGreaterThan(points)
        console.log(
          `${shell.name}, ${name}: ${points} kill points, what is live was looked at ${victim.looks.count} times`,
        )
      })
    }

    story('on the way there', victim =>
      killAtEach(victim, 'there', { verb: 'run', words: 'switch\ncommit\n' }),
    )

    story('while it is undone', async victim => {
      const switched = await victim.run('run', 'switch\n', { until: ' phase switched ' })
      return await killAtEach(victim, 'undo', {
        verb: 'run',
        words: 'switch\nrevert\nundo\n',
        first: switched + 1,
      })
    })

    story('on the way back', async victim => {
      await victim.run('run', 'switch\ncommit\n')
      return await killAtEach(victim, 'back', {
        kept: victim.keep(),
        verb: 'back',
        words: 'switch\ncommit\n',
      })
    })

    // Mostly the way back once more: one shell is enough.
    if (shell === SHELLS[0])
      story('while a person undoes it', async victim => {
        await victim.run('run', 'switch\ncommit\n')
        return await killAtEach(victim, 'person', { kept: victim.keep(), verb: 'undo', words: '' })
      })

    story('while a dead run is put in order by going back', async victim => {
      await victim.run('run', 'switch\n', { until: ' phase switched ' })
      return await killAtEach(victim, 'settle', { kept: victim.keep(), verb: 'settle', words: '' })
    })

    story('while a dead run is put in order by going on', async victim => {
      const all = await victim.run('run', 'switch\ncommit\n', 'counted')
      victim.reset()
      // In the middle of its commit, after the ledger was written.
      await victim.run('run', 'switch\ncommit\n', { call: all - 4, when: 'after' })
      expect([victim.site.ledger(), endingOf(victim.site)]).toEqual([['rolled-back'], undefined])
      return await killAtEach(victim, 'settle', { kept: victim.keep(), verb: 'settle', words: '' })
    })
  },
)
