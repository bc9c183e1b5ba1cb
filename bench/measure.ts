import { setTimeout as sleep } from 'node:timers/promises'
import type { Contender, Run } from './contenders/contender.ts'
import { type Hosts, portAt, SSH_PORT } from './hosts.ts'
import { startLatency } from './latency.ts'
import { type Left, LIVE, look, PREVIOUS, reset } from './tree.ts'

/** A round trip time in milliseconds, and a number of hosts. */
export interface Situation {
  readonly rtt: number
  readonly hosts: number
  /** Everybody when left out. */
  readonly only?: readonly Contender[]
}

/** All runs of one contender in one situation, in order: run `i` of each is from the same round. */
export interface Series {
  readonly contender: Contender
  readonly situation: Situation
  readonly milliseconds: number[]
  readonly post: number[]
  /** What the last run left on the first host; that every host is on the right release was checked after each. */
  left: Left
}

/** Milliseconds in which the machine comes to rest after a reset. */
const REST = 200

/** The run did not do its job, so that its time means nothing. */
export class WrongOutcome extends Error {}

/**
 * Runs everything in turn, round by round: A B C D, A B C D, … Rounds of a warm-up are thrown away.
 *
 * @throws WrongOutcome as soon as a run fails, or leaves a host on another release than the previous one
 */
export async function measure(
  contenders: readonly Contender[],
  situations: readonly Situation[],
  hosts: Hosts,
  { runs, warmUp, tell }: { runs: number; warmUp: number; tell: (text: string) => void },
): Promise<Series[]> {
  const addresses = hosts.list.map(host => host.address)
  await using proxies = new AsyncDisposableStack()
  for (const rtt of new Set(situations.map(situation => situation.rtt)))
    if (rtt > 0) proxies.use(await startLatency(addresses, portAt(rtt), SSH_PORT, rtt / 2))

  const courses: { series: Series; run: () => Promise<Run> }[] = []
  for (const situation of situations) {
    const route = {
      hosts: hosts.list.slice(0, situation.hosts),
      port: portAt(situation.rtt),
      access: hosts,
    }
    for (const contender of contenders) {
      if (situation.only?.includes(contender) === false) continue
      const left: Left = { live: undefined, vanished: [], added: [] }
      const series: Series = { contender, situation, milliseconds: [], post: [], left }
      courses.push({ series, run: await contender.prepare(route) })
    }
  }

  for (let round = -warmUp; round < runs; round += 1) {
    for (const { series, run } of courses) {
      for (const host of hosts.list) reset(host)
      await sleep(REST)
      const { milliseconds, exitCode, output, post } = await run()
      await hosts.settle()
      series.left = checked(series, hosts, exitCode, output)
      const { contender, situation } = series
      tell(
        `${round < 0 ? 'warm-up' : `round ${round + 1}`}  ${contender.name}, ${situation.hosts} × ${situation.rtt} ms: ${Math.round(milliseconds)}`,
      )
      if (round < 0) continue
      series.milliseconds.push(milliseconds)
      if (post !== undefined) series.post.push(post)
    }
  }
  return courses.map(course => course.series)
}

function checked({ contender, situation }: Series, hosts: Hosts, exitCode: number, output: string): Left {
  const lefts = hosts.list.slice(0, situation.hosts).map(look)
  const wanted = contender.goesBack ? PREVIOUS : LIVE
  const wrong = lefts.find(left => left.live !== wanted)
  const first = lefts[0]
  if (exitCode !== 0 || wrong !== undefined || first === undefined)
    throw new WrongOutcome(
      `${contender.name}: exit ${exitCode}, current is ${wrong?.live ?? wanted}\n${output}`,
    )
  return first
}
