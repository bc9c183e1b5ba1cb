import type { ServingReport } from '../outcome.ts'
import { count } from './amounts.ts'

/** How many processes of one host are named one by one. */
const NAMED = 10

/** What was seen of one host, in words without a full stop. */
export function servingWords({ live, current, old, hidden, onlyOwn }: ServingReport): string {
  const release = releaseOf({ live })
  const seen = [
    current > 0
      ? `${count(current, 'process').replace(/processs$/, 'processes')} ${current === 1 ? 'runs' : 'run'} from ${release}`
      : '',
    old.length > 0 ? `${old.length} from another release` : '',
  ].filter(part => part !== '')
  const unseen = hidden.map(({ user, command, count: number }) => `${number} ${command} of ${user}`)
  return [
    seen.length > 0 ? seen.join(', ') : 'nothing was seen that runs from a release',
    ...(unseen.length > 0 ? [`${unseen.join(', ')} may not be looked into`] : []),
    ...(onlyOwn ? ['other users’ processes are not shown here'] : []),
  ].join('; ')
}

/** A sentence for each process that runs from another release than the live one. */
export function oldProcessWords({ host, live, old }: ServingReport): string[] {
  const folder = live.slice(0, live.lastIndexOf('/') + 1)
  const sentences = old.slice(0, NAMED).map(({ pid, user, command, what, path }) => {
    const release = `${folder}${path.slice(folder.length).split('/')[0]}`
    const does = what === 'fd' ? `still has ${path} open` : `still runs from ${release}`
    return `${host}: pid ${pid} (${command}, ${user}) ${does}`
  })
  const more = old.length - NAMED
  return more > 0
    ? [...sentences, `${host}: and ${more} more, which the record names, run from another release`]
    : sentences
}

/** The release that was live. */
export const releaseOf = ({ live }: Pick<ServingReport, 'live'>): string =>
  live.slice(live.lastIndexOf('/') + 1)
