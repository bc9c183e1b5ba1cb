import { grouped } from '../grouped.ts'
import type { LinkReport, ReleaseReport, StatusReport } from '../outcome.ts'
import { minute } from './amounts.ts'
import { hostNames, type Shared, shared } from './by-host.ts'

/** What is live on a host, of what comes first in its runbook; empty when nobody can tell. */
export const firstLive = ({ links: [link], components: [component] = [] }: StatusReport): string =>
  link?.live || shownName(component?.live ?? '')

/** A commit is told by its first digits; a name as it is. */
export const shownName = (release: string): string =>
  /^[0-9a-f]{40,64}$/.test(release) ? release.slice(0, 7) : release

/** What is live: one release, or what each host that answered has. */
export function lives(status: readonly StatusReport[]): string {
  const groups = [
    ...grouped(
      status.filter(({ unreached }) => unreached === undefined),
      each => firstLive(each) || 'nothing known',
    ),
  ]
  const [first] = groups
  if (groups.length < 2) return first?.[0] ?? 'nothing known'
  return groups.map(([live, of]) => `${live} (${hostNames(of.map(({ host }) => host))})`).join(' and ')
}

/** The last word of the journal of the run that holds a host's lock. */
const lastWord = ({ lock, runs }: StatusReport): string | undefined =>
  lock && runs.find(({ run }) => run === lock.run)?.ended

/** Its run stopped in between and waits for a person. */
export const isStuck = (each: StatusReport): boolean =>
  lastWord(each) === 'needs-operator' && !each.lock?.alive

/** Hosts that say the same of themselves; what has lines of its own, what is free on their disks, and seconds, do not count. */
export const alike = (status: readonly StatusReport[]): Shared<StatusReport>[] =>
  shared(
    status,
    ({ host }) => host,
    ({ host: _, links, holds, backups: __, left: ____, components: _____, ...each }) => ({
      ...each,
      holds: holds.map(hold => ({ ...hold, since: minute(hold.since) })),
      links: links.map(({ freeBytes: ___, ...link }) => link),
    }),
  )

/** How many releases of one folder, or of one component, are listed. */
export const MOST_RELEASES = 20

/** In front of a release that is in one of these. */
export const SIGNS = { live: '▶️', good: '✅', usable: '✅', bad: '⛔', 'half-made': '🚧' } as const

/** What a person wants to know of a release: can I go there? */
export function standingWords({ standing, why }: ReleaseReport): string {
  switch (standing) {
    case 'live':
      return why === undefined ? 'live' : `live, but it ${why}`
    case 'good':
      return 'can be gone back to: on record as good'
    case 'usable':
      return 'can be gone back to'
    case 'bad':
      return `bad: it ${why ?? 'is marked so'}`
    case 'half-made':
      return `half-made: it ${why ?? 'is not complete'}`
  }
}

/** One sentence about a lock. */
export function lockWords(each: StatusReport): string {
  if (!each.lock) return 'no lock'
  const state = each.lock.alive ? 'at work' : isStuck(each) ? 'needs its operator' : 'dead'
  return `locked by run ${each.lock.run} (${state})`
}

/** One sentence about a hold. */
export function holdWords({ release, commit, reason, run, since }: StatusReport['holds'][number]): string {
  const what =
    release === '*' ? 'every deploy' : `release ${release}${commit ? ` (${commit.slice(0, 7)})` : ''}`
  const by = run === undefined ? '' : ` by run ${run}`
  const why = reason === undefined ? '' : `, because: ${reason}`
  return `${what} since ${minute(since)}${by}${why}`
}

/** Where a folder has no releases, the link itself is all that there is to say. */
export const isChoice = ({ releases, problem }: LinkReport): boolean =>
  releases.length === 0 && problem === undefined
