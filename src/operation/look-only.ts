import type { FailureReport, Outcome, RunReport } from '../outcome.ts'
import { failureOf } from '../report/failure-words.ts'
import type { Chronicle } from '../rollback/chronicle.ts'
import { type Looked, lookAtHosts } from '../rollback/look.ts'
import type { KindOf } from '../rollback/rollback.ts'
import type { Setting } from '../rollback/setting.ts'
import { liveIfAny } from './live.ts'

/** How an operation that only looks, or only tells, ended. */
export interface Finding {
  readonly outcome: Outcome
  readonly failure?: FailureReport
}

/**
 * Looks at every host, lets `find` say what follows, and closes the hosts again. Never throws.
 *
 * @param look what is done about hosts that can't be looked at: without it, they are a refusal.
 */
export async function lookOnly(
  setting: Setting,
  chronicle: Chronicle,
  kindOf: KindOf,
  find: (looked: readonly Looked[]) => Promise<Finding> | Finding,
  look: (setting: Setting, kindOf: KindOf) => Promise<readonly Looked[]> = lookAtHosts,
): Promise<RunReport> {
  let looked: readonly Looked[] = []
  try {
    chronicle.phase('Look')
    looked = await look(setting, kindOf)
    for (const { facts } of looked) chronicle.host(facts.host, { live: liveIfAny(setting, facts, kindOf) })
    const { outcome, failure } = await find(looked)
    return chronicle.close(outcome, failure)
  } catch (error) {
    return chronicle.close('refused', failureOf(error, 'nothing'))
  } finally {
    for (const { session } of looked) session.close()
  }
}
