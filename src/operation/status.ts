import type { RunReport } from '../outcome.ts'
import { Refusal } from '../refusal.ts'
import type { HostFacts } from '../release/facts.ts'
import { holdsOf } from '../release/hold.ts'
import { situationOf } from '../release/situation.ts'
import type { Chronicle } from '../rollback/chronicle.ts'
import type { KindOf } from '../rollback/rollback.ts'
import type { Setting } from '../rollback/setting.ts'
import { lookOnly } from './look-only.ts'

/** What is live, what can be gone back to, and what stands in the way, on every host. Writes nothing. */
export function status(setting: Setting, chronicle: Chronicle, kindOf: KindOf): Promise<RunReport> {
  return lookOnly(setting, chronicle, kindOf, looked => {
    for (const { facts } of looked) tellHost(facts, chronicle)
    return { outcome: 'reported' }
  })
}

function tellHost(facts: HostFacts, chronicle: Chronicle): void {
  const tell = (text: string) => chronicle.preflight(`${facts.host}: ${text}`)
  const { lock } = facts
  tell(lock ? `locked by run ${lock.run}, whose process is ${lock.alive ? 'alive' : 'dead'}` : 'no lock')
  for (const hold of holdsOf(facts.ledger))
    tell(`on hold: ${hold.all ? 'every deploy' : hold.release}${hold.reason ? ` (${hold.reason})` : ''}`)
  for (const run of facts.runs) tell(`run ${run.run}: ${run.from} → ${run.to}, ${run.direction} ${run.state}`)
  for (const symlink of facts.symlinks) {
    try {
      const { live, marks } = situationOf(symlink, facts.ledger)
      chronicle.host(facts.host, { from: live, to: live, live })
      for (const { release, bad, unusable } of marks) {
        const standing = unusable ?? bad ?? (release.name === live ? 'live' : 'can be gone back to')
        tell(
          `release ${release.name}${release.revision ? ` (${release.revision.slice(0, 12)})` : ''}: ${standing}`,
        )
      }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      chronicle.host(facts.host, { message: error.message })
      chronicle.warning(`${facts.host}: ${error.message}`)
    }
  }
}
