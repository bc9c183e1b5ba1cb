import type { RunReport } from '../outcome.ts'
import { Refusal } from '../refusal.ts'
import { type Hold, holdsOf } from '../release/hold.ts'
import type { LedgerEntry } from '../release/ledger.ts'
import { sameCommit } from '../release/name.ts'
import { isBad } from '../release/standing.ts'
import type { Chronicle } from '../rollback/chronicle.ts'
import { LockHeld } from '../rollback/order.ts'
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
    for (const { facts } of looked) {
      if (facts.lock) {
        throw new LockHeld(`${facts.host} is locked by run ${facts.lock.run}. Do not deploy.`, [
          facts.lock.alive
            ? 'Wait until that run has ended, and ask again.'
            : `That run is dead: run operation unlock with run-id ${facts.lock.run}, and ask again.`,
        ])
      }
      const hold = holdsOf(facts.ledger).find(each => stops(each, deploying))
      if (hold) throw onHold(facts.host, hold)
      const bad = badRelease(facts.ledger, deploying)
      if (bad !== undefined) {
        const what = bad === deploying ? bad : `${deploying} is in release ${bad}, which`
        throw new OnHold(`${what} is marked bad on ${facts.host}. Do not deploy it.`, freeing(bad))
      }
      chronicle.preflight(`${facts.host}: no lock, and no hold on ${deploying || 'anything'}`)
    }
    return { outcome: 'clear' }
  })
}

/** A hold without a commit can't be told apart from what is deployed, so that it stops everything it could mean. */
function stops(hold: Hold, deploying: string): boolean {
  if (hold.all || !deploying || hold.release === deploying) return true
  if (hold.commit === undefined) return true
  return sameCommit(hold.commit, deploying)
}

/** The release on record as bad that is about to be deployed again, by its name or by its commit. */
function badRelease(ledger: readonly LedgerEntry[], deploying: string): string | undefined {
  const names = ledger
    .filter(({ commit }) => commit !== undefined && sameCommit(commit, deploying))
    .map(({ release }) => release)
  return [deploying, ...names].find(name => isBad(ledger, name))
}

function onHold(host: string, hold: Hold): OnHold {
  const what = hold.all
    ? 'Every deploy'
    : `Release ${hold.release}${hold.commit ? ` (${hold.commit.slice(0, 12)})` : ''}`
  const why = hold.reason ? `, because: ${hold.reason}` : ''
  return new OnHold(
    `${what} is on hold on ${host} since run ${hold.run ?? 'unknown'}${why}. Do not deploy.`,
    freeing(hold.release),
  )
}

const freeing = (release: string): string[] => [
  `When it may be deployed again: operation record, state free, target ${release}, with a reason.`,
]
