import type { ReleaseFact, SymlinkFacts } from '../../../src/release/facts.ts'
import { type LedgerEntry, parseLedgerLine } from '../../../src/release/ledger.ts'
import { type Choice, resolveOnHost } from '../../../src/release/resolve.ts'

const RELEASE = /^(?<name>[\w.+-]+)(?:@(?<revision>\w+))?(?<flags>[*!~?>=]*)$/

/**
 * One folder of releases in short: `'40 41@c0ffee1 42!* 43~'`.
 * `*` live, `!` BAD_RELEASE, `~` DIRTY_RELEASE, `?` empty, `>` a link, `=` a file, `@…` its REVISION.
 */
export function folder(notation: string, more: Partial<SymlinkFacts> = {}): SymlinkFacts {
  const parsed = notation
    .split(' ')
    .filter(Boolean)
    .map(word => {
      const groups = RELEASE.exec(word)?.groups
      if (!groups) throw new Error(`not a release in short: ${word}`)
      return { name: groups.name ?? '', revision: groups.revision, flags: groups.flags ?? '' }
    })
  const live = parsed.find(({ flags }) => flags.includes('*'))?.name
  const releases = parsed.map(
    ({ name, revision, flags }, index): ReleaseFact => ({
      name,
      type: flags.includes('>') ? 'link' : flags.includes('=') ? 'other' : 'directory',
      modified: 1_700_000_000 + index * 60,
      empty: flags.includes('?'),
      revision,
      bad: flags.includes('!'),
      dirty: flags.includes('~'),
    }),
  )
  return {
    path: '/srv/app',
    link: live === undefined ? 'missing' : 'link',
    text: live === undefined ? '' : `releases/${live}`,
    resolved: live === undefined ? undefined : `/srv/app/releases/${live}`,
    releasesFolder: '/srv/app/releases',
    releases,
    unnamable: 0,
    revisionsLog: [],
    releasesLog: [],
    foreignLocks: [],
    freeBytes: undefined,
    freeInodes: undefined,
    ...more,
  }
}

/** Somebody saved a file in an old release: its folder is the newest by modification time. */
export const touched = (facts: SymlinkFacts, name: string): SymlinkFacts => ({
  ...facts,
  releases: facts.releases.map(each => (each.name === name ? { ...each, modified: 1_900_000_000 } : each)),
})

const ENTRY = /^(?<event>\S+) (?<release>\S+)(?: from (?<from>\S+))?(?: run (?<run>\S+))?$/

/** A ledger in short: `'good 41'`, `'rolled-back 41 from 42 run r1'`, oldest first. */
export const ledger = (...lines: readonly string[]): readonly LedgerEntry[] =>
  lines.map((line, index) => {
    const entry = parseLedgerLine(JSON.stringify({ at: 1_700_000_000 + index, ...ENTRY.exec(line)?.groups }))
    if (!entry) throw new Error(`not an entry in short: ${line}`)
    return entry
  })

/** What Capistrano writes after each deploy. */
export const published = (...names: readonly string[]): readonly string[] =>
  names.map(name => `Branch main (at abc1234) deployed as release ${name} by deploy`)

/** What Deployer writes before each deploy. */
export const begun = (...names: readonly string[]): readonly string[] =>
  names.map(name =>
    JSON.stringify({
      created_at: '2026-01-01T00:00:00+0000',
      release_name: name,
      user: 'mei',
      target: 'HEAD',
    }),
  )

export const previous = (facts: SymlinkFacts, ...entries: readonly string[]): Choice =>
  resolveOnHost(facts, ledger(...entries), 'previous')

/** What is thrown, for a look at its class, its remedy and its table. */
export function thrownBy(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}
