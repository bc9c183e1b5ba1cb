import { expect } from 'vitest'
import { makeProduction, type Production } from '../support/production.ts'
import type { ActionRun } from '../support/runner.ts'
import type { Described } from '../support/workspace.ts'
import { BREAKABLE, breaking } from './breaking.ts'
import { on, seen } from './story.ts'

/** Production that can be broken by a drill called `monthly`. */
export const drillable = (
  scenarios: (described: Described) => readonly object[] = described => [breaking(described)],
  machines: Readonly<Record<string, typeof BREAKABLE>> = { web: BREAKABLE },
  environment: object = { drills: true },
): Promise<Production> =>
  makeProduction({
    machines,
    runbook: described => ({
      environment: { ...environment },
      rollback: { rto: '2m' },
      top: { drills: { monthly: scenarios(described) } },
    }),
  })

export const drill = (
  made: Production,
  job: Parameters<Production['run']>[1] = {},
  inputs = {},
): Promise<ActionRun> => made.run({ operation: 'drill', ...inputs }, job)

/** No host has anything of a drill but what it remembers of it. */
export const expectAsBefore = async ({ machines }: Production): Promise<void> => {
  expect(await seen(machines)).toEqual(on(machines, '3'))
  for (const machine of machines) {
    expect(await machine.locked()).toBe(false)
    const names = Object.keys(await machine.state()).map(name => name.split('/').at(-1))
    expect(names).not.toContain('drill')
    expect(names).not.toContain('ledger.jsonl')
  }
}
