import { type Publications, publicationsOf } from './deploy-logs.ts'
import type { ReleaseFact, SymlinkFacts } from './facts.ts'
import type { LedgerEntry } from './ledger.ts'
import { type Standing, standingOf } from './standing.ts'

/** What is known of one release on one host, each verdict with its reason in words for a table. */
export interface Mark {
  readonly release: ReleaseFact
  /** It is what the link points to now. */
  readonly live: boolean
  /** Our ledger or Capistrano's log says that it was live at some time. */
  readonly wasLive: boolean
  /** Our ledger says that it passed and nothing was said against it since. */
  readonly proven: boolean
  /** Why it can't serve: it isn't a folder, or its deploy didn't come to its end. */
  readonly unusable: string | undefined
  /** Why it may be gone back to by its name alone. */
  readonly bad: string | undefined
}

/** Why a release is never chosen by itself, or undefined. */
export const flawOf = (mark: Mark): string | undefined => mark.unusable ?? mark.bad

/** One mark for each entry of `releases/`, in the order of the listing. */
export function marksOf(
  facts: SymlinkFacts,
  ledger: readonly LedgerEntry[],
  live: string | undefined,
): readonly Mark[] {
  const publications = publicationsOf(facts)
  return facts.releases.map(release => {
    const standing = standingOf(ledger, release.name)
    const isLive = release.name === live
    const excused = isLive || standing.proven
    return {
      release,
      live: isLive,
      wasLive: isLive || publications.live.has(release.name) || wasLiveInLedger(ledger, release.name),
      proven: standing.proven,
      unusable:
        brokenFolder(release) ??
        (excused ? undefined : unfinishedDeploy(release, facts, publications, standing, ledger)),
      bad: release.bad ? 'is marked BAD_RELEASE by Deployer' : standing.bad,
    }
  })
}

function brokenFolder({ type, empty }: ReleaseFact): string | undefined {
  if (type === 'link') return 'is a link, not a folder'
  if (type === 'other') return 'is not a folder'
  return empty ? 'is empty' : undefined
}

/** A marker that other releases have, and this one lacks, is a deploy that never came so far. */
function unfinishedDeploy(
  release: ReleaseFact,
  facts: SymlinkFacts,
  publications: Publications,
  standing: Standing,
  ledger: readonly LedgerEntry[],
): string | undefined {
  if (release.dirty) return 'has DIRTY_RELEASE: its deploy never finished'
  const published = publications.deployed.includes(release.name)
  const others = facts.releases.filter(other => other.name !== release.name)
  if (release.revision === undefined && others.some(other => other.revision !== undefined)) {
    return 'has no REVISION, and other releases have one'
  }
  if (!published && others.some(other => publications.deployed.includes(other.name))) {
    return 'was never published, says revisions.log'
  }
  const othersPassed = ledger.some(entry => entry.event === 'good' && entry.release !== release.name)
  if (!published && standing.unfinished && othersPassed) {
    return 'was begun by a deploy that was never reported good'
  }
  return undefined
}

const wasLiveInLedger = (ledger: readonly LedgerEntry[], release: string): boolean =>
  ledger.some(({ event, from, ...entry }) => {
    if (event === 'good') return entry.release === release
    if (event !== 'rolled-back' && event !== 'kept' && event !== 'undone') return false
    return entry.release === release || from === release
  })
