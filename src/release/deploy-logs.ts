import type { SymlinkFacts } from './facts.ts'

// Capistrano's two messages, and those of plugins that only word the beginning anew. A log in words of its own says
// nothing to us.
// https://github.com/capistrano/capistrano/blob/v3.17.2/lib/capistrano/i18n.rb
const DEPLOYED = /^.+? deployed as release (\S+)(?: by .*)?$/
const WENT_BACK = /^.+? rolled back to release (\S+)$/

/** What `revisions.log` says. Both kinds of line are written after the link was switched. */
export interface Publications {
  /** Releases in the order of their last deploy, oldest first. */
  readonly deployed: readonly string[]
  /**
   * Every release that was live at some time. Capistrano goes back by modification time, to whatever it finds there:
   * that a release was gone back to doesn't prove that its deploy was complete.
   */
  readonly live: ReadonlySet<string>
}

export function publicationsOf({ revisionsLog }: SymlinkFacts): Publications {
  const deployed = new Set<string>()
  const live = new Set<string>()
  for (const line of revisionsLog) {
    const release = DEPLOYED.exec(line)?.[1]
    if (release !== undefined) {
      deployed.delete(release)
      deployed.add(release)
    }
    const named = release ?? WENT_BACK.exec(line)?.[1]
    if (named !== undefined) live.add(named)
  }
  return { deployed: [...deployed], live }
}

/**
 * Releases in the order in which Deployer began to make them, oldest first. It writes `releases_log` before it makes
 * the folder, so a line proves nothing about how the deploy went.
 */
export function begunReleases({ releasesLog }: SymlinkFacts): readonly string[] {
  const begun = new Set<string>()
  for (const line of releasesLog) {
    const name = releaseNameIn(line)
    if (name === undefined) continue
    begun.delete(name)
    begun.add(name)
  }
  return [...begun]
}

function releaseNameIn(line: string): string | undefined {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value !== 'object' || value === null || !('release_name' in value)) return undefined
    const name = value.release_name
    return typeof name === 'string' || typeof name === 'number' ? String(name) : undefined
  } catch {
    return undefined
  }
}
