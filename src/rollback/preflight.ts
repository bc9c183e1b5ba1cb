import type { HostFacts } from '../release/facts.ts'
import type { Choice } from '../release/resolve.ts'
import { space } from '../report/amounts.ts'
import { byHost, hostNames } from '../report/by-host.ts'
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
  for (const each of facts) tellHost(each, decision, chronicle)
  setting.log.line(
    `${decision.from || 'what is live'} → ${decision.to} on ${hostNames(facts.map(({ host }) => host))}${setting.reason && `, because: ${setting.reason}`}`,
  )
  const choices = facts.flatMap(({ host }) =>
    [...(decision.hosts.get(host)?.choices.values() ?? [])].map(choice => ({ host, choice })),
  )
  const told = [
    ...choices.map(({ host, choice }) => [host, choice.why] as const),
    ...choices.flatMap(({ host, choice }) =>
      choice.passedOver.map(({ name, why }) => [host, `passed over ${name}: it ${why}`] as const),
    ),
    ...facts.flatMap(each => roomWords(each).map(words => [each.host, words] as const)),
    ...facts.map(({ host }) => [host, 'no lock, and no deploy under way'] as const),
  ]
  for (const line of byHost(told)) chronicle.preflight(line)
  const alternatives = alternativesTo(
    decision,
    choices.map(({ choice }) => choice),
  )
  if (alternatives.length > 0) chronicle.found({ alternatives })
}

function tellHost({ host, symlinks }: HostFacts, decision: Decision, chronicle: Chronicle): void {
  const [choice] = decision.hosts.get(host)?.choices.values() ?? []
  const [freeBytes] = symlinks.flatMap(({ freeBytes: free }) => free ?? [])
  chronicle.host(host, {
    from: choice?.from ?? decision.from,
    to: choice?.to ?? decision.to,
    live: choice?.from ?? '',
    ...(choice?.fromCommit && { fromCommit: choice.fromCommit, liveCommit: choice.fromCommit }),
    ...(choice?.toCommit && { toCommit: choice.toCommit }),
    ...(choice && { why: choice.why }),
    ...(choice && choice.passedOver.length > 0 && { passedOver: choice.passedOver }),
    ...(freeBytes !== undefined && { freeBytes }),
  })
}

const roomWords = ({ symlinks }: HostFacts): string[] =>
  symlinks.flatMap(({ path, freeBytes }) =>
    freeBytes === undefined ? [] : [`${space(freeBytes)} free at ${path}`],
  )

/** How many other releases are named to somebody whose first choice did not work. */
const OTHERS = 5

/** What every host could go to by itself besides this, the newest first. */
function alternativesTo({ from, to }: Decision, choices: readonly Choice[]): string[] {
  const [first, ...others] = choices.map(({ candidates }) =>
    candidates.filter(({ live, flaw }) => !live && flaw === undefined).map(({ name }) => name),
  )
  return (first ?? [])
    .filter(name => name !== to && name !== from && others.every(names => names.includes(name)))
    .slice(0, OTHERS)
}
