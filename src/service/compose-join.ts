import { isDeepStrictEqual } from 'node:util'
import { type ComposeItem, type ComposeValue, secondsFor, servicesOf, type Verb } from './compose-value.ts'

/**
 * Two items about a service of one project, as one: what is to be built is built once, and each service is stopped or
 * started once. Undefined when they have no service in common, or are not to be done in the same way. Pure.
 */
export function joinCompose(one: ComposeItem, other: ComposeItem): ComposeItem | undefined {
  const named = servicesOf(one.value)
  if (!servicesOf(other.value).some(service => named.includes(service))) return undefined
  if (!isDeepStrictEqual(mannerOf(one), mannerOf(other))) return undefined
  const unsaid = one.timeout === undefined && other.timeout === undefined
  return {
    ...one,
    value: join(one.value, other.value),
    as: one.as === other.as ? one.as : undefined,
    timeout: unsaid ? undefined : Math.max(secondsOf(one), secondsOf(other)),
  }
}

/** All that is said of an item but what it does to what, what it is called, and for how long. */
const mannerOf = ({ value: { path, file }, on, in: folder, severity, undo, env }: ComposeItem) => [
  [path, file, on, folder, severity, undo],
  env,
]

function join(one: ComposeValue, other: ComposeValue): ComposeValue {
  const all = (verb: Verb) => [...new Set([...one[verb], ...other[verb]])]
  const [build, restart] = [all('build'), all('restart')]
  // What is built or restarted is started with that.
  const start = all('start').filter(service => !build.includes(service) && !restart.includes(service))
  return { path: one.path, file: one.file, stop: all('stop'), build, restart, start }
}

const secondsOf = ({ timeout, value }: ComposeItem): number => timeout ?? secondsFor(value)
