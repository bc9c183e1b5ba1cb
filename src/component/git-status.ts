import type { Shown } from '../kind/kind.ts'
import type { LedgerEntry } from '../release/ledger.ts'
import { standingOf } from '../release/standing.ts'
import type { Checkout } from './git-reader.ts'
import { resolveCommit } from './git-target.ts'
import { problemOf } from './problem-status.ts'

/** How many commits are told besides those that the ledger knows as good. */
const NEWEST = 10

/**
 * What `status` tells of a checkout: where it is, whether it has changes, and what it could go back to.
 *
 * @param path of the checkout.
 * @param problem why it could not be moved now.
 */
export function checkoutShown(
  path: string,
  checkout: Checkout,
  ledger: readonly LedgerEntry[],
  problem: string | undefined,
): Shown {
  const { head, branch, tags, changes, busy, commits } = checkout
  const told = { title: `checkout ${path}`, ...(problem !== undefined && { problem }) }
  if (checkout.problem !== undefined) return { live: '', ...told, parts: [{ checkout: path }], releases: [] }
  let previous = ''
  problemOf(() => {
    previous = resolveCommit(path, checkout, ledger, 'previous').to
  })
  const releases = commits
    .map(({ commit, subject }) => ({ commit, subject, ...standingOf(ledger, commit) }))
    .filter(({ proven }, at) => at < NEWEST || proven)
  return {
    live: head,
    ...told,
    parts: [
      {
        checkout: path,
        commit: head,
        branch: branch || 'none',
        tags: [...tags].flatMap(([name, commit]) => (commit === head ? [name] : [])).join(', '),
        // The host tells no more than 20.
        changes: changes.length === 0 ? 'none' : `${changes.length}${changes.length < 20 ? '' : ' or more'}`,
        ...(busy.length > 0 && { underway: busy.join(', ') }),
        previous,
      },
    ],
    releases: releases.map(({ commit, subject, bad, proven }) => ({
      name: commit,
      commit,
      subject,
      standing: commit === head ? 'live' : bad !== undefined ? 'bad' : proven ? 'good' : 'usable',
      ...(bad !== undefined && { why: bad }),
    })),
  }
}
