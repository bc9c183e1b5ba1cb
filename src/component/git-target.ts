import { Refusal } from '../refusal.ts'
import { historyOf } from '../release/history.ts'
import type { LedgerEntry } from '../release/ledger.ts'
import { isCommit, sameCommit } from '../release/name.ts'
import type { Choice } from '../release/resolve.ts'
import type { PassedOver } from '../release/situation.ts'
import { provenReleases, standingOf } from '../release/standing.ts'
import type { Checkout } from './git-reader.ts'

/** No commit to go to: none before this one, none on record as good, or none of that name. */
class CommitMissing extends Refusal {
  readonly code = 'RB-COMMIT-MISSING'
}

interface Pick {
  readonly to: string
  readonly why: string
  readonly passedOver: readonly PassedOver[]
}

/**
 * The commit that a target means: `previous` (by the ledger, else the first parent; bad ones are passed over),
 * `last-good`, a tag, or a commit by its first digits.
 *
 * @param path of the checkout, for messages.
 * @throws CommitMissing
 */
export function resolveCommit(
  path: string,
  checkout: Checkout,
  ledger: readonly LedgerEntry[],
  target: string,
): Choice {
  const { head, commits } = checkout
  const { to, why, passedOver } = pick()
  const alreadyThere = to === head
  const newer = commits.every(({ commit }) => commit !== to) && !alreadyThere
  const { bad } = standingOf(ledger, to)
  return {
    from: head,
    to,
    fromCommit: head,
    toCommit: to,
    alreadyThere,
    why,
    warnings: alreadyThere
      ? []
      : [
          ...(bad === undefined ? [] : [`Commit ${short(to)} ${bad}; it was asked for all the same.`]),
          ...(newer
            ? [`Commit ${short(to)} is none of the last ${commits.length} before ${short(head)}.`]
            : []),
        ],
    passedOver,
    candidates: commits.map(({ commit }) => ({
      name: commit,
      commit,
      live: commit === head,
      proven: standingOf(ledger, commit).proven,
      halfMade: false,
      flaw: standingOf(ledger, commit).bad,
    })),
  }

  function pick(): Pick {
    if (target === 'previous') return previous()
    if (target === 'last-good') return lastGood()
    return named()
  }

  function previous(): Pick {
    const known = new Set(commits.map(({ commit }) => commit))
    const told = historyOf(ledger, head).filter(commit => known.has(commit))
    const before = commits.slice(1).map(({ commit }) => commit)
    const passed: PassedOver[] = []
    for (const commit of [...new Set([...told, ...before])]) {
      const { bad: flaw } = standingOf(ledger, commit)
      if (flaw !== undefined) {
        passed.push({ name: short(commit), why: flaw })
        continue
      }
      const reason = told.includes(commit)
        ? `${short(commit)} was live before ${short(head)} (ledger)`
        : `${short(commit)} is the commit before ${short(head)}`
      return { to: commit, why: reason, passedOver: passed }
    }
    throw new CommitMissing(
      `There is no commit to go back to from ${short(head)} in ${path}${passed.length > 0 ? ': those before it are bad' : ''}. Nothing was changed.`,
      [
        'Name the commit or the tag to go to as `target`. A checkout that was cloned without its history has no commit before its own: `git fetch --unshallow`.',
      ],
      passed.length === 0
        ? undefined
        : { head: ['commit', 'why not'], rows: passed.map(each => [each.name, each.why]) },
    )
  }

  function lastGood(): Pick {
    const good = provenReleases(ledger).find(
      name => name === head || commits.some(({ commit }) => commit === name),
    )
    if (good !== undefined)
      return { to: good, why: `${short(good)} is the last one on record as good (ledger)`, passedOver: [] }
    throw new CommitMissing(
      `No commit of ${path} is on record as good, so there is no last good one. Nothing was changed.`,
      [
        'Say which one worked with `operation: record`, `state: good`; deploys should end with it. Or use `target: previous`, or a commit.',
      ],
    )
  }

  function named(): Pick {
    const tagged = checkout.tags.get(target)
    const fits = isCommit(target) ? commits.filter(({ commit }) => sameCommit(commit, target)) : []
    const to = tagged ?? (fits.length === 1 ? fits[0]?.commit : undefined) ?? checkout.target
    if (to !== undefined) return { to, why: `${target} was asked for by name`, passedOver: [] }
    throw new CommitMissing(
      `${path} has no tag and no commit ${JSON.stringify(target)}. Nothing was changed.`,
      [
        'Nothing is fetched during a rollback. If it is only in the repository, fetch it on the host first: `git fetch --tags`.',
        'Or choose one of these as `target`.',
      ],
      {
        head: ['commit', 'says'],
        rows: commits.slice(0, 10).map(({ commit, subject }) => [short(commit), subject]),
      },
    )
  }
}

const short = (commit: string): string => commit.slice(0, 7)
