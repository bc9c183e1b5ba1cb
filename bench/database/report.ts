import { pairedRatios, type Spread, spread } from '../statistics.ts'
import type { Contender } from './contenders.ts'
import type { Peak } from './peak.ts'
import type { Subject } from './subject.ts'

/** All runs of one contender, in the order in which they were made. */
export interface Series {
  readonly contender: Contender
  readonly seconds: readonly number[]
  readonly peaks: readonly Peak[]
}

export interface Findings {
  readonly date: Date
  readonly machine: string
  /** How many processes wanted to run, on the average of the minute before the first run. */
  readonly load: number
  readonly subject: Subject
  readonly runs: number
  /** The script first, Rollbook's default second; on a busy host, the same two at the end. */
  readonly series: readonly Series[]
}

const GOALS = { time: 0.6, disk: 0.35 }

/** One page of Markdown. */
export function report({ date, machine, load, subject, runs, series }: Findings): string {
  const at = (index: number): Series => {
    const found = series.at(index)
    if (!found) throw new RangeError('a contender is missing')
    return found
  }
  const [script, ours, busyScript, busyOurs] = [at(0), at(1), at(-2), at(-1)]
  return [
    '# How long a backup of a database takes',
    `${date.toISOString().slice(0, 10)}, medians of ${runs} runs, of one on a busy host; in brackets the least and the most. The rows of the database take ${gigabytes(subject.bytes)} in the server.`,
    table(
      ['', 'seconds', 'most disk at once', 'most disk in the server', 'is'],
      series.map(({ contender, seconds, peaks }) => [
        contender.name,
        shown(spread(seconds), 1),
        megabytes(peaks.map(({ folder }) => folder)),
        megabytes(peaks.map(({ server }) => server)),
        contender.says,
      ]),
    ),
    '## Beside the goals',
    table(
      ['Rollbook, readback, to the script', 'ratio', 'goal', ''],
      [
        goal('time', pairedRatios(ours.seconds, script.seconds), GOALS.time),
        goal('disk', pairedRatios(folders(ours), folders(script)), GOALS.disk),
        goal('time, busy host', pairedRatios(busyOurs.seconds, busyScript.seconds)),
      ],
    ),
    'Ratios are medians of the ratios of paired runs: contenders take turns, so that both runs of a pair met the same machine. On a busy host we stand back behind whatever serves (`nice`, `ionice`), as the script does not: time that we lose there, the site keeps.',
    '## Machine and method',
    [machine, ...subject.versions].map(line => `- ${line}`).join('\n'),
    `Load of the machine before the bench began: ${load.toFixed(2)} (0: nothing else ran). Server, client and the folder of the backups are on one host, a container; the rows lie in the memory of the server. Rollbook's time is that of its program on the host from its first line to \`prepared\`: the look ahead, the backup, its proof, and writing down that it is there. Disk is looked at five times a second.`,
    'Repeat it on a machine that does nothing else: `bash test/system/prepare.sh && node bench/database.ts` (`--runs 5` for more runs, `--write` to replace this page).\n',
  ].join('\n\n')
}

const folders = ({ peaks }: Series): number[] => peaks.map(({ folder }) => folder)
const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(2)} GiB`
const shown = ({ median, least, most }: Spread, digits: number): string =>
  `**${median.toFixed(digits)}** (${least.toFixed(digits)}–${most.toFixed(digits)})`
const megabytes = (bytes: readonly number[]): string =>
  `${shown(spread(bytes.map(each => each / 1e6)), 0)} MB`

function goal(what: string, ratio: Spread, limit?: number): string[] {
  if (limit === undefined) return [what, shown(ratio, 2), '', '']
  return [what, shown(ratio, 2), `≤ ${limit}`, ratio.median <= limit ? 'met' : 'missed']
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
