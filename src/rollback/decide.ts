import type { Item } from '../kind/item.ts'
import type { Kind } from '../kind/kind.ts'
import { Refusal } from '../refusal.ts'
import { type Agreement, type Answer, agree, refuseIdle } from '../release/agree.ts'
import type { HostFacts } from '../release/facts.ts'
import { RELATIVE_TARGETS } from '../release/name.ts'
import type { Choice } from '../release/resolve.ts'
import { isFor } from './scope.ts'
import { seenBy } from './seen.ts'
import type { Setting } from './setting.ts'
import { targetFor } from './target-for.ts'

/** Where every host goes, decided once, for all of them. */
export interface Decision {
  readonly from: string
  readonly to: string
  /** `last-good` is live everywhere: there is nothing to switch. */
  readonly unchanged: boolean
  /** By host name; each component's choice by the item that it is for, that of the leading component first. */
  readonly hosts: ReadonlyMap<string, HostDecision>
  readonly warnings: readonly string[]
}

export interface HostDecision {
  readonly choices: ReadonlyMap<Item, Choice>
  /** This host serves the target already: it is looked at, and nothing on it is switched. */
  readonly alreadyThere: boolean
}

/** A switch that has no releases of its own needs to be told which one to go to. */
class TargetNeeded extends Refusal {
  readonly code = 'RB-TARGET-NEEDED'
}

/** Nothing in the rollback goes to a release of one's choice. */
class TargetFixed extends Refusal {
  readonly code = 'RB-TARGET-FIXED'
}

/**
 * Law 1: resolve first, agree on all hosts, then touch. Pure.
 *
 * @throws Refusal when a host has no such release, or hosts would go to different ones.
 */
export function decide(
  setting: Setting,
  facts: readonly HostFacts[],
  kindOf: (name: string) => Kind | undefined,
): Decision {
  const agreements = setting.rollback.phases.switch.flatMap((item): Agreed[] => {
    const component = kindOf(item.kind)?.component
    if (!component) return []
    const concerned = facts.filter(each => isFor(setting, item, each.host))
    const target = targetFor(setting, item, kindOf)
    const answers = concerned.map(each =>
      answerOf(each.host, () => component.resolve(item, seenBy(setting, item, each, kindOf), target)),
    )
    return [
      {
        item,
        chooses: component.fixed !== true && target === setting.target,
        agreement: agree(answers, target),
      },
    ]
  })
  if (agreements.length === 0) return withoutComponent(setting, facts)
  const [lead, ...others] = leadFirst(setting, agreements)
  refuseIdle(
    [lead, ...others].map(({ agreement }) => agreement),
    setting.target,
  )
  const { to, choices } = lead.agreement
  return {
    from: [...choices.values()].find(choice => !choice.alreadyThere)?.from ?? to,
    to,
    unchanged: agreements.every(({ agreement }) => agreement.unchanged),
    warnings: agreements.flatMap(({ agreement }) => agreement.warnings),
    hosts: new Map(facts.map(({ host }) => [host, ofHost(host, [lead, ...others])])),
  }
}

interface Agreed {
  readonly item: Item
  /** It goes to what the target says. */
  readonly chooses: boolean
  readonly agreement: Agreement
}

/** What people call the release is that of the first component which the target is for; others come along. */
function leadFirst({ target, rollback }: Setting, agreements: readonly Agreed[]): [Agreed, ...Agreed[]] {
  const chosen = agreements.filter(({ chooses }) => chooses)
  const [lead = agreements[0]] = chosen
  if (lead === undefined) throw new Error('there is no component')
  if (chosen.length === 0 && target !== 'previous') {
    throw new TargetFixed(
      `The rollback ${rollback.name} restores what its runbook says, and nothing in it goes to \`${target}\`. Nothing was changed.`,
      ['Run it again without `target`, or change `from` in the runbook.'],
    )
  }
  return [lead, ...agreements.filter(each => each !== lead)]
}

/** By its choices, that of the leading component first. */
function ofHost(host: string, agreements: readonly Agreed[]): HostDecision {
  const choices = new Map(
    agreements.flatMap(({ item, agreement }) => {
      const choice = agreement.choices.get(host)
      return choice ? [[item, choice] as const] : []
    }),
  )
  return {
    choices,
    alreadyThere: choices.size > 0 && [...choices.values()].every(choice => choice.alreadyThere),
  }
}

function answerOf(host: string, resolve: () => Choice): Answer {
  try {
    return { host, choice: resolve() }
  } catch (error) {
    if (error instanceof Refusal) return { host, refusal: error }
    throw error
  }
}

function withoutComponent(setting: Setting, facts: readonly HostFacts[]): Decision {
  if (RELATIVE_TARGETS.includes(setting.target)) {
    throw new TargetNeeded(
      `The rollback ${setting.rollback.name} only runs scripts, so that nothing says which release is ${setting.target}. Nothing was changed.`,
      ['Run it again with `target` set to the release, tag or commit to go back to.'],
    )
  }
  return {
    from: '',
    to: setting.target,
    unchanged: false,
    warnings: [],
    hosts: new Map(facts.map(({ host }) => [host, { choices: new Map(), alreadyThere: false }])),
  }
}
