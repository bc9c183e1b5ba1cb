import { Refusal } from '../refusal.ts'
import type { SymlinkFacts } from '../release/facts.ts'
import { previousOf } from '../release/history.ts'
import type { LedgerEntry } from '../release/ledger.ts'
import type { Choice } from '../release/resolve.ts'

/** The link points to none of its choices, so that there is no way back to where it was. */
class ChoiceUnknown extends Refusal {
  readonly code = 'RB-CHOICE-UNKNOWN'
}

/** Nothing says which of the choices is meant. */
class ChoiceNeeded extends Refusal {
  readonly code = 'RB-CHOICE-NEEDED'
}

/** The choice that a link points to. @throws ChoiceUnknown */
export function liveChoice(facts: SymlinkFacts, choices: Readonly<Record<string, string>>): string {
  const names = Object.keys(choices)
  const live = names.find(name => choices[name] === facts.text || choices[name] === facts.resolved)
  if (live === undefined) {
    throw new ChoiceUnknown(
      `${facts.path} ${facts.link === 'link' ? `points to ${facts.text}` : `is ${facts.link}`}, which is none of its choices: ${names.join(', ')}. Nothing was changed.`,
      ['Point it at one of its choices by hand, or correct the choices in the runbook.'],
    )
  }
  return live
}

/**
 * Which of a link's choices a target means: a name of one; or `previous`, by the ledger, else the other one of two.
 *
 * @throws ChoiceUnknown, ChoiceNeeded
 */
export function resolveChoice(
  facts: SymlinkFacts,
  choices: Readonly<Record<string, string>>,
  ledger: readonly LedgerEntry[],
  target: string,
): Choice {
  const names = Object.keys(choices)
  const live = liveChoice(facts, choices)
  const others = names.filter(name => name !== live)
  const before = previousOf(ledger, live)
  const remembered = before !== undefined && others.includes(before) ? before : undefined
  const named = names.includes(target) ? target : undefined
  const to =
    named ??
    (target === 'previous' ? (remembered ?? (others.length === 1 ? others[0] : undefined)) : undefined)
  if (to === undefined) {
    throw new ChoiceNeeded(`${facts.path} can't go to \`${target}\`. Nothing was changed.`, [
      `Run it again with \`target\` set to one of: ${others.map(name => `\`${name}\``).join(', ')}.`,
    ])
  }
  return {
    from: live,
    to,
    alreadyThere: to === live,
    why: named
      ? `${to} was asked for`
      : remembered
        ? `${to} was live before ${live} (ledger)`
        : `${to} is the other one of two`,
    warnings: [],
    passedOver: [],
    candidates: [],
  }
}
