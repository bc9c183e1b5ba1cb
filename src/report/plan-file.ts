import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Writes the plan that the output `plan` names, readable by its owner alone; it is masked already. */
export function writePlan(plan: unknown, folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, 'plan.json')
  writeFileSync(path, `${JSON.stringify(plan, null, 2)}\n`, { mode: 0o600 })
  return path
}
