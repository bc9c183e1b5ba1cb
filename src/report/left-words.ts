import { grouped } from '../grouped.ts'
import type { LeftReport, PrunedLeftReport, StatusReport } from '../outcome.ts'
import { bytes, count } from './amounts.ts'

/** What one of a sort is called; several have an `s` behind it. */
const NOUNS: Readonly<Record<string, string>> = {
  run: 'run folder',
  copies: 'folder',
  image: 'kept image',
  database: 'old database',
}

/** What stands behind the noun. */
const MORE: Readonly<Record<string, string>> = { copies: ' with copies of files' }

/** `7 run folders (1.2 MB), 6 tags`: how many there are of each sort, and how large they are. */
export function amountsWords(all: readonly LeftReport[]): string {
  const sorts = [...grouped(all, ({ sort }) => sort)]
  return sorts
    .map(([sort, of]) => {
      const size = sizeOf(of)
      return `${count(of.length, NOUNS[sort] ?? sort)}${MORE[sort] ?? ''}${size > 0 ? ` (${bytes(size)})` : ''}`
    })
    .join(', ')
}

/** `3 of them are older than what is kept`; empty when none is. */
export function olderWords(all: readonly LeftReport[]): string {
  const going = all.filter(({ goes }) => goes)
  if (going.length === 0) return ''
  return `${going.length} of them ${going.length === 1 ? 'is' : 'are'} older than what is kept (${bytes(sizeOf(going))})`
}

const sizeOf = (all: readonly LeftReport[]): number => all.reduce((sum, each) => sum + each.bytes, 0)

/** `tag /opt/app rollbook/20261120T141055Z-8d1f`. */
export const leftName = ({ sort, name }: Pick<LeftReport, 'sort' | 'name'>): string => `${sort} ${name}`

/** What goes on each host, and how much stays and why, before anything of it has gone. */
export function pruningLeftLines(hosts: readonly string[], all: readonly PrunedLeftReport[]): string[] {
  return hosts.flatMap(host => {
    const own = all.filter(each => each.host === host)
    if (own.length === 0) return []
    const staying = grouped(
      own.filter(({ goes }) => !goes),
      ({ why }) => why,
    )
    return [
      `${host}: left by runs: ${amountsWords(own)}; ${olderWords(own) || 'none is older than what is kept'}`,
      ...own.filter(({ goes }) => goes).map(each => `  goes: ${leftName(each)}: ${each.why}`),
      ...[...staying].map(([why, of]) => `  stays: ${amountsWords(of)}: ${why}`),
    ]
  })
}

/** What runs left on each host, for the log and the terminal. */
export const leftLines = (status: readonly StatusReport[]): string[] =>
  status.flatMap(({ host, left = [] }) => {
    if (left.length === 0) return []
    const older = olderWords(left)
    return [
      `${host}: left by runs: ${amountsWords(left)}${older && `; ${older}: operation: prune removes them`}`,
    ]
  })
