import { withHeld } from '../kind/item.ts'
import { Refusal } from '../refusal.ts'
import type { Rollback } from './runbook.ts'

/** A secret that an item may read is not set. */
export class SecretNotSet extends Refusal {
  readonly code = 'RB-SECRET-NOT-SET'
}

/**
 * Values of the secrets that the items of a rollback may read, by name.
 *
 * @param variables the environment of this process.
 * @throws SecretNotSet naming all that are missing or empty, with the places that ask for them.
 */
export function secretsOf(
  rollback: Rollback,
  variables: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<string, string> {
  const secrets = new Map<string, string>()
  const missing = new Map<string, string>()
  for (const item of Object.values(rollback.phases).flat().flatMap(withHeld)) {
    for (const name of item.env) {
      const value = variables[name] ?? ''
      const { file, line, column } = item.position
      if (value === '') missing.set(name, missing.get(name) ?? `${file}:${line}:${column} ${name}`)
      else secrets.set(name, value)
    }
  }
  if (missing.size === 0) return secrets
  const names = [...missing.keys()].join(', ')
  const said = missing.size === 1 ? 'This secret is not set' : 'These secrets are not set'
  throw new SecretNotSet([`${said}: ${names}. Nothing was changed.`, ...missing.values()].join('\n'), [
    `Pass each to the step, e.g. env: { ${[...missing.keys()][0]}: \${{ secrets.${[...missing.keys()][0]} }} }.`,
    'If it is passed, check its name in the settings of the repository: a secret that does not exist is empty.',
  ])
}
