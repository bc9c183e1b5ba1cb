import { type Item, PHASES, type Phase } from '../kind/item.ts'
import { Refusal } from '../refusal.ts'
import type { Operation } from '../request/request.ts'
import { isFor } from '../rollback/scope.ts'
import type { Setting } from '../rollback/setting.ts'
import type { Runbook } from '../runbook/runbook.ts'
import { SecretNotSet, type Secrets, secretsOf } from '../runbook/secrets.ts'

/** What an operation runs of a rollback. On the way back nothing is backed up: what was there is kept already. */
const PHASES_WITH_SECRETS: Partial<Record<Operation, readonly Phase[]>> = {
  rollback: PHASES,
  undo: PHASES.filter(phase => phase !== 'backup'),
}

/**
 * The secrets that an operation is given. `plan` and `status` do without, but tell more of databases that a restore is about
 * when they have theirs. `prune` needs them, because it drops databases that restores of any rollback have kept.
 *
 * @throws SecretNotSet, and what the making of a secret refuses.
 */
export function secretsFor(
  operation: Operation,
  scope: Pick<Setting, 'rollback' | 'environment'>,
  { rollbacks }: Runbook,
  variables: Readonly<Record<string, string | undefined>>,
): Secrets {
  const { rollback } = scope
  const phases = PHASES_WITH_SECRETS[operation]
  if (phases !== undefined) return secretsOf(rollback, variables, phases)
  const secretsIn = (items: readonly Item[]) =>
    secretsOf({ ...rollback, phases: { ...rollback.phases, switch: items } }, variables, ['switch'])
  switch (operation) {
    case 'plan':
      return whereSet(restoresOf([rollback], scope), secretsIn, error => error instanceof SecretNotSet)
    case 'status':
      return whereSet(
        restoresOf(Object.values(rollbacks), scope),
        secretsIn,
        error => error instanceof Refusal,
      )
    case 'prune':
      return secretsIn(restoresOf(Object.values(rollbacks), scope))
    default:
      return secretsIn([])
  }
}

/** Items that restore a database which a host of the environment reaches. */
const restoresOf = (
  rollbacks: readonly Setting['rollback'][],
  scope: Pick<Setting, 'rollback' | 'environment'>,
): readonly Item[] =>
  rollbacks
    .flatMap(({ phases }) => phases.switch)
    .filter(({ kind }) => kind === 'restore_database')
    .filter(item => scope.environment.hosts.some(({ name }) => isFor(scope, item, name)))

/** Each for itself: what one lacks keeps nothing from the others. */
function whereSet(
  items: readonly Item[],
  secretsIn: (items: readonly Item[]) => Secrets,
  canDoWithout: (error: unknown) => boolean,
): Secrets {
  const each = items.flatMap(item => {
    try {
      return [secretsIn([item])]
    } catch (error) {
      if (canDoWithout(error)) return []
      throw error
    }
  })
  return {
    given: new Map(each.flatMap(({ given }) => [...given])),
    hidden: each.flatMap(({ hidden }) => hidden),
  }
}
