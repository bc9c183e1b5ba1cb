import type { HostFacts } from '../release/facts.ts'
import type { Chronicle } from './chronicle.ts'
import type { Decision } from './decide.ts'
import type { Setting } from './setting.ts'

/** Says, before anything is touched, what is live, where it goes and why, and what the hosts have. */
export function preflight(
  setting: Setting,
  decision: Decision,
  facts: readonly HostFacts[],
  chronicle: Chronicle,
): void {
  chronicle.fromTo(decision.from, decision.to)
  for (const warning of decision.warnings) chronicle.warning(warning)
  chronicle.preflight(
    `${setting.runbook.app}, ${setting.environment.name}: ${decision.from || 'what is live'} → ${decision.to} on ${hostCount(facts)}`,
  )
  if (setting.reason) chronicle.preflight(`reason: ${setting.reason}`)
  for (const each of facts) {
    const own = decision.hosts.get(each.host)
    const [choice] = own?.choices.values() ?? []
    chronicle.host(each.host, {
      from: choice?.from ?? decision.from,
      to: choice?.to ?? decision.to,
      live: choice?.from ?? '',
      ...(choice?.fromCommit && { fromCommit: choice.fromCommit }),
      ...(choice?.toCommit && { toCommit: choice.toCommit }),
    })
    if (choice) chronicle.preflight(`${each.host}: ${choice.why}`)
    for (const { name, why } of choice?.passedOver ?? [])
      chronicle.preflight(`${each.host}: passed over ${name}: ${why}`)
    for (const { freeBytes } of each.symlinks) {
      if (freeBytes !== undefined)
        chronicle.preflight(`${each.host}: ${Math.floor(freeBytes / 1024 / 1024)} MiB free`)
    }
  }
}

const hostCount = (facts: readonly HostFacts[]): string =>
  facts.length === 1 ? '1 host' : `${facts.length} hosts`
