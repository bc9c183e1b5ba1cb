import type { LoadReport } from '../outcome.ts'
import type { Verdict } from './expect.ts'
import type { Load, LoadRun } from './load-run.ts'

const TIMES = ['mean', 'p50', 'p95', 'p99'] as const

/** Times that a load has to stay within, in seconds; what is absent is not looked at. */
export type LoadLimits = Readonly<Partial<Record<(typeof TIMES)[number], number | undefined>>>

/** Judges what a load measured. Pure. */
export function judgeLoad(run: LoadRun, load: Load, limits: LoadLimits): Verdict {
  const report = loadReport(run, load)
  const problems = [...slow(report, limits), ...failing(report, load), ...cutShort(run, report, load)]
  const seen = TIMES.flatMap(name => (report[name] === undefined ? [] : [`${name} ${shown(report[name])}`]))
  const measured = [...seen, `${digits(report.failed)} of ${digits(report.made)} failed`].join(', ')
  return {
    passed: problems.length === 0,
    detail: problems.length === 0 ? measured : `${problems.join('; ')} (${measured})`,
    proof: 'weak',
    load: report,
  }
}

function slow(report: LoadReport, limits: LoadLimits): readonly string[] {
  return TIMES.flatMap(name => {
    const [seen, most] = [report[name], limits[name]]
    if (most === undefined || seen === undefined || seen <= most) return []
    return [`${name} ${shown(seen)}, wanted at most ${shown(most)}`]
  })
}

function failing({ failed, failures }: LoadReport, load: Load): readonly string[] {
  if (failed <= load.failed) return []
  const [first] = failures
  const why = first === undefined ? '' : `, ${failures.length > 1 ? 'most often: ' : ''}${first.why}`
  return [
    `${digits(failed)} failed${why}, wanted ${load.failed === 0 ? 'none' : `at most ${digits(load.failed)}`}`,
  ]
}

function cutShort({ ended }: LoadRun, { made }: LoadReport, load: Load): readonly string[] {
  const sent = `${digits(made)} of ${digits(load.requests)} requests`
  if (ended === 'out-of-time') return [`the time was up after ${load.seconds} s with ${sent}`]
  return ended === 'failing' ? [`it was stopped after ${sent}, so as not to do harm`] : []
}

/** What was measured, as people and programs read it. */
export function loadReport({ shots, seconds }: LoadRun, { requests, concurrency }: Load): LoadReport {
  const times = shots.flatMap(shot => shot.seconds ?? []).sort((a, b) => a - b)
  const failures = new Map<string, number>()
  for (const { why } of shots) if (why !== undefined) failures.set(why, (failures.get(why) ?? 0) + 1)
  return {
    requests,
    concurrency,
    made: shots.length,
    failed: shots.filter(({ why }) => why !== undefined).length,
    seconds: rounded(seconds),
    ...(times.length > 0 && {
      mean: rounded(times.reduce((sum, time) => sum + time, 0) / times.length),
      p50: percentile(times, 50),
      p95: percentile(times, 95),
      p99: percentile(times, 99),
      slowest: rounded(times.at(-1) ?? 0),
    }),
    histogram: histogramOf(times),
    failures: [...failures].map(([why, count]) => ({ why, count })).sort((a, b) => b.count - a.count),
  }
}

/** The shortest time that so many of a hundred did not exceed (nearest rank). */
const percentile = (sorted: readonly number[], percent: number): number =>
  rounded(sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? 0)

/** Upper ends in seconds: 1, 2 and 5 of each power of ten from 1 ms to 1,000 s. */
const ENDS = [0.001, 0.01, 0.1, 1, 10, 100].flatMap(power => [power, 2 * power, 5 * power]).concat(1000)

/** From the shortest time to the longest, without the empty ends. */
function histogramOf(sorted: readonly number[]): LoadReport['histogram'] {
  let counted = 0
  const bars = ENDS.map(end => {
    const upTo = Number(end.toPrecision(1))
    const below = sorted.findLastIndex(time => time <= upTo) + 1
    const bar = { upTo, count: below - counted }
    counted = below
    return bar
  })
  const filled = bars.map(({ count }) => count > 0)
  return bars.slice(Math.max(0, filled.indexOf(true)), filled.lastIndexOf(true) + 1)
}

/** Microseconds are as fine as it gets. */
const rounded = (seconds: number): number => Math.round(seconds * 1e6) / 1e6

const shown = (seconds: number): string =>
  seconds < 1 ? `${Number((seconds * 1000).toPrecision(3))} ms` : `${Number(seconds.toPrecision(3))} s`

const digits = (number: number): string => String(number).replace(/\B(?=(\d{3})+(?!\d))/g, ',')
