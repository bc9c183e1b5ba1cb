import { setTimeout as sleep } from 'node:timers/promises'
import type { Identity } from '../drill/identity.ts'
import type { Item } from '../kind/item.ts'
import type { RecoveryReport } from '../outcome.ts'
import { Refusal } from '../refusal.ts'
import type { HostFacts } from '../release/facts.ts'
import { lookAtHosts } from '../rollback/look.ts'
import type { KindOf } from '../rollback/rollback.ts'
import { askedItems, seenBy } from '../rollback/seen.ts'
import type { Setting } from '../rollback/setting.ts'
import type { Rollback } from '../runbook/runbook.ts'

/** What the hosts have live, by the components of one rollback. */
export interface Sight {
  readonly facts: readonly HostFacts[]
  readonly identities: readonly Identity[]
  /** The one release that every host has, where the rollback can go to it by its name. */
  readonly name: string
  readonly recovery: readonly RecoveryReport[]
}

/** Times that hosts are asked, and seconds between: what a break has shaken may need a moment. */
const TRIES = 3
const PAUSE = 3

/** Asks every host what it has live. Writes nothing. @throws Refusal of the host that does not say */
export async function see(setting: Setting, kindOf: KindOf, tries = TRIES): Promise<Sight> {
  for (let left = tries; ; left--) {
    try {
      return await seeOnce(setting, kindOf)
    } catch (error) {
      if (left <= 1) throw error
      await sleep(PAUSE * 1000)
    }
  }
}

async function seeOnce(setting: Setting, kindOf: KindOf): Promise<Sight> {
  const looked = await lookAtHosts(setting, kindOf)
  for (const { session } of looked) session.close()
  const facts = looked.map(each => each.facts)
  return {
    facts,
    identities: facts.map(each => ({ host: each.host, values: valuesOf(setting, each, kindOf) })),
    name: nameOf(setting, facts, kindOf),
    recovery: facts.flatMap(each =>
      itemsOf(setting, each, kindOf).flatMap(item => {
        const recovery = kindOf(item.kind)?.component?.recovers?.(item, seenBy(setting, item, each, kindOf))
        return recovery ? [{ host: each.host, ...recovery }] : []
      }),
    ),
  }
}

const itemsOf = (setting: Setting, { host }: HostFacts, kindOf: KindOf): readonly Item[] =>
  askedItems(setting, host, kindOf)

function valuesOf(setting: Setting, facts: HostFacts, kindOf: KindOf): Readonly<Record<string, string>> {
  const all = itemsOf(setting, facts, kindOf).map(item => {
    const kind = kindOf(item.kind)
    const seen = seenBy(setting, item, facts, kindOf)
    try {
      return (
        kind?.component?.identity?.(item, seen) ?? {
          [kind?.title(item) ?? item.kind]: kind?.component?.live(item, seen) ?? '',
        }
      )
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return { [kind?.title(item) ?? item.kind]: error.message }
    }
  })
  return Object.assign({}, ...all)
}

/** Empty where a part goes to what the runbook says instead, or hosts differ. */
function nameOf(setting: Setting, facts: readonly HostFacts[], kindOf: KindOf): string {
  if (isOpaque(setting.rollback, kindOf)) return ''
  const names = facts.flatMap(each =>
    itemsOf(setting, each, kindOf).map(item => {
      const component = kindOf(item.kind)?.component
      if (component === undefined || component.fixed) return ''
      try {
        return component.live(item, seenBy(setting, item, each, kindOf))
      } catch (error) {
        if (error instanceof Refusal) return ''
        throw error
      }
    }),
  )
  return new Set(names).size === 1 ? (names[0] ?? '') : ''
}

/** Something is switched that no component sees, such as by a script. */
export const isOpaque = ({ phases }: Rollback, kindOf: KindOf): boolean =>
  phases.switch.some(({ kind }) => kindOf(kind)?.component === undefined)
