import type { LinkReport, RunReport, StatusReport } from '../../outcome.ts'
import { begun, minute, space } from '../amounts.ts'
import { hostNames, shared } from '../by-host.ts'
import { code, list, prose, table, text } from '../markdown.ts'
import { obstacles } from '../obstacles.ts'
import { endedAs, wentWords } from '../run-words.ts'
import {
  alike,
  holdWords,
  lockWords,
  MOST_RELEASES,
  SIGNS,
  shownName,
  standingWords,
} from '../status-words.ts'

/** What stands in the way besides what the first line says, and what to do about all of it. */
export function statusRemedies({ status = [] }: RunReport): string {
  const all = obstacles(status)
  const [first, ...more] = all.flatMap(({ remedy }) => remedy)
  if (first === undefined) return ''
  const others = all.slice(1).map(({ sign, words }) => `${sign} It ${prose(words)}.`)
  const steps =
    more.length === 0
      ? `**To do:** ${prose(first)}`
      : `**To do:**\n\n${list([first, ...more].map(each => prose(each)))}`
  return [...others, steps].join('\n\n')
}

/** What each host serves, and what holds it; hosts that say the same share a row. */
export function statusHosts({ status = [] }: RunReport): string {
  if (status.length === 0) return ''
  const rows = alike(status).map(({ hosts, what }) => {
    const of = status.filter(({ host }) => hosts.includes(host))
    if (what.unreached)
      return [text(hostNames(hosts)), `⚠️ could not be looked at: ${prose(what.unreached.message, 300)}`]
    return [
      text(hostNames(hosts)),
      [...what.links.map(liveCell), ...versions(of)].join('<br>') || 'nothing known',
      prose(lockWords(what)),
      rooms(of),
      code(what.stateFolder),
    ]
  })
  return [table(['host', 'is live', 'lock', 'free', 'state folder'], rows), holds(status)]
    .filter(part => part !== '')
    .join('\n\n')
}

function holds(status: readonly StatusReport[]): string {
  const all = shared(
    status.flatMap(({ host, holds: own }) => own.map(hold => ({ host, hold }))),
    ({ host }) => host,
    ({ hold: { since, ...hold } }) => [hold, minute(since)],
  )
  if (all.length === 0) return ''
  const lines = all
    .slice(0, 50)
    .map(({ hosts, what: { hold } }) => `${prose(holdWords(hold))} – on ${text(hostNames(hosts))}`)
  return `**On hold**\n\n${list(lines)}`
}

function liveCell({ path, live, problem, releases }: LinkReport): string {
  if (problem !== undefined) return `⚠️ ${prose(problem, 300)}`
  const revision = releases.find(({ name }) => name === live)?.commit
  const shown = `**${text(live)}**${revision === undefined ? '' : ` ${code(revision.slice(0, 7))}`}`
  return releases.length === 0 ? `${code(path)} → ${shown}` : shown
}

/** What has versions and is no link, on whichever of these hosts it is. */
const versions = (hosts: readonly StatusReport[]): string[] => [
  ...new Set(
    hosts.flatMap(({ components = [] }) =>
      components.flatMap(({ title, live, problem, releases }) => {
        if (live !== '' && releases.length > 0) return [`${text(title)}: **${text(shownName(live))}**`]
        return problem === undefined ? [] : [`⚠️ ${text(title)}`]
      }),
    ),
  ),
]

/** The least of them is what counts. */
function rooms(hosts: readonly StatusReport[]): string {
  const free = hosts.flatMap(({ links }) => links.flatMap(({ freeBytes }) => freeBytes ?? []))
  if (free.length === 0) return ''
  return `${hosts.length > 1 ? '≥ ' : ''}${space(Math.min(...free))}`
}

/** What can be gone back to, the newest first. */
export function statusReleases({ status = [] }: RunReport): string {
  const folders = shared(
    status.flatMap(({ host, links }) => links.map(link => ({ host, link }))),
    ({ host }) => host,
    ({ link: { path, releases } }) => [path, releases],
  ).filter(({ what: { link } }) => link.releases.length > 0)
  return folders
    .slice(0, 20)
    .map(({ hosts, what: { link } }) => {
      const rows = link.releases
        .slice(0, MOST_RELEASES)
        .map(release => [
          release.standing === 'live' ? `**${text(release.name)}**` : text(release.name),
          release.commit === undefined ? '' : code(release.commit.slice(0, 7)),
          `${SIGNS[release.standing]} ${prose(standingWords(release), 300)}`,
        ])
      const rest = link.releases.length - rows.length
      const more = rest > 0 ? `\n\n… and ${rest} older ones, in the record.` : ''
      return `**Releases** in ${code(link.path)} on ${text(hostNames(hosts))}, newest first\n\n${table(['release', 'commit', 'can it be gone back to?'], rows)}${more}`
    })
    .join('\n\n')
}

/** The last runs, the newest first. */
export function statusRuns({ status = [] }: RunReport): string {
  const runs = shared(
    status.flatMap(({ host, runs: all }) => all.map(run => ({ host, run }))),
    ({ host }) => host,
    ({ run }) => run,
  ).toSorted((a, b) => (a.what.run.run < b.what.run.run ? 1 : -1))
  if (runs.length === 0) return ''
  const rows = runs
    .slice(0, 50)
    .map(({ hosts, what: { run } }) => [
      code(run.run),
      begun(run.run),
      text(wentWords(run)),
      prose(endedAs(run)),
      text(hostNames(hosts)),
    ])
  return `**Last runs**\n\n${table(['run', 'began', 'went', 'how it ended', 'on'], rows)}`
}
