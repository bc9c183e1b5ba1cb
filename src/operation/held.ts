import { Refusal } from '../refusal.ts'
import { type Hold, holdsOf } from '../release/hold.ts'
import { EVERY_RELEASE, type LedgerEntry } from '../release/ledger.ts'
import { isCommit, sameCommit } from '../release/name.ts'
import { badRelease } from '../release/standing.ts'

/** Nobody keeps back what was to be let go: somebody would deploy it, and be stopped again. */
class NothingHeld extends Refusal {
  readonly code = 'RB-NOTHING-HELD'
}

/**
 * The release of which a hold, or a bad word, is to be lifted: by its name, or by the commit that `guard` shows.
 *
 * @param named a release, a commit, or `*` for every hold
 * @param ledgers one for each host
 * @throws NothingHeld when no host keeps anything of that name back
 */
export function heldRelease(named: string, ledgers: readonly (readonly LedgerEntry[])[]): string {
  const holds = ledgers.flatMap(holdsOf)
  if (named === EVERY_RELEASE && holds.length > 0) return named
  const made = isCommit(named) ? holds.find(({ commit }) => commit && sameCommit(commit, named)) : undefined
  const held = holds.find(({ release }) => release === named) ?? made
  const release =
    held?.release ?? ledgers.map(ledger => badRelease(ledger, named)).find(bad => bad !== undefined)
  if (release !== undefined) return release
  const nothing =
    named === EVERY_RELEASE ? 'No hold stands' : `${JSON.stringify(named.slice(0, 80))} is not on hold`
  throw new NothingHeld(
    `${nothing} on any host, so that there is nothing to lift. Nothing was changed.`,
    [
      holds.length > 0
        ? 'Give as `target` one of these, or `*` for all of them.'
        : '`operation: status` shows what is known of each release.',
    ],
    holds.length > 0 ? { head: ['held back', 'commit', 'why'], rows: uniqueRows(holds) } : undefined,
  )
}

const uniqueRows = (holds: readonly Hold[]): string[][] => {
  const rows = holds.map(({ release, commit = '', reason = '', all }) => [
    all ? '* (every deploy)' : release,
    commit.slice(0, 12),
    reason,
  ])
  return [...new Map(rows.map(row => [row.join('\n'), row])).values()]
}
