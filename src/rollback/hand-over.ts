import type { HostRun } from './host-run.ts'

/**
 * Gives a host the secrets that steps of its plan may read; they go there when the run ends. A plan that was read back
 * from a host gets none but those that the runbook names: a step that lacks one says so before the first change.
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
