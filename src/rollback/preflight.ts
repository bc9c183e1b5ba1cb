import type { HostFacts } from '../release/facts.ts'
import type { Choice } from '../release/resolve.ts'
import { byHost } from '../report/by-host.ts'
import type { Chronicle } from './chronicle.ts'
import type { Decision } from './decide.ts'
import {
  approvalWords,
  lockWords,
  reasonWords,
  releaseWords,
  roomWords,
  targetWords,
} from './preflight-words.ts'
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
  const choices = facts.flatMap(({ host }) =>
    [...(decision.hosts.get(host)?.choices.values() ?? [])].map(choice => ({ host, choice })),
  )
  const tell = (
    what: Parameters<Chronicle['preflight']>[0],
    said: readonly (readonly [string, string])[],
  ) => {
    for (const line of byHost(said)) chronicle.preflight(what, line)
  }
  tell(
    'target',
    facts.map(({ host }) => [host, targetWords(decision, host)] as const),
  )
  tell('why', [
    ...choices.map(({ host, choice }) => [host, choice.why] as const),
    ...choices.flatMap(({ host, choice }) =>
      choice.passedOver.map(({ name, why }) => [host, `passed over ${name}: it ${why}`] as const),
    ),
  ])
  tell(
    'releases',
    choices
      .filter(({ choice }) => choice.candidates.length > 0)
      .map(({ host, choice }) => [host, releaseWords(choice)] as const),
  )
  tell(
    'disk',
    facts.flatMap(each => roomWords(each).map(words => [each.host, words] as const)),
  )
  tell(
    'locks',
    facts.map(each => [each.host, lockWords(each)] as const),
  )
  chronicle.preflight('approvals', approvalWords(setting))
  chronicle.preflight('reason', reasonWords(setting))
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

/** How many other releases are named to somebody whose first choice did not work. */
const OTHERS = 5

/** What every host could go to by itself that is newer than the target; undefined where releases are not listed. */
export function releasesBetween(decision: Decision): readonly string[] | undefined {
  const choices = [...decision.hosts.values()].flatMap(each => [...each.choices.values()])
  const names = choices[0]?.candidates.map(({ name }) => name) ?? []
  if (names.length === 0) return undefined
  const newer = names.slice(0, Math.max(0, names.indexOf(decision.to)))
  return alternativesTo(decision, choices).filter(name => newer.includes(name))
}

/** What every host could go to by itself besides this, the newest first. */
function alternativesTo({ from, to }: Decision, choices: readonly Choice[]): string[] {
  const [first, ...others] = choices.map(({ candidates }) =>
    candidates.filter(({ live, flaw }) => !live && flaw === undefined).map(({ name }) => name),
  )
  return (first ?? [])
    .filter(name => name !== to && name !== from && others.every(names => names.includes(name)))
    .slice(0, OTHERS)
}
