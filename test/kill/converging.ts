import { readdirSync } from 'node:fs'
import { expect } from 'vitest'
import { RUN, type Site } from '../engine/site.ts'
import type { Victim } from './killing.ts'

/** How the last direction of a run ended, e.g. `forward committed`; undefined when its journal does not say. */
export const endingOf = (site: Site, run = RUN): string | undefined =>
  [...site.journal(run).matchAll(/ outcome (\S+ \S+) \.$/gm)].at(-1)?.[1]

/** Everything that may change on a host, in one text. */
const everything = (site: Site, run: string): string =>
  JSON.stringify([
    site.live(),
    site.starts(),
    site.lock(),
    site.journal(run),
    site.ledger(),
    readdirSync(site.state),
    readdirSync(site.root),
  ])

/** What the run was about: the release that was live before, and the one that it went to. */
export interface Course {
  readonly run: string
  readonly from: string
  readonly to: string
}

/** Whether a direction that ended so left the release `to` live. */
const ARRIVED: Readonly<Record<string, boolean>> = {
  'forward committed': true,
  'forward kept': true,
  'forward undone': false,
  'forward refused': false,
  'back committed': false,
  'back kept': false,
  'back undone': true,
  'back refused': true,
}

/**
 * Puts what a killed process left in order, and proves that it is by what stands there: it has ended, its lock is free,
 * what is live is what that ending means, nothing is left over, and doing it once more changes nothing.
 *
 * @param where for the message of a failure
 * @returns how it ended
 */
export async function convergesFrom(
  victim: Victim,
  where: string,
  { run, from, to }: Course = { run: RUN, from: '3', to: '2' },
): Promise<string> {
  const { site } = victim
  for (let tries = 0; tries < 5 && (tries === 0 || site.lock() !== undefined); tries += 1)
    await victim.run('settle', '', 'free', run)
  const ended = endingOf(site, run)
  expect([where, ended, site.lock()]).toEqual([where, expect.any(String), undefined])
  expect([where, site.live()]).toEqual([where, `releases/${ARRIVED[ended ?? ''] ? to : from}`])
  const left = [
    ...readdirSync(site.root),
    ...readdirSync(site.state),
    ...readdirSync(`${site.state}/runs/${run}`),
  ]
  expect([where, left.filter(name => /^(current\.|lock|secrets)/.test(name))]).toEqual([where, []])
  const settled = everything(site, run)
  await victim.run('settle', '', 'free', run)
  expect([where, everything(site, run)]).toEqual([where, settled])
  return ended ?? ''
}
