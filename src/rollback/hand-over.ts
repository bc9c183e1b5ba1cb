import { PHASES, withHeld } from '../kind/item.ts'
import type { HostRun } from './host-run.ts'
import { itemsFor } from './scope.ts'
import type { Setting } from './setting.ts'

/** Of all secrets those that some item for this host may read. */
export function secretsOn(setting: Setting, host: string): ReadonlyMap<string, string> {
  const named = PHASES.flatMap(phase => itemsFor(setting, phase, host))
    .flatMap(withHeld)
    .flatMap(({ env }) => env)
  return new Map([...setting.secrets].filter(([name]) => named.includes(name)))
}

/**
 * Gives a host the secrets that steps of its plan may read; they go there when the run ends. A plan that was read back
 * from a host gets none but those that the runbook names for that host (`secretsOn`): a step that lacks one says so before the first change.
 */
export async function handOverSecrets(
  { plan, session }: HostRun,
  secrets: ReadonlyMap<string, string>,
): Promise<void> {
  for (const name of new Set(plan.steps.flatMap(step => step.secrets))) {
    const value = secrets.get(name)
    if (value !== undefined) await session().keepSecret(plan.run, name, value)
  }
}
