import { grouped } from '../grouped.ts'
import type { StatusReport } from '../outcome.ts'
import { hostNames } from './by-host.ts'
import { firstLive, isStuck, lives } from './status-words.ts'

/** What stands in the way on some hosts, the worst first; the first line of the page is about the first of these. */
export interface Obstacle {
  readonly sign: '❌' | '⚠️' | '🔒' | '⏸️'
  /** Goes on after "shop · production …". */
  readonly words: string
  /** What to do about it, a sentence each. */
  readonly remedy: readonly string[]
}

/** Everything that keeps deploys or rollbacks back, or that nobody wants to find; empty when all is well. */
export function obstacles(status: readonly StatusReport[]): Obstacle[] {
  return [
    ...stuck(status),
    ...drills(status),
    ...unreached(status),
    ...unreadable(status),
    ...atWork(status),
    ...dead(status),
    ...apart(status),
    ...onHold(status),
  ]
}

/** Hosts by the run that holds their lock. */
const byRun = (status: readonly StatusReport[]): [run: string, hosts: StatusReport[]][] => [
  ...grouped(status, ({ lock }) => lock?.run ?? ''),
]

const namesOf = (hosts: readonly StatusReport[]): string => hostNames(hosts.map(({ host }) => host))

function stuck(status: readonly StatusReport[]): Obstacle[] {
  return byRun(status.filter(isStuck)).map(([run, hosts]) => ({
    sign: '❌',
    words: `needs its operator: run ${run} is in between on ${namesOf(hosts)}`,
    remedy: [
      `Mend what run ${run} stumbled over, then on ${namesOf(hosts)}: \`${hosts[0]?.stateFolder}/runs/${run}/rollbook undo\``,
      `Or, when everything is put right by hand: \`operation: unlock\` with \`run-id: ${run}\`.`,
    ],
  }))
}

/** One drill is one obstacle, on however many hosts it is. */
function drills(status: readonly StatusReport[]): Obstacle[] {
  const found = status.flatMap(({ drill }) => drill ?? [])
  return [...grouped(found, ({ run }) => run).values()].flatMap(([drill]) =>
    drill === undefined
      ? []
      : [
          {
            sign: drill.alive ? ('🔒' as const) : ('⚠️' as const),
            words: drill.alive
              ? `is in a drill: ${drill.said}`
              : `may still be broken by a drill: ${drill.said}`,
            remedy: drill.remedy,
          },
        ],
  )
}

function unreached(status: readonly StatusReport[]): Obstacle[] {
  return status.flatMap(({ host, unreached }) =>
    unreached === undefined
      ? []
      : [
          {
            sign: '⚠️' as const,
            words: `can not be rolled back: ${host} could not be looked at`,
            remedy: [unreached.message, ...unreached.remedy],
          },
        ],
  )
}

function unreadable(status: readonly StatusReport[]): Obstacle[] {
  const problems = status.flatMap(({ host, links }) =>
    links.flatMap(({ problem }) => (problem === undefined ? [] : [{ host, problem }])),
  )
  return [...grouped(problems, ({ problem }) => problem)].map(([problem, of]) => ({
    sign: '⚠️',
    words: `can not be rolled back: nobody can tell what is live on ${hostNames(of.map(({ host }) => host))}`,
    remedy: [
      `On ${hostNames(of.map(({ host }) => host))}: ${problem} \`operation: plan\` says how to mend that.`,
    ],
  }))
}

function atWork(status: readonly StatusReport[]): Obstacle[] {
  return byRun(status.filter(({ lock }) => lock?.alive)).map(([run, hosts]) => ({
    sign: '🔒',
    words: `is locked: run ${run} is at work on ${namesOf(hosts)}`,
    remedy: [
      `Wait until run ${run} has ended. A host whose runner is gone ends by itself when it has heard nothing for half a minute.`,
    ],
  }))
}

function dead(status: readonly StatusReport[]): Obstacle[] {
  const left = status.filter(each => each.lock && !each.lock.alive && !isStuck(each))
  return byRun(left).map(([run, hosts]) => ({
    sign: '⚠️',
    words: `is locked by run ${run}, which died on ${namesOf(hosts)}`,
    remedy: [
      `Bring run ${run} to its end: \`operation: unlock\` with \`run-id: ${run}\`. A rollback does so before anything else.`,
    ],
  }))
}

function apart(status: readonly StatusReport[]): Obstacle[] {
  const live = new Set(status.flatMap(each => firstLive(each) || []))
  if (live.size < 2) return []
  return [
    {
      sign: '⚠️',
      words: `serves different releases: ${lives(status)}`,
      remedy: [
        'Bring all hosts to one release: `operation: rollback` with that release as `target`. Hosts that are there already stay as they are.',
      ],
    },
  ]
}

function onHold(status: readonly StatusReport[]): Obstacle[] {
  const held = [...new Set(status.flatMap(({ holds }) => holds.map(({ release }) => release)))]
  if (held.length === 0) return []
  const what = held.includes('*') ? 'every deploy is' : `deploys of ${held.join(' and ')} are`
  return [
    {
      sign: '⏸️',
      words: `is on ${lives(status)}; ${what} on hold`,
      remedy: held.map(
        release =>
          `When ${release === '*' ? 'everything' : release} may be deployed again, lift the hold: \`operation: record\`, \`state: free\`, \`target: ${release}\`, with a reason.`,
      ),
    },
  ]
}
