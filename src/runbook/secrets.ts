import { type Phase, type Position, withHeld } from '../kind/item.ts'
import { Refusal } from '../refusal.ts'
import type { Rollback } from './runbook.ts'

/** A secret that an item may read is not set. */
export class SecretNotSet extends Refusal {
  readonly code = 'RB-SECRET-NOT-SET'
}

export interface Secrets {
  /** What steps may be given, by the name that they know it by. */
  readonly given: ReadonlyMap<string, string>
  /** Everything that must never be shown, with what messages call it by. */
  readonly hidden: readonly { readonly name: string; readonly value: string }[]
}

/**
 * The secrets that the items of a rollback may read.
 *
 * @param variables the environment of this process.
 * @param phases those that will run.
 * @throws SecretNotSet naming all that are missing or empty, with the places that ask for them; and the Refusal of a
 * secret of which nothing can be made.
 */
export function secretsOf(
  rollback: Rollback,
  variables: Readonly<Record<string, string | undefined>>,
  phases: readonly Phase[],
): Secrets {
  const items = phases.flatMap(phase => rollback.phases[phase]).flatMap(withHeld)
  const values = new Map<string, string>()
  const missing = new Map<string, string>()
  const read = (name: string, { file, line, column }: Position) => {
    const value = variables[name] ?? ''
    if (value === '') missing.set(name, missing.get(name) ?? `${file}:${line}:${column} ${name}`)
    else values.set(name, value)
  }
  const given = new Set<string>()
  const made = new Map(items.flatMap(item => item.made ?? []).map(each => [each.name, each]))
  for (const item of items) {
    for (const name of item.env) {
      const parts = made.get(name)?.of
      if (parts === undefined) given.add(name)
      for (const part of parts ?? [{ name, position: item.position }]) read(part.name, part.position)
    }
  }
  refuseMissing(missing)
  const hidden = [...values].map(([name, value]) => ({ name, value }))
  const ready = new Map([...values].filter(([name]) => given.has(name)))
  for (const { name, of, make } of made.values()) {
    const { value, hidden: parts } = make(values)
    ready.set(name, value)
    const news = parts.filter(part => !hidden.some(known => known.value === part))
    hidden.push(...news.map(part => ({ name: `${of[0]?.name ?? name} (its password)`, value: part })))
  }
  return { given: ready, hidden }
}

/** @param missing the place that asks for it, by the name of each. @throws SecretNotSet unless there is none. */
export function refuseMissing(missing: ReadonlyMap<string, string>): void {
  if (missing.size === 0) return
  const names = [...missing.keys()].join(', ')
  const [first = ''] = missing.keys()
  const said = missing.size === 1 ? 'This secret is not set' : 'These secrets are not set'
  throw new SecretNotSet([`${said}: ${names}. Nothing was changed.`, ...missing.values()].join('\n'), [
    `In a workflow, pass each to the step: \`env: { ${first}: \${{ secrets.${first} }} }\`. On the command line: \`export ${first}=…\``,
    `To a workflow that you call: a line \`${first}=…\` in its secret RUNBOOK_SECRETS.`,
    'If a workflow passes it, check its name in the settings of the repository: a secret that does not exist is empty.',
  ])
}
