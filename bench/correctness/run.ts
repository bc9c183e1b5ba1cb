import { readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Ask, Contender, Run } from '../contenders/contender.ts'
import { type BenchHost, type Hosts, SSH_PORT } from '../hosts.ts'
import type { Case } from './cases.ts'
import { type Judged, judge } from './judge.ts'
import { plant, type Seen, see } from './tree.ts'

/** Nobody listens there. */
const DOWN = '127.0.0.29'

/** Seconds that what a killed run has left on the hosts may take to come to its own end. */
const PATIENCE = 90

/** Lays a case out, lets a contender meet it, and judges what is there afterwards. */
export async function meet(
  contender: Contender,
  { how, tree, right, arrange, mayVanish = [], ...rest }: Case,
  hosts: Hosts,
): Promise<Judged> {
  const list = hosts.list.slice(0, rest.hosts)
  const asks = rest.asks ?? ['previous']
  if (!contender.takesTarget && asks.some(ask => ask !== 'previous'))
    return { verdict: 'not asked', words: 'it can not be told where to go' }
  for (const host of list) plant(host, tree)
  arrange?.(list)
  const before = list.map(host => see(host, tree))
  const reached = how === 'no hosts' ? [] : how === 'one host is down' ? [...list, isDown(list)] : list
  const run = await contender.prepare({ hosts: reached, port: SSH_PORT, access: hosts })

  // A tool may put away the release that it leaves, where it keeps an archive: that is a way of working, not a fault.
  const left = new Set<string>()
  const noteLive = () => {
    for (const { live } of list.map(host => see(host, tree))) if (live !== undefined) left.add(live)
  }
  const exitCode = await runsOf(how, run, asks, hosts, list, noteLive)
  const seen = list.map((host, index) => newOnly(see(host, tree), before[index], mayVanish, left))
  return judge(
    right,
    before.map(({ live }) => live),
    seen,
    exitCode,
  )
}

/** Does what the case wants done. @returns the exit status that its user goes by */
async function runsOf(
  how: Case['how'],
  run: (ask?: Ask) => Promise<Run>,
  asks: readonly string[],
  hosts: Hosts,
  list: readonly BenchHost[],
  begins: () => void,
): Promise<number> {
  begins()
  if (how === 'twice at once') {
    const [one, other] = await Promise.all([run(), run()])
    await comesToRest(hosts)
    return Math.min(one.exitCode, other.exitCode)
  }
  if (how === 'killed after the flip') {
    await run({ kill: firstFlip(list) })
    await comesToRest(hosts)
  }
  let last = 0
  for (const ask of asks) {
    begins()
    last = (await run(ask === 'previous' ? {} : { target: ask })).exitCode
    await comesToRest(hosts)
  }
  return last
}

/** Settles as soon as `current` of any host is another one. */
async function firstFlip(list: readonly BenchHost[]): Promise<void> {
  const links = () => list.map(({ demo }) => readlinkSync(join(demo, 'current'))).join(' ')
  const at = links()
  for (const until = Date.now() + 20_000; Date.now() < until && links() === at; ) await sleep(1)
}

async function comesToRest(hosts: Hosts): Promise<void> {
  const until = Date.now() + PATIENCE * 1000
  for (;;) {
    try {
      await hosts.settle()
      return
    } catch (error) {
      if (Date.now() > until) throw error
    }
  }
}

const isDown = ([first]: readonly BenchHost[]): BenchHost => {
  if (!first) throw new Error('a host that is down stands beside others')
  return { ...first, name: 'down', address: DOWN }
}

/** What the runs have done, and not what the case has. */
const newOnly = (
  seen: Seen,
  before: Seen | undefined,
  mayVanish: readonly string[],
  left: ReadonlySet<string>,
): Seen => ({
  ...seen,
  vanished: seen.vanished.filter(
    name =>
      !mayVanish.includes(name) &&
      !before?.vanished.includes(name) &&
      !(left.has(name) && seen.archived.includes(name)),
  ),
  stray: seen.stray.filter(name => !before?.stray.includes(name)),
})
