import type { LedgerEntry } from './ledger.ts'

/**
 * Who came before whom, by activation: for each release the one that was live when it was deployed.
 *
 * Not the number below, and not simply the entry above: after A, bad B, back to A, then C, the way back from C is A
 * (https://github.com/NixOS/nix/issues/311). Going back to a release makes it live again with the parent it had, so
 * that two rollbacks in a row go back twice.
 */
function parentsOf(ledger: readonly LedgerEntry[]): ReadonlyMap<string, string> {
  const parents = new Map<string, string>()
  const wasLive = new Set<string>()
  const deploying = new Set<string>()
  let live: string | undefined

  const setParent = (release: string, parent: string | undefined) => {
    if (parent !== undefined && parent !== release) parents.set(release, parent)
  }
  for (const { event, release, from } of ledger) {
    switch (event) {
      case 'started':
        setParent(release, from ?? live)
        deploying.add(release)
        break
      case 'good':
        if (!deploying.delete(release) && !wasLive.has(release)) setParent(release, live)
        live = release
        wasLive.add(release)
        break
      case 'rolled-back':
      case 'kept':
      case 'undone':
        live = release
        wasLive.add(release)
        break
    }
  }
  return parents
}

/**
 * The releases that were live before `live`, nearest first, each the parent of the one in front of it; empty when the
 * ledger doesn't know how `live` came to be.
 */
export function historyOf(ledger: readonly LedgerEntry[], live: string): readonly string[] {
  const parents = parentsOf(ledger)
  const seen = new Set([live])
  for (let next = parents.get(live); next !== undefined && !seen.has(next); next = parents.get(next)) {
    seen.add(next)
  }
  return [...seen].slice(1)
}

/** The release that was live before `live` was made live, whatever became of it since. */
export const previousOf = (ledger: readonly LedgerEntry[], live: string): string | undefined =>
  historyOf(ledger, live)[0]
