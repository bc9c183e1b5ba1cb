import type { HostReport, LinkReport, ReleaseReport, RunReport, StatusReport } from '../outcome.ts'
import { Refusal } from '../refusal.ts'
import type { HostFacts, SymlinkFacts } from '../release/facts.ts'
import { holdsOf } from '../release/hold.ts'
import type { LedgerEntry } from '../release/ledger.ts'
import type { Mark } from '../release/marks.ts'
import { situationOf } from '../release/situation.ts'
import { failureOf } from '../report/failure-words.ts'
import { statusLines } from '../report/status-lines.ts'
import { firstLive } from '../report/status-words.ts'
import type { Chronicle } from '../rollback/chronicle.ts'
import { drillStatus } from '../rollback/drill-there.ts'
import { type Looked, lookAtWhoAnswers, refuseUnreached } from '../rollback/look.ts'
import type { KindOf } from '../rollback/rollback.ts'
import type { Setting } from '../rollback/setting.ts'
import { componentsOn, withEveryComponent } from './every-component.ts'
import { askForLeft, leftReport } from './left.ts'
import { type Finding, lookOnly } from './look-only.ts'
import { askForBackups, storedReport } from './stored.ts'

/**
 * What is live, what can be gone back to, and what stands in the way, on every host. Writes nothing. A host that can't be
 * looked at is told of; it is a refusal only when there is no other.
 */
export function status(setting: Setting, chronicle: Chronicle, kindOf: KindOf): Promise<RunReport> {
  const whole = withEveryComponent(setting, kindOf)
  const { hosts } = setting.environment
  const missing = new Map<string, StatusReport>()
  const look = async (): Promise<readonly Looked[]> => {
    const { looked, unreached } = await lookAtWhoAnswers(whole, kindOf)
    if (looked.length === 0) refuseUnreached(setting, unreached)
    for (const { host, error } of unreached) missing.set(host, unreachedHost(host, error))
    return looked
  }
  const find = async (looked: readonly Looked[]): Promise<Finding> => {
    const warn = (text: string) => chronicle.warning(text)
    const [backups, left] = await Promise.all([
      askForBackups(setting, looked, warn),
      askForLeft(setting, looked, kindOf, warn),
    ])
    const seen = looked.map(({ facts }): StatusReport => {
      const stored = (backups.get(facts.host) ?? []).filter(({ backup }) => backup.found !== 'missing')
      const others = left.get(facts.host) ?? []
      const components = componentsOn(whole, facts, kindOf)
      return {
        ...statusOf(facts),
        ...(components.length > 0 && { components }),
        ...(stored.length > 0 && { backups: stored.map(storedReport) }),
        ...(others.length > 0 && { left: others.map(leftReport) }),
      }
    })
    const found = hosts.flatMap(
      ({ name }) => seen.find(({ host }) => host === name) ?? missing.get(name) ?? [],
    )
    for (const each of found) chronicle.host(each.host, reportOf(each))
    chronicle.found({ status: found })
    for (const line of statusLines(found)) setting.log.line(line)
    return { outcome: 'reported' }
  }
  return lookOnly(whole, chronicle, kindOf, find, look)
}

const unreachedHost = (host: string, error: unknown): StatusReport => ({
  host,
  stateFolder: '',
  holds: [],
  runs: [],
  links: [],
  unreached: failureOf(error, 'nothing'),
})

function reportOf(each: StatusReport): Partial<HostReport> {
  if (each.unreached) return { live: '', state: 'unknown', message: each.unreached.message }
  const live = firstLive(each)
  return { from: live, to: live, live }
}

/** One host, for people. Pure. */
export function statusOf({
  host,
  stateFolder,
  lock,
  drill,
  ledger,
  runs,
  symlinks,
}: HostFacts): StatusReport {
  return {
    host,
    stateFolder,
    ...(lock && { lock: { run: lock.run, alive: lock.alive } }),
    ...(drill && { drill: drillStatus(host, drill) }),
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
