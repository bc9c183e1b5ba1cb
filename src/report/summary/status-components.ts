import type { ComponentReport, RunReport } from '../../outcome.ts'
import { hostNames, shared } from '../by-host.ts'
import { code, prose, table, text } from '../markdown.ts'
import { partsTable } from '../status-components.ts'
import { MOST_RELEASES, SIGNS, shownName, standingWords } from '../status-words.ts'

/** What there is besides links on each host: services with their images, checkouts, databases, files. */
export function statusComponents({ status = [] }: RunReport): string {
  const all = shared(
    status.flatMap(({ host, components = [] }) => components.map(component => ({ host, component }))),
    ({ host }) => host,
    ({ component }) => component,
  )
  return all
    .slice(0, 50)
    .map(({ hosts, what: { component } }) => section(hostNames(hosts), component))
    .join('\n\n')
}

function section(hosts: string, component: ComponentReport): string {
  const { title, live, problem } = component
  const { head, rows } = partsTable(component)
  const is = live === '' || component.releases.length === 0 ? '' : `: **${text(shownName(live))}** is live`
  return [
    `**${text(title)}** on ${text(hosts)}${is}`,
    problem === undefined ? '' : `⚠️ ${prose(problem, 1000)}`,
    head.length === 0
      ? ''
      : table(
          head.map(each => text(each)),
          rows.slice(0, 100).map(row => row.map(cell => code(cell, 300))),
        ),
    releases(component),
  ]
    .filter(part => part !== '')
    .join('\n\n')
}

function releases({ releases: all }: ComponentReport): string {
  if (all.length === 0) return ''
  const commits = all.some(({ subject }) => subject !== undefined)
  const rows = all
    .slice(0, MOST_RELEASES)
    .map(release => [
      release.standing === 'live' ? `**${text(shownName(release.name))}**` : text(shownName(release.name)),
      ...(commits ? [text(release.subject ?? '', 100)] : []),
      `${SIGNS[release.standing]} ${prose(standingWords(release), 300)}`,
    ])
  const rest = all.length - rows.length
  const more = rest > 0 ? `\n\n… and ${rest} older ones, in the record.` : ''
  return `${table([commits ? 'commit' : 'version', ...(commits ? ['says'] : []), 'can it be gone back to?'], rows)}${more}`
}
