import type { Series, Situation } from './measure.ts'
import { pairedRatios, type Spread, spread } from './statistics.ts'
import { PREVIOUS } from './tree.ts'

/** Everything that the page says. */
export interface Findings {
  readonly date: Date
  readonly machine: readonly string[]
  readonly runs: number
  readonly series: readonly Series[]
  /** Missing when Rollbook did not take part. */
  readonly bundle?: {
    readonly sizes: readonly (readonly [string, number])[]
    readonly start: Spread
    readonly starts: number
  }
}

const OURS = 'Rollbook'
const PEERS = ['Capistrano', 'Shipit']
const PLAIN = 'plain ssh'
const FLOOR = 'logging in'
const MEGABYTE = 1_000_000

/** The results as a page of Markdown. */
export function report(findings: Findings): string {
  const { date, machine, runs, series, bundle } = findings
  return [
    '# How long a rollback takes',
    `${date.toISOString().slice(0, 10)}, medians of ${runs} runs after one warm-up. Milliseconds from the start of a process to its exit.`,
    times(series),
    `In brackets the fastest and the slowest run. ${notes(series)}`,
    '## Beside the goals',
    goals(series, bundle),
    'Ratios are medians of the ratios of paired runs: contenders take turns (A B C D, A B C D, …), so that both runs of a pair met the same machine.',
    '## What each of them did',
    deeds(series),
    ...(bundle === undefined ? [] : ['## The bundle', sizes(bundle.sizes)]),
    '## Machine and method',
    machine.map(line => `- ${line}`).join('\n'),
    METHOD,
  ]
    .join('\n\n')
    .concat('\n')
}

const METHOD = `Hosts are SSH servers on 127.0.0.11 to 127.0.0.18, each in a mount namespace of its own with its own \`/srv/demo\`, home and boot id, on the same cores as the contenders. Before every run the tree is made afresh (5 releases of 64 KB, \`current\` on the newest) and nothing may run on a host any more. After every run \`current\` must name the release before it, on every host; *logging in* touches nothing. 30 and 150 ms of round trip come from TCP proxies that hold each chunk back for half of it each way; opening a TCP connection costs nothing there, which favours those who open many.

Repeat it, as root on Debian or Ubuntu, on a machine that does nothing else: \`npm ci && npm run bench\` (\`-- --runs 15\` for more runs, \`-- --write\` to replace this page).`

function times(series: readonly Series[]): string {
  const contenders = [...new Set(series.map(one => one.contender))]
  return table(
    ['', ...situationsOf(series).map(situationWords)],
    contenders.map(contender => [
      contender.name,
      ...situationsOf(series).map(situation => timeWords(found(series, contender.name, situation))),
    ]),
  )
}

function timeWords(one: Series | undefined): string {
  if (one === undefined) return ''
  const { median, least, most } = spread(one.milliseconds)
  return `**${ms(median)}** (${ms(least)}–${ms(most)})`
}

function notes(series: readonly Series[]): string {
  const post = series.filter(one => one.post.length > 0).flatMap(one => one.post)
  if (post.length === 0) return ''
  return `Rollbook's time is that of \`main\`, with the API of GitHub out of reach; \`post\`, which runs when the job ends, takes ${ms(spread(post).median)} more.`
}

function goals(series: readonly Series[], bundle: Findings['bundle']): string {
  const situations = situationsOf(series)
  const rows = [
    ...situations.flatMap(situation => besidePeers(series, situation)),
    ...situations.flatMap(situation => besidePlain(series, situation)),
    ...situations.flatMap(situation => manyBesideOne(series, situation)),
    ...situations.flatMap(situation => eachFurtherHost(series, situation)),
  ]
  if (bundle) {
    const { median, least, most } = bundle.start
    const inSeconds = { median: median / 1000, least: least / 1000, most: most / 1000 }
    rows.push(goal(`seconds to start (${bundle.starts} starts)`, inSeconds, 0.15, 3))
  }
  return table(['Rollbook', 'ratio', 'goal', ''], rows)
}

/** To the faster of the peers. */
function besidePeers(series: readonly Series[], situation: Situation): string[][] {
  const ours = found(series, OURS, situation)
  const [fastest] = PEERS.flatMap(name => found(series, name, situation) ?? []).sort(
    (a, b) => spread(a.milliseconds).median - spread(b.milliseconds).median,
  )
  if (!ours || !fastest) return []
  const what = `to ${fastest.contender.name}, the faster peer, ${situationWords(situation)}`
  return [
    goal(
      what,
      pairedRatios(ours.milliseconds, fastest.milliseconds),
      situation.hosts === 1 ? 0.4 : undefined,
    ),
  ]
}

