import type { LinkReport, ReleaseReport, RunReport, StatusReport } from '../outcome.ts'
import { Refusal } from '../refusal.ts'
import type { HostFacts, SymlinkFacts } from '../release/facts.ts'
import { holdsOf } from '../release/hold.ts'
import type { LedgerEntry } from '../release/ledger.ts'
import type { Mark } from '../release/marks.ts'
import { situationOf } from '../release/situation.ts'
import { statusLines } from '../report/status-lines.ts'
import type { Chronicle } from '../rollback/chronicle.ts'
import type { KindOf } from '../rollback/rollback.ts'
import type { Setting } from '../rollback/setting.ts'
import { askForLeft, leftReport } from './left.ts'
import { lookOnly } from './look-only.ts'
import { askForBackups, storedReport } from './stored.ts'

/** What is live, what can be gone back to, and what stands in the way, on every host. Writes nothing. */
export function status(setting: Setting, chronicle: Chronicle, kindOf: KindOf): Promise<RunReport> {
  return lookOnly(setting, chronicle, kindOf, async looked => {
    const [backups, left] = await Promise.all([
      askForBackups(setting, looked),
      askForLeft(setting, looked, kindOf, text => chronicle.warning(text)),
    ])
    const found = looked.map(({ facts }) => {
      const stored = (backups.get(facts.host) ?? []).filter(({ backup }) => backup.found !== 'missing')
      const others = left.get(facts.host) ?? []
      return {
        ...statusOf(facts),
        ...(stored.length > 0 && { backups: stored.map(storedReport) }),
        ...(others.length > 0 && { left: others.map(leftReport) }),
      }
    })
    for (const { host, links } of found) {
      const live = links[0]?.live ?? ''
      chronicle.host(host, { from: live, to: live, live })
    }
    chronicle.found({ status: found })
    for (const line of statusLines(found)) setting.log.line(line)
    return { outcome: 'reported' }
  })
}

/** One host, for people. Pure. */
export function statusOf({ host, stateFolder, lock, ledger, runs, symlinks }: HostFacts): StatusReport {
  return {
    host,
    stateFolder,
    ...(lock && { lock: { run: lock.run, alive: lock.alive } }),
    holds: holdsOf(ledger).map(({ release, commit, reason, run, at }) => ({
      release,
      ...(commit !== undefined && { commit }),
      ...(reason !== undefined && { reason }),
      ...(run !== undefined && { run }),
      since: new Date(at * 1000).toISOString(),
    })),
    runs: runs.map(({ run, direction, from, to, state }) => ({ run, direction, from, to, ended: state })),
    links: symlinks.map(facts => linkOf(facts, ledger)),
  }
}

function linkOf(facts: SymlinkFacts, ledger: readonly LedgerEntry[]): LinkReport {
  const { path, freeBytes } = facts
  const room = freeBytes === undefined ? {} : { freeBytes }
  // A link between named choices has no folder of releases.
  if (facts.releasesFolder === undefined && facts.link === 'link' && facts.releases.length === 0)
    return { path, live: facts.text, releases: [], ...room }
  try {
    const { live, marks } = situationOf(facts, ledger)
    return { path, live, releases: marks.map(releaseOf), ...room }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { path, live: '', problem: error.message, releases: [], ...room }
  }
}

function releaseOf({ release, live, proven, unusable, bad }: Mark): ReleaseReport {
  const why = unusable ?? bad
  const standing = live ? 'live' : unusable ? 'half-made' : bad ? 'bad' : proven ? 'good' : 'usable'
  return {
    name: release.name,
    ...(release.revision !== undefined && { commit: release.revision }),
    standing,
    ...(why !== undefined && { why }),
  }
}
