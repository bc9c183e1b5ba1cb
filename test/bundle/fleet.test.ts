import { symlink, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Machine, makeProduction } from '../support/production.ts'
import type { Stop } from '../support/runner/node.ts'
import { BROKEN, expectOutcome, headline, on, recordOf, seen, told } from './story.ts'

/** A deploy that stopped in the middle, or a person who helped one host by hand. */
const pointAt = async ({ site }: Machine, release: string): Promise<void> => {
  await unlink(join(site.path, 'current'))
  await symlink(`releases/${release}`, join(site.path, 'current'))
}

describe.runIf(process.platform === 'linux')('more than one host', () => {
  test('a deploy that got half way: previous is refused with a table of what each host has', async () => {
    await using production = await makeProduction({ machines: { 'web-1': BROKEN, 'web-2': BROKEN } })
    const [, second] = production.machines
    if (second) await pointAt(second, '2')
    const run = await production.run()
    expectOutcome(run, 'refused')
    const { failure } = recordOf(run)
    const rows = failure?.table?.rows.map(row => row.join(' ')) ?? []
    expect(rows.find(row => row.includes('web-1'))).toMatch(/3/)
    expect(rows.find(row => row.includes('web-2'))).toMatch(/2/)
    for (const name of ['web-1', 'web-2']) expect(run.summary).toContain(name)
    expect(failure?.remedy.join('\n')).toMatch(/target.*2/)
    expect(production.machines.map(({ site }) => site.live())).toEqual(['3', '2'])
    for (const machine of production.machines) expect(await machine.locked()).toBe(false)
  })

  test('the same, told where to go: what is there already stays, the rest follows; undo does the reverse', async () => {
    await using production = await makeProduction({ machines: { 'web-1': BROKEN, 'web-2': BROKEN } })
    const { machines } = production
    const [, second] = machines
    if (second) await pointAt(second, '2')
    const run = await production.run({ target: '2' })
    expectOutcome(run, 'rolled-back')
    expect(await seen(machines)).toEqual(on(machines, '2'))
    expect(recordOf(run).hosts).toMatchObject([
      { name: 'web-1', from: '3', live: '2', state: 'switched' },
      { name: 'web-2', live: '2', state: 'already-there' },
    ])
    expectOutcome(await production.run({ operation: 'undo' }), 'undone')
    expect(machines.map(({ site }) => site.live())).toEqual(['3', '2'])
  })

  test('hosts with other releases each: the message says which one all of them have', async () => {
    await using production = await makeProduction({
      machines: { 'web-1': BROKEN, 'web-2': { ...BROKEN, releases: ['1', '3'] } },
    })
    const run = await production.run()
    expectOutcome(run, 'refused')
    expect(recordOf(run).failure?.remedy.join('\n')).toMatch(/\b1\b/)
    expectOutcome(await production.run({ target: '1' }), 'rolled-back')
    expect(await seen(production.machines)).toEqual(on(production.machines, '1'))
  })

  test('eight hosts go together', async () => {
    const names = Array.from({ length: 8 }, (_, at) => `web-${at + 1}`)
    await using production = await makeProduction({
      machines: Object.fromEntries(names.map(name => [name, BROKEN])),
    })
    const { machines } = production
    const run = await production.run()
    expectOutcome(run, 'rolled-back')
    expect(await seen(machines)).toEqual(on(machines, '2'))
    expect(recordOf(run).hosts.map(({ name, state }) => [name, state])).toEqual(
      names.map(name => [name, 'switched']),
    )
    expect(recordOf(run).checks).toHaveLength(8)
    expect(machines.map(({ ssh }) => ssh.counts.connections)).toEqual(Array(8).fill(1))
    expectOutcome(await production.run({ operation: 'undo' }), 'undone')
    expect(await seen(machines)).toEqual(on(machines, '3'))
  })

  test('one of three is not ready: the other two are not touched either', async () => {
    await using production = await makeProduction({
      machines: { 'web-1': BROKEN, 'web-2': BROKEN, 'web-3': BROKEN },
      runbook: ({ path }) => ({ rollback: { backup: [{ files: [`${path}/.env`], on: 'web-3' }] } }),
    })
    const run = await production.run()
    expectOutcome(run, 'refused')
    expect(told(run)).toContain('web-3')
    expect(await seen(production.machines)).toEqual(on(production.machines, '3'))
    for (const machine of production.machines) expect(await machine.locked()).toBe(false)
  })

  test('one of three cannot be reached: none is touched, and the one is named', async () => {
    await using production = await makeProduction({
      machines: { 'web-1': BROKEN, 'web-2': BROKEN, 'web-3': BROKEN },
    })
    production.machines[2]?.ssh.leave()
    const run = await production.run()
    expectOutcome(run, 'refused')
    expect(recordOf(run).failure?.message).toContain('web-3')
    expect(await seen(production.machines)).toEqual(on(production.machines, '3'))
  })
})

test('two runs at once: one goes, the other is refused with the name of the one that has the lock', async () => {
  await using production = await makeProduction({ machines: { web: { ...BROKEN, stalled: ['2'] } } })
  const [web] = production.machines
  const { promise: when, resolve: end } = Promise.withResolvers<Stop>()
  const first = production.run({}, { when })
  await Promise.race([web.site.stall, first])
  const second = await production.run()
  expectOutcome(second, 'refused')
  expect(headline(second)).toContain('was not changed')
  expect(recordOf(second).failure?.code).toBe('RB-LOCK-HELD')
  expect(web.site.live()).toBe('2')
  end('SIGINT')
  const owner = (await first).outputs['run-id'] ?? ''
  expect(owner).not.toBe('')
  expect(told(second)).toContain(owner)
})

test('two runs that start at the same moment: both end as one of the two, and the host is where one of them says', async () => {
  await using production = await makeProduction({ machines: { web: BROKEN }, runbook: () => ({}) })
  const [web] = production.machines
  const runs = await Promise.all([production.run(), production.run()])
  const outcomes = runs.map(run => run.outputs.outcome).sort()
  expect([
    ['refused', 'rolled-back'],
    ['rolled-back', 'rolled-back'],
  ]).toContainEqual(outcomes)
  expect(['1', '2']).toContain(web.site.live())
  expect(await web.locked()).toBe(false)
})
