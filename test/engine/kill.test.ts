import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type KillPoint, makeVictim, type Victim } from './killing.ts'
import { SHELLS } from './shells.ts'
import { RUN, type Site } from './site.ts'

const FRESH = '20261120T150000Z-bbbbbb'

/** Where a direction may end, and what is live then. */
const LIVE: Readonly<Record<string, string>> = {
  'forward committed': '2',
  'forward kept': '2',
  'forward undone': '3',
  'forward refused': '3',
  'back committed': '3',
  'back kept': '3',
  'back undone': '2',
  'back refused': '2',
}

/** What the ledger says of a run that ended so. */
const LEDGER: Readonly<Record<string, readonly string[]>> = {
  'forward committed': ['rolled-back'],
  'forward kept': ['kept'],
  'back committed': ['rolled-back', 'undone'],
  'back undone': ['rolled-back'],
  'back refused': ['rolled-back'],
}

const ending = (site: Site): string | undefined =>
  [...site.journal().matchAll(/ outcome (\S+ \S+) \.$/gm)].at(-1)?.[1]

/** Everything that may change on a host, in one text. */
const everything = (site: Site): string =>
  JSON.stringify([
    site.live(),
    site.starts(),
    site.lock(),
    site.journal(),
    site.ledger(),
    readdirSync(site.state),
    readdirSync(site.root),
  ])

/** Puts what a killed process left in order, and proves that it is by what stands there. */
async function convergesFrom(victim: Victim, where: string): Promise<void> {
  const { site } = victim
  for (let tries = 0; tries < 5 && (tries === 0 || site.lock() !== undefined); tries += 1)
    await victim.run('settle', '')
  const ended = ending(site)
  expect([where, ended, site.lock()]).toEqual([where, expect.any(String), undefined])
  expect([where, site.live()]).toEqual([where, `releases/${LIVE[ended ?? '']}`])
  expect([where, site.ledger()]).toEqual([where, LEDGER[ended ?? ''] ?? []])
  const left = [
    ...readdirSync(site.root),
    ...readdirSync(site.state),
    ...readdirSync(`${site.state}/runs/${RUN}`),
  ]
  expect([where, left.filter(name => /^(current\.|lock|secrets)/.test(name))]).toEqual([where, []])
  const settled = everything(site)
  await victim.run('settle', '')
  expect([where, everything(site)]).toEqual([where, settled])
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
    await convergesFrom(victim, where)
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
      expect([victim.site.ledger(), ending(victim.site)]).toEqual([['rolled-back'], undefined])
      return await killAtEach(victim, 'settle', { kept: victim.keep(), verb: 'settle', words: '' })
    })
  },
)
