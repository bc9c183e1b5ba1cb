import type { RunReport } from '../outcome.ts'
import { Refusal } from '../refusal.ts'
import type { HostFacts } from '../release/facts.ts'
import { type Hold, holdsOf } from '../release/hold.ts'
import { sameCommit } from '../release/name.ts'
import { badRelease, standingOf } from '../release/standing.ts'
import { minute } from '../report/amounts.ts'
import { byHost } from '../report/by-host.ts'
import type { Chronicle } from '../rollback/chronicle.ts'
import { drillProblem } from '../rollback/drill-there.ts'
import { lockProblem } from '../rollback/order.ts'
import type { KindOf } from '../rollback/rollback.ts'
import type { Setting } from '../rollback/setting.ts'
import { lookOnly } from './look-only.ts'

/** A rollback left something that must not be deployed again until a person says so. */
class OnHold extends Refusal {
  readonly code = 'RB-ON-HOLD'
}

/**
 * Before a deploy: refuses while a run has the environment, while everything is on hold, or while what would be
 * deployed is what a rollback left.
 *
 * @param deploying commit or release that is about to be deployed; empty when the caller doesn't know, and then any
 * hold stops it.
 */
export function guard(
  setting: Setting,
  chronicle: Chronicle,
  deploying: string,
  kindOf: KindOf,
): Promise<RunReport> {
  return lookOnly(setting, chronicle, kindOf, looked => {
    chronicle.found({ deploying })
    const all = looked.map(({ facts }) => facts)
    for (const facts of all) {
      const problem = lockProblem(facts, '') ?? drillProblem(facts) ?? holdProblem(facts, deploying)
      if (problem) throw problem
    }
    const told = all.flatMap(facts => [
      [
        facts.host,
        `no run holds the lock${holdsOf(facts.ledger).length === 0 ? ', and nothing is on hold' : ''}`,
      ] as const,
      ...holdsOf(facts.ledger).map(
        ({ release }) =>
          [facts.host, `release ${release} is on hold, which is not what is deployed`] as const,
      ),
    ])
    for (const line of byHost(told)) chronicle.preflight(line)
    return { outcome: 'clear' }
  })
}

function holdProblem({ host, ledger }: HostFacts, deploying: string): OnHold | undefined {
  const hold = holdsOf(ledger).find(each => stops(each, deploying))
  if (hold) return onHold(host, hold)
  const bad = deploying ? badRelease(ledger, deploying) : undefined
  if (bad === undefined) return undefined
  const what = bad === deploying ? bad : `${deploying.slice(0, 12)} is in release ${bad}, which`
  return new OnHold(`On ${host}, ${what} ${standingOf(ledger, bad).bad}.`, freeing(bad))
}

/** A hold without a commit can't be told apart from what is deployed, so that it stops everything it could mean. */
function stops(hold: Hold, deploying: string): boolean {
  if (hold.all || !deploying || hold.release === deploying) return true
  if (hold.commit === undefined) return true
  return sameCommit(hold.commit, deploying)
}

function onHold(host: string, { all, release, commit, reason, run, at }: Hold): OnHold {
  const what = all ? 'Every deploy' : `Release ${release}${commit ? ` (\`${commit.slice(0, 7)}\`)` : ''}`
  const by = run === undefined ? '' : ` by run ${run}`
  const why = reason ? `, because: ${reason}` : ''
  return new OnHold(
    `${what} is on hold on ${host} since ${minute(new Date(at * 1000).toISOString())}${by}${why}.`,
    freeing(release),
  )
}

const freeing = (release: string): string[] => [
  `When it may be deployed again: \`operation: record\`, \`state: free\`, \`target: ${release}\`, with a reason.`,
]
