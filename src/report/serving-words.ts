import type { ServingReport } from '../outcome.ts'
import { grouped } from './amounts.ts'

/** How many processes of one host are named one by one. */
const NAMED = 10

/** What was seen of one host, in words without a full stop. */
export function servingWords({ live, current, old, hidden, onlyOwn, before = 0 }: ServingReport): string {
  const release = releaseOf({ live })
  const seen = [
    current > 0 ? `${processes(current)} ${runs(current)} from ${release}` : '',
    old.length > 0
      ? `${processes(old.length)} ${current > 0 ? '' : `${runs(old.length)} `}from another release`
      : '',
  ].filter(part => part !== '')
  const unseen = hidden.map(({ user, command, count: number }) => `${number} ${command} of ${user}`)
  return [
    seen.length > 0
      ? seen.join(', ')
      : `nothing was seen that runs from a release${before > 0 ? `, where ${processes(before)} did before the switch` : ''}`,
    ...(unseen.length > 0 ? [`${unseen.join(', ')} may not be looked into`] : []),
    ...(onlyOwn ? ['other users’ processes are not shown here'] : []),
  ].join('; ')
}

const processes = (number: number): string => (number === 1 ? '1 process' : `${grouped(number)} processes`)
const runs = (number: number): string => (number === 1 ? 'runs' : 'run')

/** What ran before the switch is gone, and nothing has come in its place. */
export const successorMissing = ({ current, before = 0 }: ServingReport): boolean =>
  before > 0 && current === 0

/** A sentence when nothing has come in the place of what ran before. */
export const successorWords = (each: ServingReport): string[] =>
  successorMissing(each)
    ? [
        `${each.host}: before the switch ${processes(each.before ?? 0)} ran from a release, and nothing was seen that runs from ${releaseOf(each)}: look whether its service is up`,
      ]
    : []

/**
 * A sentence for each process that runs from another release than the live one.
 *
 * @param over it was so when the run went back, and need not be so now.
 */
export function oldProcessWords({ host, live, old }: ServingReport, over = false): string[] {
  const folder = live.slice(0, live.lastIndexOf('/') + 1)
  const sentences = old.slice(0, NAMED).map(({ pid, user, command, what, path }) => {
    const release = `${folder}${path.slice(folder.length).split('/')[0]}`
    const does =
      what === 'fd'
        ? `still ${over ? 'had' : 'has'} ${path} open`
        : `still ${over ? 'ran' : 'runs'} from ${release}`
    return `${host}: pid ${pid} (${command}, ${user}) ${does}`
  })
  const more = old.length - NAMED
  return more > 0
    ? [
        ...sentences,
        `${host}: and ${more} more, which the record names, ${over ? 'ran' : 'run'} from another release`,
      ]
    : sentences
}

/** The release that was live. */
export const releaseOf = ({ live }: Pick<ServingReport, 'live'>): string =>
  live.slice(live.lastIndexOf('/') + 1)
