import type { StatusReport } from '../outcome.ts'
import { begun, space } from './amounts.ts'
import { hostNames } from './by-host.ts'
import { leftLines } from './left-words.ts'
import { obstacles } from './obstacles.ts'
import { endedAs } from './run-words.ts'
import { alike, holdWords, isChoice, lockWords, standingWords } from './status-words.ts'
import { storedLines } from './stored-words.ts'

/** How many releases of one folder are listed. */
export const MOST_RELEASES = 20

/** What each host said of itself as plain lines, for the log and the terminal; hosts that say the same share them. */
export function statusLines(status: readonly StatusReport[]): string[] {
  return [
    ...alike(status).flatMap(({ hosts, what }) => [hostNames(hosts), ...linesOf(what)]),
    ...roomLines(status),
    ...storedLines(status),
    ...leftLines(status),
    ...obstacles(status).flatMap(({ words, remedy }) => [
      `It ${words}`,
      ...remedy.map(each => `  → ${each}`),
    ]),
  ]
}

const linesOf = (each: StatusReport): string[] => [
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
  ...each.runs.map(run => `  run ${run.run}${when(run.run)}: ${run.from} → ${run.to}, ${endedAs(run)}`),
  `  state folder ${each.stateFolder}`,
]

const when = (run: string): string => (begun(run) === '' ? '' : ` (${begun(run)})`)

const roomLines = (status: readonly StatusReport[]): string[] =>
  status.flatMap(({ host, links }) =>
    links.flatMap(({ path, freeBytes }) =>
      freeBytes === undefined ? [] : [`${host}: ${space(freeBytes)} free at ${path}`],
    ),
  )
