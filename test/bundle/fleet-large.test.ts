import { describe, expect, test } from 'vitest'
import { type Machine, makeProduction, type Production } from '../support/production.ts'
import { BROKEN, expectOutcome, on, recordOf, seen } from './story.ts'

const MANY = 12
const NAMES = Array.from({ length: MANY }, (_, at) => `web-${String(at + 1).padStart(2, '0')}`)

const makeMany = (environment: Readonly<Record<string, unknown>> = {}): Promise<Production> =>
  makeProduction({
    machines: Object.fromEntries(NAMES.map(name => [name, BROKEN])),
    runbook: () => ({ environment }),
  })

/** How many hosts at most were being connected to and looked at, at the same moment. */
const countAtWork = (machines: readonly Machine[]): (() => number) => {
  const looked = new Set<Machine>()
  let most = 0
  for (const machine of machines) {
    // Told of all that a host has sent so far, before each piece of it goes out; it drops nothing.
    machine.ssh.faults.dropAfter = output => {
      const begun = machines.filter(({ ssh }) => ssh.counts.connections > 0)
      most = Math.max(most, begun.filter(each => !looked.has(each)).length)
      if (/^RB1 [0-9a-f]+ 0 end$/m.test(output)) looked.add(machine)
      return false
    }
  }
  return () => most
}

describe.runIf(process.platform === 'linux')(`${MANY} hosts in one run`, () => {
  test('with `parallel: 5`, at most five are being looked at at any moment; all are switched, and come back', async () => {
    await using production = await makeMany({ parallel: 5 })
    const { machines } = production
    const atWork = countAtWork(machines)
    const run = await production.run()
    expectOutcome(run, 'rolled-back')
    expect(atWork()).toBeGreaterThan(1)
    expect(atWork()).toBeLessThanOrEqual(5)
    expect(await seen(machines)).toEqual(on(machines, '2'))
    expect(recordOf(run).hosts.map(({ name, state }) => [name, state])).toEqual(
      NAMES.map(name => [name, 'switched']),
    )
    expect(machines.map(({ ssh }) => ssh.counts.connections)).toEqual(NAMES.map(() => 1))
    for (const name of NAMES) expect(run.summary).toContain(name)
    expectOutcome(await production.run({ operation: 'undo' }), 'undone')
    expect(await seen(machines)).toEqual(on(machines, '3'))
    for (const machine of machines) expect(await machine.locked()).toBe(false)
  })
})
