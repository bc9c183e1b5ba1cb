import { type Draft, entriesOf, propertyOf } from './draft.ts'
import type { Path, Report } from './problem.ts'

type Links = ReadonlyMap<string, readonly string[]>

/** Reports lists of checks, `include` and `escalate` that lead back to where they started. */
export function reportCircles(value: unknown, draft: Draft, report: Report): void {
  const lists = Object.entries(draft.checks).map(([name, items]): [string, readonly string[]] => [
    name,
    items.flatMap(item => (item?.kind === 'use' ? [String(item.value)] : [])),
  ])
  reportIn(new Map(lists), name => ['checks', name], report)
  for (const key of ['include', 'escalate']) {
    const links = entriesOf(value, 'rollbacks').map(([name, each]): [string, readonly string[]] => [
      name,
      [propertyOf(each, key)].flat().filter(target => typeof target === 'string'),
    ])
    reportIn(new Map(links), name => ['rollbacks', name, key], report)
  }
}

/** Each circle once, where its first name (in the order of the file) stands. */
function reportIn(links: Links, place: (name: string) => Path, report: Report): void {
  const told = new Set<string>()
  for (const name of links.keys()) {
    const circle = wayBack(name, links)
    if (circle === undefined || circle.some(each => told.has(each))) continue
    for (const each of circle) told.add(each)
    report(place(name), `This leads back to itself: ${[...circle, name].join(' → ')}.`, 'key')
  }
}

/** The names from `start` on until the way is back at it. */
function wayBack(start: string, links: Links): readonly string[] | undefined {
  const seen = new Set<string>()
  const ways: (readonly string[])[] = [[start]]
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    for (const next of links.get(way.at(-1) ?? '') ?? []) {
      if (next === start) return way
      if (seen.has(next)) continue
      seen.add(next)
      ways.push([...way, next])
    }
  }
  return undefined
}
