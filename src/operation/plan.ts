import { compileProgram } from '../engine/compile.ts'
import type { RunReport } from '../outcome.ts'
import { logPlan } from '../report/plan-log.ts'
import type { Chronicle } from '../rollback/chronicle.ts'
import { intend } from '../rollback/intend.ts'
import { leaveOut } from '../rollback/left-out.ts'
import { lookAtHosts } from '../rollback/look.ts'
import type { Plan } from '../rollback/plan.ts'
import { type KindOf, shellOf } from '../rollback/rollback.ts'
import type { Setting } from '../rollback/setting.ts'
import { lookOnly } from './look-only.ts'
import { plannedScripts, plannedSteps } from './planned.ts'

/** A plan as it is kept: what each host would be sent, byte for byte, and what the runner would look at. */
export interface KeptPlan {
  readonly schema: 1
  readonly hosts: readonly { readonly plan: Plan['hosts'][number]; readonly program: string }[]
  readonly checks: readonly string[]
}

/** Everything up to the first change. @param keep takes the plan, for the file that the output `plan` names. */
export function planOnly(
  setting: Setting,
  chronicle: Chronicle,
  kindOf: KindOf,
  keep: (plan: KeptPlan) => void,
): Promise<RunReport> {
  return lookOnly(
    setting,
    chronicle,
    kindOf,
    async looked => {
      const { decision, plan, changes } = await intend(setting, looked, chronicle, kindOf)
      await changes.told
      keep({
        schema: 1,
        hosts: plan.hosts.map(each => ({
          plan: each,
          program: compileProgram(each, kind => shellOf(kind, kindOf)).text,
        })),
        checks: plan.checks.map(check => check.title),
      })
      const plannedChecks = plan.checks.map(check => check.title)
      const switching = decision.unchanged ? [] : plan.hosts
      const planned = plannedSteps(switching, kindOf)
      const scripts = plannedScripts(switching, kindOf)
      chronicle.found({ planned, plannedChecks, scripts })
      logPlan(setting.log, { planned, plannedChecks, scripts })
      return { outcome: 'planned' }
    },
    (every, kinds) => lookAtHosts(every, kinds, missing => leaveOut(setting, missing, chronicle)),
  )
}
