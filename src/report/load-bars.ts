import type { CheckReport, LoadReport, RunReport } from '../outcome.ts'
import { count, duration, grouped } from './amounts.ts'
import { fence, text } from './markdown.ts'

/** Characters of the longest bar. */
const WIDTH = 40

/** How fast an address answered under a load: the numbers, and a bar for each class of times. */
export function loads({ checks }: Pick<RunReport, 'checks'>): string {
  const measured = checks.flatMap(check => (check.load === undefined ? [] : [{ check, load: check.load }]))
  return measured
    .slice(0, 20)
    .map(({ check, load }) => page(check, load))
    .join('\n\n')
}

const page = (check: CheckReport, load: LoadReport): string =>
  [`**${text(check.title, 200)}**: ${numbers(load)}`, chart(load)].filter(part => part !== '').join('\n\n')

function numbers({ made, requests, failed, seconds, mean, p50, p95, p99, slowest }: LoadReport): string {
  const times = Object.entries({ mean, p50, p95, p99, slowest }).flatMap(([name, time]) =>
    time === undefined ? [] : [`${name} ${short(time)}`],
  )
  const all = made === requests ? '' : ` of ${grouped(requests)}`
  const rate = seconds > 0 ? [`${grouped(Math.round(made / seconds))} a second`] : []
  return [
    `${grouped(made)}${all} ${made === 1 ? 'request' : 'requests'} in ${duration(seconds)}`,
    ...rate,
    ...times,
    failed === 0 ? 'none failed' : `**${grouped(failed)} failed**`,
  ].join(' · ')
}

function chart({ histogram, failures }: LoadReport): string {
  const rows = [
    ...histogram.map(({ upTo, count: number }) => ({ name: `≤ ${short(upTo)}`, number, mark: '█' })),
    ...failures.slice(0, 5).map(({ why, count: number }) => ({ name: why, number, mark: '▒' })),
  ]
  const most = Math.max(1, ...rows.map(({ number }) => number))
  const widest = Math.max(0, ...rows.map(({ name }) => name.length))
  const lines = rows.map(({ name, number, mark }) => {
    // What happened at all is seen.
    const length = number === 0 ? 0 : Math.max(1, Math.round((number / most) * WIDTH))
    return `${name.padStart(widest)} │${mark.repeat(length)} ${grouped(number)}`
  })
  const others = failures.length - 5
  const more = others > 0 ? [`… and ${count(others, 'more kind')} of failures, in the record`] : []
  return lines.length === 0 ? '' : fence([...lines, ...more], 'text')
}

/** Three digits tell times apart that `duration` shows as the same. */
const short = (seconds: number): string =>
  seconds < 1 ? `${Number((seconds * 1000).toPrecision(3))} ms` : duration(seconds)
