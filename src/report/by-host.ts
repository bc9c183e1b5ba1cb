import { grouped } from '../grouped.ts'
import { named } from './amounts.ts'

/** Things that are equal, with the names of the hosts that they are equal on. */
export interface Shared<T> {
  readonly hosts: readonly string[]
  readonly what: T
}

/** Puts together what is the same on several hosts; in the order in which each was first seen. */
export function shared<T>(
  all: readonly T[],
  hostOf: (each: T) => string,
  sameAs: (each: T) => unknown,
): Shared<T>[] {
  const groups = [...grouped(all, each => JSON.stringify(sameAs(each))).values()]
  return groups.flatMap(group => {
    const [what] = group
    return what === undefined ? [] : [{ hosts: [...new Set(group.map(hostOf))], what }]
  })
}

/** `web-1 and web-2: no lock`: one line for all hosts of which the same is said. */
export function byHost(said: readonly (readonly [host: string, text: string])[]): string[] {
  const lines = shared(
    said,
    ([host]) => host,
    ([, text]) => text,
  )
  return lines.map(({ hosts, what: [, text] }) => `${hostNames(hosts)}: ${text}`)
}

/** `web-1`, `web-1 and web-2`; more than three are counted. */
export const hostNames = (hosts: readonly string[]): string => named(hosts.map(name => ({ name })))
