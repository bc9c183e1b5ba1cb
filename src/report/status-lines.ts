import type { StatusReport } from '../outcome.ts'
import { begun, space } from './amounts.ts'
import { hostNames, shared } from './by-host.ts'
import { leftLines } from './left-words.ts'
import { obstacles } from './obstacles.ts'
import { endedAs, wentWords } from './run-words.ts'
import { componentLines } from './status-components.ts'
import { alike, holdWords, isChoice, lockWords, MOST_RELEASES, standingWords } from './status-words.ts'
import { storedLines } from './stored-words.ts'

/** What each host said of itself as plain lines, for the log and the terminal; hosts that say the same share them. */
export function statusLines(status: readonly StatusReport[]): string[] {
  return [
    ...alike(status).flatMap(({ hosts, what }) => [hostNames(hosts), ...linesOf(what)]),
    ...components(status),
    ...roomLines(status),
    ...storedLines(status),
    ...leftLines(status),
    ...obstacles(status).flatMap(({ words, remedy }) => [
      `It ${words}`,
      ...remedy.map(each => `  → ${each}`),
    ]),
  ]
}

const components = (status: readonly StatusReport[]): string[] =>
  shared(
    status.flatMap(({ host, components: all = [] }) => all.map(component => ({ host, component }))),
    ({ host }) => host,
    ({ component }) => component,
  ).flatMap(({ hosts, what: { component } }) => {
    const [first = '', ...rest] = componentLines(component)
    return [`${hostNames(hosts)}: ${first.trimStart()}`, ...rest]
  })

const linesOf = (each: StatusReport): string[] =>
  each.unreached ? [`  could not be looked at: ${each.unreached.message}`] : linesOfReached(each)

const linesOfReached = (each: StatusReport): string[] => [
  `  ${lockWords(each)}`,
  ...each.holds.map(hold => `  on hold: ${holdWords(hold)}`),
  ...each.links.flatMap(link => [
    isChoice(link)
      ? `  ${link.path} → ${link.live}`
      : `  ${link.path}: ${link.problem ?? `${link.live} is live`}`,
    ...link.releases
      .slice(0, MOST_RELEASES)
      .map(
        release =>
          `    ${release.name}${release.commit ? `  ${release.commit.slice(0, 7)}` : ''}  ${standingWords(release)}`,
      ),
    ...(link.releases.length > MOST_RELEASES
      ? [`    … and ${link.releases.length - MOST_RELEASES} older ones`]
      : []),
  ]),
  ...each.runs.map(run => `  run ${run.run}${when(run.run)}: ${wentWords(run)}, ${endedAs(run)}`),
  `  state folder ${each.stateFolder}`,
]

const when = (run: string): string => (begun(run) === '' ? '' : ` (${begun(run)})`)

const roomLines = (status: readonly StatusReport[]): string[] =>
  status.flatMap(({ host, links }) =>
    links.flatMap(({ path, freeBytes }) =>
      freeBytes === undefined ? [] : [`${host}: ${space(freeBytes)} free at ${path}`],
    ),
  )
