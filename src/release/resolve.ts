import type { SymlinkFacts } from './facts.ts'
import { pickLastGood } from './last-good.ts'
import type { LedgerEntry } from './ledger.ts'
import { flawOf, type Mark } from './marks.ts'
import { pickNamed } from './named.ts'
import { chronological } from './order.ts'
import { pickPrevious } from './previous.ts'
import { markOf, type PassedOver, situationOf } from './situation.ts'

/** Where one host would go, and why. */
export interface Choice {
  /** The release that is live. */
  readonly from: string
  readonly to: string
  /** What stands in `REVISION`. */
  readonly fromCommit?: string
  readonly toCommit?: string
  /** `to` is live already: nothing to do on this host. */
  readonly alreadyThere: boolean
  /** One sentence without its full stop, e.g. `41 was live before 42 (ledger)`. */
  readonly why: string
  readonly warnings: readonly string[]
  readonly passedOver: readonly PassedOver[]
  /** Everything that there is, judged, newest first; by name alone where nothing tells their age. */
  readonly candidates: readonly Candidate[]
}

/** A release as tables and other hosts see it. */
export interface Candidate {
  readonly name: string
  readonly commit: string | undefined
  readonly live: boolean
  /** On record as good, or proven by a rollback. */
  readonly proven: boolean
  /** It can't serve: its deploy did not come to its end. */
  readonly halfMade: boolean
  /** Why it is never chosen by itself: it is bad, or it can't serve. */
  readonly flaw: string | undefined
}

/**
 * Decides where one folder of releases goes for a target: `previous`, `last-good`, the name of a release, or a commit.
 * A name that is asked for and live already is no error here: `agree` knows whether other hosts still have a way to go.
 *
 * @throws NoCurrent, CurrentIsNotALink, NoPrevious, OrderUnknown, NothingProven, ReleaseMissing, ReleaseUnusable,
 * AmbiguousCommit
 */
export function resolveOnHost(facts: SymlinkFacts, ledger: readonly LedgerEntry[], target: string): Choice {
  const situation = situationOf(facts, ledger)
  const pick = choose()
  const { live } = situation
  const to = markOf(situation, pick.name)
  const fromCommit = markOf(situation, live)?.release.revision
  const toCommit = to?.release.revision
  const alreadyThere = pick.name === live
  return {
    from: live,
    to: pick.name,
    ...(fromCommit !== undefined && { fromCommit }),
    ...(toCommit !== undefined && { toCommit }),
    alreadyThere,
    why: pick.why,
    warnings: alreadyThere ? [] : warningsAbout(),
    passedOver: pick.passedOver,
    candidates: situation.marks.map(candidateFrom),
  }

  function choose() {
    if (target === 'previous') return pickPrevious(situation)
    if (target === 'last-good') return pickLastGood(situation)
    return pickNamed(situation, target)
  }

  function warningsAbout(): string[] {
    const forward = chronological([live, pick.name], facts)?.names[1] === pick.name
    return [
      ...(to?.bad === undefined ? [] : [`Release ${pick.name} ${to.bad}; it was asked for all the same.`]),
      ...(forward ? [`Release ${pick.name} is newer than ${live}: this goes forward, not back.`] : []),
    ]
  }
}

const candidateFrom = (mark: Mark): Candidate => ({
  name: mark.release.name,
  commit: mark.release.revision,
  live: mark.live,
  proven: mark.proven,
  halfMade: mark.unusable !== undefined,
  flaw: flawOf(mark),
})
