import { begunReleases, publicationsOf } from './deploy-logs.ts'
import type { SymlinkFacts } from './facts.ts'

export interface Order {
  /** Oldest first. */
  readonly names: readonly string[]
  /** What tells it: the name of a log, or `names`. */
  readonly told: string
}

/**
 * The releases named, oldest first, or undefined when nothing tells. Never by modification time: whoever looks into an
 * old release and saves a file there makes it the newest (https://github.com/capistrano/capistrano/issues/552).
 *
 * What counts is the order of publication in Capistrano's log, then the order of deploys in Deployer's, each only when
 * it knows every one of `names`; then the names themselves, when all are of one shape.
 */
export function chronological(names: readonly string[], facts: SymlinkFacts): Order | undefined {
  const wanted = new Set(names)
  const logs = { 'revisions.log': publicationsOf(facts).deployed, '.dep/releases_log': begunReleases(facts) }
  for (const [told, log] of Object.entries(logs)) {
    const known = log.filter(name => wanted.has(name))
    if (known.length === wanted.size) return { names: known, told }
  }
  const isCommitName = (name: string) =>
    name.length >= 7 &&
    facts.releases.some(it => it.name === name && it.revision?.toLowerCase().startsWith(name.toLowerCase()))
  const counted = names.some(isCommitName) ? undefined : byName([...wanted])
  return counted && { names: counted, told: 'names' }
}

/** The names, oldest first, when they count up in one and the same way: `9 < 10`, `v1.9 < v1.10`; else undefined. */
export function byName(names: readonly string[]): readonly string[] | undefined {
  if (names.length < 2) return names
  const counted = withoutCommits(names)
  if (new Set(counted.map(shape)).size > 1) return undefined
  const pairs = names.map((name, index) => ({ name, counted: counted[index] ?? name }))
  pairs.sort((a, b) => compareNaturally(a.counted, b.counted))
  const unclear = pairs.some(({ counted }, index) => {
    const next = pairs[index + 1]
    return next !== undefined && compareNaturally(counted, next.counted) === 0
  })
  return unclear ? undefined : pairs.map(({ name }) => name)
}

/** Sorts any names for people, `9` before `10`; a decision never rests on it. */
export function compareNaturally(a: string, b: string): number {
  const left = pieces(a)
  const right = pieces(b)
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const one = left[at] ?? ''
    const two = right[at] ?? ''
    const order = isNumber(one) && isNumber(two) ? compareNumbers(one, two) : compareText(one, two)
    if (order !== 0) return order
  }
  return 0
}

const pieces = (name: string): readonly string[] => name.match(/\d+|\D+/g) ?? []
const isNumber = (piece: string): boolean => /^\d/.test(piece)
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

// Release numbers can have more digits than a JavaScript number holds.
function compareNumbers(a: string, b: string): number {
  const [one, two] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')]
  return one.length - two.length || compareText(one, two)
}

/** `20260101120000-a1b2c3d` counts by its first part, when all names end in a commit. */
function withoutCommits(names: readonly string[]): readonly string[] {
  const ending = /[-_.+]g?([0-9a-f]{7,40})$/
  const commits = names.map(name => ending.exec(name)?.[1])
  const allEnd = commits.every(commit => commit !== undefined && commit.length === commits[0]?.length)
  const commitsForSure = allEnd && commits.some(commit => commit !== undefined && /[a-f]/.test(commit))
  return commitsForSure ? names.map(name => name.replace(ending, '')) : names
}

/**
 * Names with the same shape count up together. Numbers of ten digits and more are moments, and so are eight digits that
 * are a date: these compare with their like only, for 42 isn't older than 20260101120000. A version may
 * grow a digit group: `v1.9 < v1.9.1`.
 */
function shape(name: string): string {
  if (/^[0-9a-f]{7,40}$/i.test(name) && /[a-f]/i.test(name)) return `commit ${name}`
  const digits = (run: string) => {
    if (run.length >= 10) return `<${run.length} digits>`
    return /^(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/.test(run) ? '<date>' : '<number>'
  }
  return name.replace(/\d+/g, digits).replace(/<number>(\.<number>)+$/, '<number>')
}
