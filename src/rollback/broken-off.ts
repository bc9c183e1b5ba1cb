import type { RunReport } from '../outcome.ts'
import { failureOf } from '../report/failure-words.ts'
import type { Chronicle } from './chronicle.ts'
import type { HostRun } from './host-run.ts'

/**
 * A mistake of ours, after the hosts were spoken to: nothing is promised of any of them. Those that hear nothing more
 * decide by themselves, and the next look reads what they did.
 */
export function brokenOff(runs: readonly HostRun[], error: unknown, chronicle: Chronicle): RunReport {
  for (const { plan } of runs) chronicle.host(plan.host, { live: '', state: 'unknown' })
  return chronicle.close('unknown', failureOf(error, 'unknown'))
}
