import type { Item } from '../kind/item.ts'
import type { ComponentReport } from '../outcome.ts'
import type { HostFacts } from '../release/facts.ts'
import { neutraliseTitle } from '../report/neutralise.ts'
import type { KindOf } from '../rollback/rollback.ts'
import { askedItems, seenBy } from '../rollback/seen.ts'
import type { Setting } from '../rollback/setting.ts'

/**
 * The same setting, with everything in its rollback that any rollback of the runbook switches, and nothing to go to: whoever
 * looks wants to see all of it. What is asked in the same words is asked once.
 */
export function withEveryComponent(setting: Setting, kindOf: KindOf): Setting {
  const { rollback, runbook } = setting
  const items = [rollback, ...Object.values(runbook.rollbacks)].flatMap(({ phases }) => phases.switch)
  const each = new Map<string, Item>()
  for (const item of items) {
    const component = kindOf(item.kind)?.component
    if (component === undefined) continue
    const { ask, about } = component.question(item, '')
    const question = JSON.stringify([ask, about, item.on])
    if (!each.has(question)) each.set(question, item)
  }
  return {
    ...setting,
    target: '',
    rollback: { ...rollback, phases: { ...rollback.phases, switch: [...each.values()] } },
  }
}

/** What a host says of everything besides links, in the order of the runbook. */
export const componentsOn = (setting: Setting, facts: HostFacts, kindOf: KindOf): ComponentReport[] =>
  askedItems(setting, facts.host, kindOf).flatMap(item => {
    const shown = kindOf(item.kind)?.component?.shows?.(item, seenBy(setting, item, facts, kindOf))
    return shown ? [safe({ kind: item.kind, ...shown })] : []
  })

/** Names and subjects are whatever somebody has written on that host. */
function safe(report: ComponentReport): ComponentReport {
  const { problem } = report
  const line = (text: string) => neutraliseTitle(text, 300)
  return {
    ...report,
    title: line(report.title),
    ...(problem !== undefined && { problem: neutraliseTitle(problem, 1000) }),
    parts: report.parts.map(part =>
      Object.fromEntries(
        Object.entries(part).map(([key, value]) => [key, typeof value === 'string' ? line(value) : value]),
      ),
    ),
    releases: report.releases.map(({ name, subject, why, ...rest }) => ({
      name: line(name),
      ...rest,
      ...(subject !== undefined && { subject: line(subject) }),
      ...(why !== undefined && { why: line(why) }),
    })),
  }
}
