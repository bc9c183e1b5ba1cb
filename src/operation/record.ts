import type { RunReport } from '../outcome.ts'
import { Refusal } from '../refusal.ts'
import type { HostFacts } from '../release/facts.ts'
import { type LedgerEntry, ledgerLine } from '../release/ledger.ts'
import { liveRelease } from '../release/live.ts'
import type { Chronicle } from '../rollback/chronicle.ts'
import type { KindOf } from '../rollback/rollback.ts'
import type { Setting } from '../rollback/setting.ts'
import { lookOnly } from './look-only.ts'

/** The hosts don't agree on what is live, so that nobody can say of what was spoken. */
class LiveDiffers extends Refusal {
  readonly code = 'RB-LIVE-DIFFERS'
}

/** Lifting a hold is a decision, and a decision has a reason. */
class ReasonNeeded extends Refusal {
  readonly code = 'RB-REASON-NEEDED'
}

/**
 * Tells the ledger of every host about a release: that its deploy started, that it passed, that it is bad, that it may
 * be deployed again.
 *
 * @param named the release; empty for the one that is live.
 */
export function record(
  setting: Setting,
  chronicle: Chronicle,
  state: 'started' | 'good' | 'bad' | 'free',
  named: string,
  kindOf: KindOf,
): Promise<RunReport> {
  return lookOnly(setting, chronicle, kindOf, async looked => {
    if (state === 'free' && !setting.reason) {
      throw new ReasonNeeded('A hold is lifted with a reason, and none was given. Nothing was changed.', [
        'Run it again with reason: why it may be deployed again.',
      ])
    }
    const lives = looked.map(({ facts }) => [facts.host, liveOf(facts)] as const)
    const live = lives[0]?.[1] ?? ''
    const release = named || live
    if (!named && new Set(lives.map(([, each]) => each)).size > 1) {
      throw new LiveDiffers(
        'The hosts serve different releases, so that "the live one" is not one. Nothing was changed.',
        ['Name the release with target.'],
        { head: ['host', 'live'], rows: lives },
      )
    }
    for (const { facts, session } of looked) {
      const line = ledgerLine(entryFor(setting, state, release, facts))
      await session.addToLedger(line)
      chronicle.preflight(`${facts.host}: ${release} is recorded as ${state}`)
      chronicle.host(facts.host, { from: liveOf(facts), to: release, live: liveOf(facts) })
    }
    chronicle.fromTo(live, release)
    return { outcome: 'recorded' }
  })
}

function entryFor(
  setting: Setting,
  event: 'started' | 'good' | 'bad' | 'free',
  release: string,
  facts: HostFacts,
): Omit<LedgerEntry, 'at'> {
  const commit = facts.symlinks
    .flatMap(({ releases }) => releases)
    .find(each => each.name === release)?.revision
  return {
    event,
    release,
    ...(commit && { commit }),
    ...(event === 'started' && { from: liveOf(facts) }),
    run: setting.run,
    ...(setting.actor && { by: setting.actor }),
    ...(setting.reason && { reason: setting.reason }),
  }
}

const liveOf = (facts: HostFacts): string => {
  const [symlink] = facts.symlinks
  return symlink ? liveRelease(symlink) : ''
}
