import { unlessAborted } from '../check/abortable.ts'
import type { RunReport } from '../outcome.ts'
import { Refusal } from '../refusal.ts'
import { commitOf } from '../release/commit.ts'
import type { HostFacts } from '../release/facts.ts'
import { type LedgerEntry, ledgerLine } from '../release/ledger.ts'
import { byHost } from '../report/by-host.ts'
import type { Chronicle } from '../rollback/chronicle.ts'
import type { KindOf } from '../rollback/rollback.ts'
import type { Setting } from '../rollback/setting.ts'
import { heldRelease } from './held.ts'
import { liveIfAny, liveOn } from './live.ts'
import { lookOnly } from './look-only.ts'

/** The hosts don't agree on what is live, so that nobody can say of what was spoken. */
class LiveDiffers extends Refusal {
  readonly code = 'RB-LIVE-DIFFERS'
}

/** Lifting a hold is a decision, and a decision has a reason. */
class ReasonNeeded extends Refusal {
  readonly code = 'RB-REASON-NEEDED'
}

/** A host could not keep what it was told. */
class LedgerNotWritten extends Refusal {
  readonly code = 'RB-LEDGER-NOT-WRITTEN'

  constructor(
    { host, stateFolder }: HostFacts,
    state: string,
    release: string,
    written: readonly string[],
    cause: unknown,
  ) {
    const others = written.length === 0 ? 'No other host has it.' : `Recorded on ${written.join(', ')} only.`
    super(
      `${host} could not write to its ledger that ${release} is ${state}, or nobody heard that it did. ${others} No release was changed.`,
      [
        `On ${host}, look at space and rights: \`df -h ${stateFolder}; ls -ld ${stateFolder}\``,
        'Then run it again: to tell it twice does no harm.',
      ],
      undefined,
      { cause },
    )
  }
}

/**
 * Tells the ledger of every host about a release: that its deploy started, that it passed, that it is bad, that it may
 * be deployed again.
 *
 * @param named the release; empty for the one that is live. To be lifted, a hold is also known by its commit.
 * @throws NothingHeld when a hold is to be lifted that no host has.
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
        'Run it again with `reason`: why it may be deployed again.',
      ])
    }
    const liveOf = named ? liveIfAny : liveOn
    const lives = looked.map(({ facts }) => [facts.host, liveOf(setting, facts, kindOf)] as const)
    const live = lives[0]?.[1] ?? ''
    const release =
      state === 'free'
        ? heldRelease(
            named || live,
            looked.map(({ facts }) => facts.ledger),
          )
        : named || live
    if (!named && new Set(lives.map(([, each]) => each)).size > 1) {
      throw new LiveDiffers(
        'The hosts serve different releases, so that "the live one" is not one. Nothing was changed.',
        ['Name the release with `target`.'],
        { head: ['host', 'live'], rows: lives },
      )
    }
    const commit = looked.map(({ facts }) => commitOf(facts, release)).find(each => each !== undefined)
    const written: string[] = []
    for (const { facts, session } of looked) {
      const own = liveIfAny(setting, facts, kindOf)
      try {
        setting.cancelled.throwIfAborted()
        const line = ledgerLine(entryFor(setting, state, release, own, facts))
        // A host that does not answer would keep whoever cancels from hearing which hosts have it.
        await unlessAborted(session.addToLedger(line), setting.cancelled)
      } catch (error) {
        throw new LedgerNotWritten(facts, state, release, written, error)
      }
      written.push(facts.host)
      chronicle.found({ recorded: { state, release, ...(commit !== undefined && { commit }) } })
      chronicle.host(facts.host, { from: own, to: release, live: own })
    }
    for (const line of byHost(lives.map(([host, each]) => [host, toldWords(each)]))) chronicle.preflight(line)
    chronicle.preflight(MEANS[state])
    chronicle.fromTo(live, release)
    return { outcome: 'recorded' }
  })
}

const toldWords = (live: string): string => `the ledger has it; ${live || 'nothing known'} is live`

/** What an entry leads to, for whoever wonders whether it was the right one. */
const MEANS = {
  started: 'A rollback does not go back to it by itself until it is reported as good.',
  good: 'A rollback may go back to it: it is what `last-good` looks for.',
  bad: 'No rollback goes back to it by itself, and `guard` refuses its deploy.',
  free: 'Its hold is lifted, and `guard` lets its deploy pass.',
} as const

function entryFor(
  setting: Setting,
  event: 'started' | 'good' | 'bad' | 'free',
  release: string,
  live: string,
  facts: HostFacts,
): Omit<LedgerEntry, 'at'> {
  const commit = commitOf(facts, release)
  return {
    event,
    release,
    ...(commit && { commit }),
    ...(event === 'started' && live !== '' && { from: live }),
    run: setting.run,
    ...(setting.actor && { by: setting.actor }),
    ...(setting.reason && { reason: setting.reason }),
  }
}