function besidePlain(series: readonly Series[], situation: Situation): string[][] {
  const ours = found(series, OURS, situation)
  const plain = found(series, PLAIN, situation)
  if (!ours || !plain) return []
  const most = situation.rtt === 0 ? 2 : situation.rtt === 30 ? 1.25 : undefined
  const ratio = pairedRatios(ours.milliseconds, plain.milliseconds)
  return [goal(`to plain ssh, ${situationWords(situation)}`, ratio, situation.hosts === 1 ? most : undefined)]
}

/** What logging in costs for many hosts is what the machine, with all servers on it, makes everybody pay: ADR 16. */
function manyBesideOne(series: readonly Series[], many: Situation): string[][] {
  if (many.hosts === 1) return []
  return [OURS, PLAIN, FLOOR].flatMap(name => {
    const several = found(series, name, many)
    const one = found(series, name, { ...many, hosts: 1 })
    if (!several || !one) return []
    const what = `${name === OURS ? '' : `(${name}) `}${many.hosts} hosts to one, ${many.rtt} ms`
    return [goal(what, pairedRatios(several.milliseconds, one.milliseconds), name === OURS ? 1.3 : undefined)]
  })
}

/**
 * What each further host costs by itself: without what logging in to it costs on this machine, and without the two round
 * trips in which hosts agree, which one host alone does not need. Milliseconds.
 */
function eachFurtherHost(series: readonly Series[], many: Situation): string[][] {
  const times = (name: string, hosts: number) => found(series, name, { ...many, hosts })?.milliseconds
  const [ours, one, floor, floorOfOne] = [
    times(OURS, many.hosts),
    times(OURS, 1),
    times(FLOOR, many.hosts),
    times(FLOOR, 1),
  ]
  if (many.hosts === 1 || !ours || !one || !floor || !floorOfOne) return []
  const own = ours.map(
    (all, round) =>
      (all - (one[round] ?? 0) - ((floor[round] ?? 0) - (floorOfOne[round] ?? 0)) - 2 * many.rtt) /
      (many.hosts - 1),
  )
  const what = `milliseconds for each further host beyond logging in and agreeing, ${many.rtt} ms`
  return [goal(what, spread(own), undefined, 0)]
}

function goal(
  what: string,
  { median, least, most }: Spread,
  limit: number | undefined,
  digits = 2,
): string[] {
  const ratio = `**${median.toFixed(digits)}** (${least.toFixed(digits)}–${most.toFixed(digits)})`
  if (limit === undefined) return [what, ratio, '', '']
  return [what, ratio, `≤ ${limit}`, median <= limit ? 'met' : 'missed']
}

function deeds(series: readonly Series[]): string {
  const single = series.filter(
    one => one.situation.hosts === 1 && one.situation.rtt === 0 && one.contender.goesBack,
  )
  return table(
    ['', 'is', 'went back to', 'releases that vanished', 'files that it left'],
    single.map(({ contender, left }) => [
      contender.name,
      contender.says,
      left.live === PREVIOUS ? 'the previous one' : 'another one',
      left.vanished.join(', ') || 'none',
      left.added.map(name => `\`${name}\``).join(', ') || 'none',
    ]),
  )
}

function sizes(files: readonly (readonly [string, number])[]): string {
  const total = files.reduce((sum, [, bytes]) => sum + bytes, 0)
  const row = (name: string, bytes: number) => [name, `${(bytes / MEGABYTE).toFixed(2)} MB`]
  return table(
    ['file', 'size'],
    [...files.map(([name, bytes]) => row(`\`${name}\``, bytes)), row('in all, at most 2.5 MB', total)],
  )
}

const found = (series: readonly Series[], name: string, { rtt, hosts }: Situation): Series | undefined =>
  series.find(
    one => one.contender.name === name && one.situation.rtt === rtt && one.situation.hosts === hosts,
  )

const situationsOf = (series: readonly Series[]): Situation[] => [
  ...new Set(series.map(one => one.situation)),
]

const situationWords = ({ rtt, hosts }: Situation): string =>
  `${hosts === 1 ? '1 host' : `${hosts} hosts`}, ${rtt} ms`

const ms = (milliseconds: number): string => String(Math.round(milliseconds))

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
