import * as v from 'valibot'
import type { ItemOf } from '../kind/item-of.ts'
import type { Kind } from '../kind/kind.ts'
import { map, named, textOf } from '../kind/shape.ts'
import type { HostFacts, SymlinkFacts } from '../release/facts.ts'
import { linkTextFor } from '../release/link-text.ts'
import { liveRelease, NoCurrent } from '../release/live.ts'
import { releaseNameProblem } from '../release/name.ts'
import { resolveOnHost } from '../release/resolve.ts'
import { pathProblem } from '../runbook/paths.ts'

import { liveChoice, resolveChoice } from './choices.ts'

const path = textOf('Expected an absolute path, such as /var/www/app.', pathProblem)

const choiceProblem = (name: string): string | undefined => {
  const problem = releaseNameProblem(name)
  return problem === undefined ? undefined : `The name of a choice ${problem}.`
}

/** A folder with `releases/` and `current`; or a link that goes to one of several named files or folders. */
export type SymlinkValue =
  | { readonly path: string }
  | { readonly link: string; readonly choices: Readonly<Record<string, string>> }

const value = v.pipe(
  map({ path: v.optional(path), link: v.optional(path), choices: v.optional(named(choiceProblem, path)) }),
  v.check(
    given => (given.path === undefined) !== (given.link === undefined && given.choices === undefined),
    'Expected either path (a folder with releases/ and current), or link with its choices.',
  ),
  v.check(
    given =>
      given.path !== undefined || (given.link !== undefined && Object.keys(given.choices ?? {}).length > 1),
    'Expected link together with two or more choices (name: path).',
  ),
  v.transform(
    ({ path, link, choices }): SymlinkValue =>
      path !== undefined ? { path } : { link: link ?? '', choices: choices ?? {} },
  ),
)

type SymlinkItem = ItemOf<typeof value>

const whereOf = (value: SymlinkValue): string => ('path' in value ? value.path : value.link)

function seenOf(value: SymlinkValue, facts: HostFacts): SymlinkFacts {
  const seen = facts.symlinks.find(({ path }) => path === whereOf(value))
  if (seen) return seen
  throw new NoCurrent(`${facts.host} said nothing about ${whereOf(value)}. Nothing was changed.`, [
    `Check that ${facts.user} may read it there.`,
  ])
}

export const symlink = {
  name: 'symlink',
  phases: ['switch'],
  value,
  options: {},
  says: 'Points `current` at another release, or a link at another of its choices.',
  title({ value }: SymlinkItem) {
    return `switch ${'path' in value ? `${value.path}/current` : value.link}`
  },
  onHost: {
    shell: new URL('./symlink.sh', import.meta.url),
    steps: (_, { data }) => [{ data }],
    back: ({ link, before }) => `point ${link} at ${before} again`,
  },
  component: {
    question: ({ value }: SymlinkItem) => ({
      shell: new URL('./symlink-probe.sh', import.meta.url),
      ask: 'path' in value ? 'probe_symlink' : 'probe_choice',
      about: [whereOf(value)],
    }),
    live({ value }: SymlinkItem, facts) {
      const seen = seenOf(value, facts)
      return 'path' in value ? liveRelease(seen) : liveChoice(seen, value.choices)
    },
    names: ({ value }: SymlinkItem) => ('path' in value ? undefined : Object.keys(value.choices)),
    resolve({ value }: SymlinkItem, facts, target) {
      const seen = seenOf(value, facts)
      return 'path' in value
        ? resolveOnHost(seen, facts.ledger, target)
        : resolveChoice(seen, value.choices, facts.ledger, target)
    },
    identity({ value }: SymlinkItem, facts) {
      const { link, text, resolved } = seenOf(value, facts)
      // The same goal can be written in more than one way.
      const goal = link === 'link' ? (resolved ?? text) : link
      return { ['path' in value ? `${value.path}/current` : value.link]: goal }
    },
    // A link between named choices has no folder of releases of its own.
    serves: ({ link = '', folder = '' }) =>
      link === `${folder.slice(0, -'releases'.length)}current` ? { link, folder } : undefined,
    data({ value }: SymlinkItem, facts, choice, anyway) {
      const seen = seenOf(value, facts)
      const after = 'path' in value ? linkTextFor(seen, choice.to) : (value.choices[choice.to] ?? '')
      return {
        link: 'path' in value ? `${value.path}/current` : value.link,
        before: seen.text,
        after,
        folder: 'path' in value ? `${value.path}/releases` : after.slice(0, after.lastIndexOf('/')),
        lacking: anyway ? 'allow' : '',
        deploying: anyway ? 'allow' : '',
      }
    },
  },
} as const satisfies Kind
