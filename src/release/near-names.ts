import { distance } from '../runbook/nearest.ts'

/** Up to three of `known` that a person may have meant: first those that begin so, then those with a slip or two. */
export function nearestReleases(given: string, known: readonly string[]): readonly string[] {
  const text = given.slice(0, 64).toLowerCase()
  if (text === '') return []
  const slips = Math.min(2, Math.floor(text.length / 2))
  return known
    .map(name => ({ name, far: farness(text, name.toLowerCase()) }))
    .filter(({ far }) => far <= slips)
    .toSorted((a, b) => a.far - b.far)
    .slice(0, 3)
    .map(({ name }) => name)
}

const farness = (given: string, name: string): number =>
  name.startsWith(given) || name.endsWith(given) ? 0 : distance(given, name.slice(0, 64))
