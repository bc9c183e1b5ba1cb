import type { DrillReport, PastDrill } from '../../outcome.ts'
import { count, minute } from '../amounts.ts'
import { table, text } from '../markdown.ts'

/** Drills that a chart shows, this one among them. */
const MOST = 12

/** One drill of the trend: the seconds of each rollback that worked. */
interface Point {
  readonly at: string
  readonly took: ReadonlyMap<string, number>
}

/** The drills so far with this one last, as a chart that GitHub draws, and in numbers for those who see none. */
export function trend({ scenarios, past }: DrillReport, started: string): string {
  if (past.length === 0)
    return 'This is the first drill that the hosts remember: there is nothing yet to compare it with.'
  const points = [
    ...past.slice(1 - MOST).map(pointOf),
    pointOf({ at: started, run: '', outcome: '', scenarios }),
  ]
  const names = [...new Set(points.flatMap(({ took }) => [...took.keys()]))]
  return [
    `Seconds that each rollback took, over the last ${count(points.length, 'drill')}, this one last.`,
    // A chart can't have a gap: each rollback has one of its own, of the drills that measured it.
    ...names.slice(0, 6).map(name => chart(name, points, rtoOf(scenarios, name))),
    table(
      ['drill', ...names.map(name => text(name, 60))],
      points.map(({ at, took }) => [
        minute(at) || '–',
        ...names.map(name => (took.has(name) ? `${rounded(took.get(name) ?? 0)} s` : '–')),
      ]),
    ),
  ]
    .filter(part => part !== '')
    .join('\n\n')
}

const pointOf = ({ at, scenarios }: PastDrill): Point => ({
  at,
  took: new Map(
    scenarios.flatMap(({ rollback, took }) => (took === undefined ? [] : [[rollback, took] as const])),
  ),
})

const rtoOf = (scenarios: DrillReport['scenarios'], name: string): number | undefined =>
  scenarios.find(({ rollback }) => rollback === name)?.rto

const rounded = (seconds: number): number => Number(seconds.toFixed(1))

function chart(name: string, points: readonly Point[], rto: number | undefined): string {
  const known = points.flatMap(({ at, took }) => {
    const seconds = took.get(name)
    return seconds === undefined ? [] : [{ at, seconds }]
  })
  if (known.length < 2) return ''
  const highest = Math.max(...known.map(({ seconds }) => seconds), 0.1)
  // A target far above every time would press the bars flat: then the title has it alone.
  const drawn = rto !== undefined && rto <= highest * 4
  const top = Math.ceil(Math.max(highest, drawn ? rto : 0) * 1.1 * 10) / 10
  const target = rto === undefined ? '' : `, target ${rounded(rto)} s`
  return [
    '```mermaid',
    'xychart-beta',
    `  title "${quotable(name)}${target}"`,
    `  x-axis [${labels(known.map(({ at }) => at)).join(', ')}]`,
    `  y-axis "seconds" 0 --> ${top}`,
    `  bar [${known.map(({ seconds }) => rounded(seconds)).join(', ')}]`,
    ...(drawn ? [`  line [${known.map(() => rounded(rto)).join(', ')}]`] : []),
    '```',
  ].join('\n')
}

/** The day of each drill, with its time where a day has several: bars under one label would be drawn over each other. */
const labels = (all: readonly string[]): readonly string[] =>
  all.map((at, index) => {
    const alone = (length: number) =>
      all.filter(each => each.slice(0, length) === at.slice(0, length)).length === 1
    const length = [10, 16, 19].find(each => at.length >= each && alone(each))
    const time = at.slice(0, length ?? 19).replace('T', ' ')
    return `"${length === undefined ? `${time} ${index + 1}`.trim() : time}"`
  })

/** Names have letters, digits and few signs; nothing else may end a string of Mermaid. */
const quotable = (name: string): string => name.replace(/[^A-Za-z0-9 ._-]/g, ' ').slice(0, 60)
