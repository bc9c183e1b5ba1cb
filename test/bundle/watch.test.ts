import { expect, test } from 'vitest'
import { makeProduction, type Production } from '../support/production.ts'
import type { SiteOptions } from '../support/site.ts'
import { BROKEN, connections, expectOutcome, HEALTHY, headline, on, recordOf, seen } from './story.ts'

/** One machine, and a trigger for the health of its site that rolls back. */
const watched = (machine: SiteOptions, top: object = {}, environment: object = {}): Promise<Production> =>
  makeProduction({
    machines: { web: machine },
    runbook: () => ({
      environment: { ...environment },
      top: {
        watch: { for: '2s', every: '100ms' },
        // A literal with `then` would look like a promise.
        triggers: [JSON.parse('{"when":{"http":"/healthz","failing":true},"for":"500ms","then":"rollback"}')],
        ...top,
      },
    }),
  })

const WATCH = { operation: 'watch' }

test('what was deployed does not get well: the watch goes back to what did, in the same step', async () => {
  await using production = await watched(BROKEN)
  const run = await production.run(WATCH)
  expectOutcome(run, 'rolled-back')
  expect(await seen(production.machines)).toEqual(on(production.machines, '2'))
  expect(run.outputs).toMatchObject({ decision: 'rollback', from: '3', to: '2' })
  expect(headline(run)).toContain('is back on release 2')
  expect(run.main.summary).toContain('| ❌ | GET /healthz fails |')
  expect(await production.machines[0].locked()).toBe(false)
})

test('what was deployed is well: green, and nothing is left on the host', async () => {
  await using production = await watched(HEALTHY)
  const run = await production.run(WATCH)
  expectOutcome(run, 'watched')
  expect(run.outputs.decision).toBe('none')
  expect(headline(run)).toContain('no trigger fired')
  expect(await production.machines[0].state()).toEqual({})
})

test('cancelled while it watches: it is over at once, and nothing was changed', async () => {
  await using production = await watched(HEALTHY, { watch: { for: '10m', every: '100ms' } })
  const run = await production.run(WATCH, {
    until: line => (line.includes('a look every') ? 'SIGINT' : undefined),
  })
  expect(run.outputs).toMatchObject({ outcome: 'refused', decision: 'none' })
  expect(recordOf(run).failure?.code).toBe('RB-CANCELLED')
  expect(await production.machines[0].state()).toEqual({})
})

test('cancelled while it rolls back: the page is that of the rollback, and the host is where it was', async () => {
  await using production = await watched({ ...BROKEN, stalled: ['2'] })
  const [{ site }] = production.machines
  const run = await production.run(WATCH, { when: site.stall.then(() => 'SIGINT') })
  expect(run.outputs.outcome).toBe('restored')
  const { operation, hosts, watch, failure } = recordOf(run)
  expect([operation, watch?.decision, failure?.code]).toEqual(['rollback', 'rollback', 'RB-CANCELLED'])
  expect(hosts).toMatchObject([{ name: 'web', from: '3', live: '3', state: 'restored' }])
  expect(await production.machines[0].locked()).toBe(false)
})

test('a phrase that a rollback would ask for is asked for before anything is watched', async () => {
  await using production = await watched(BROKEN, {}, { confirm: 'shop' })
  const run = await production.run(WATCH)
  expect(run.outputs.outcome).toBe('refused')
  expect(recordOf(run).failure?.code).toBe('RB-CONFIRM')
  expect(connections(production.machines)).toBe(0)
  expectOutcome(await production.run({ ...WATCH, confirm: 'shop' }), 'rolled-back')
})
