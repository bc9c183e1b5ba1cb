import * as v from 'valibot'
import type { ItemOf } from '../kind/item-of.ts'
import type { Kind } from '../kind/kind.ts'
import { flag, map, oneOf, textOf } from '../kind/shape.ts'
import { Refusal } from '../refusal.ts'
import type { Seen } from '../release/facts.ts'
import { pathProblem } from '../runbook/paths.ts'
import { type Checkout, readCheckout } from './git-reader.ts'
import { checkoutShown } from './git-status.ts'
import { resolveCommit } from './git-target.ts'
import { problemOf } from './problem-status.ts'

/** The checkout is not one that can be moved as it is. */
class CheckoutUnfit extends Refusal {
  readonly code = 'RB-CHECKOUT'
}

const value = map({
  path: textOf('Expected the absolute path of a checkout, such as /srv/app.', pathProblem),
  move: v.optional(oneOf(['checkout', 'reset']), 'checkout'),
  stash: v.optional(flag, false),
})

type GitItem = ItemOf<typeof value>

const PROBLEMS: Readonly<Record<string, string>> = {
  'no-git': 'git is not on this host. Install it: `apt-get install git`',
  'no-folder': 'There is no such folder, or it may not be read.',
  'no-repository': 'It is not a git checkout.',
  'other-owner':
    'It belongs to another user, and git refuses it. Log in as its owner, or allow it there: `git config --global --add safe.directory PATH`',
  'no-commit': 'It has no commit yet.',
}

function checkoutOf({ value: { path, stash } }: GitItem, seen: Seen): Checkout {
  const checkout = readCheckout(seen.answer)
  const { problem, busy, changes } = checkout
  const refuse = (why: string, remedy: string) => {
    throw new CheckoutUnfit(`${path} on ${seen.host} ${why} Nothing was changed.`, [remedy])
  }
  if (problem !== undefined)
    refuse(
      "can't be moved to another commit.",
      PROBLEMS[problem] ?? `Look at it there: \`git -C ${path} status\``,
    )
  if (busy.length > 0)
    refuse(
      `is in the middle of something (${busy.join(', ')}).`,
      `End it there first: \`git -C ${path} status\` says how.`,
    )
  if (changes.length > 0 && !stash)
    throw new CheckoutUnfit(
      `${path} on ${seen.host} has changes that are in no commit. Nothing was changed.`,
      [
        `Look at them: \`git -C ${path} diff\`. Commit them or put them back; or let a rollback put them aside and bring them back on undo, with \`stash: true\`.`,
      ],
      { head: ['changed'], rows: changes.map(line => [line]) },
    )
  return checkout
}

export const git = {
  name: 'git',
  phases: ['switch'],
  value,
  options: {},
  says: 'Moves a git checkout to another commit; a tag stays on the one that it left.',
  title({ value: { path } }: GitItem) {
    return `move the checkout ${path}`
  },
  onHost: {
    shell: new URL('./git.sh', import.meta.url),
    steps: (_, { data }) => [{ data }],
    back: ({ branch, before = '' }) =>
      `check out ${branch ? `the branch ${branch}, at ${before.slice(0, 7)}` : before.slice(0, 7)} again`,
    followUps: ({ path = '', before = '', stash }, { run, ended }) =>
      ended === 'back'
        ? []
        : [
            `The tag \`rollbook/${run}\` in \`${path}\` stands on ${before.slice(0, 7)}, which was left. When it is needed no more: \`git -C ${path} tag -d rollbook/${run}\`, or leave it to \`operation: prune\`.`,
            ...(stash === 'yes'
              ? [
                  `Changes in \`${path}\` that were in no commit may have been put aside: \`git -C ${path} stash list\` shows them as \`rollbook/${run}\`. Commit them where they belong; an undo brings them back.`,
                ]
              : []),
          ],
  },
  leaves: ({ value: { path } }: GitItem) => ({
    shell: new URL('./git-left.sh', import.meta.url),
    about: [path],
  }),
  component: {
    question: ({ value: { path } }: GitItem, target) => ({
      shell: new URL('./git-probe.sh', import.meta.url),
      ask: 'probe_git',
      about: [path, target],
    }),
    shows: (item: GitItem, seen) =>
      checkoutShown(
        item.value.path,
        readCheckout(seen.answer),
        seen.ledger,
        problemOf(() => checkoutOf(item, seen)),
      ),
    live: (item: GitItem, seen) => checkoutOf({ ...item, value: { ...item.value, stash: true } }, seen).head,
    identity({ value: { path } }: GitItem, seen) {
      const { head, branch, changes } = readCheckout(seen.answer)
      return { [path]: [head, branch, ...changes].join(' ') }
    },
    resolve: (item: GitItem, seen, target) =>
      resolveCommit(item.value.path, checkoutOf(item, seen), seen.ledger, target),
    data({ value: { path, move, stash } }: GitItem, seen, choice) {
      return {
        path,
        before: choice.from,
        after: choice.to,
        branch: readCheckout(seen.answer).branch,
        move,
        stash: stash ? 'yes' : '',
      }
    },
  },
} as const satisfies Kind
