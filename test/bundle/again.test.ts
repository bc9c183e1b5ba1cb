import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { makeFolder } from '../support/folder.ts'
import { type Machine, makeProduction, type Production } from '../support/production.ts'
import type { ActionRun } from '../support/runner.ts'
import { BROKEN, expectOutcome, HEALTHY, headline, on, recordOf, seen } from './story.ts'

const sha = (digit: number): string => String(digit).repeat(40)

/** Writes which commit each release was made from, as most deploys do. */
const nameCommits = async ({ machines }: Production): Promise<void> => {
  for (const { site } of machines)
    for (const name of ['1', '2', '3'])
      await writeFile(join(site.path, 'releases', name, 'REVISION'), `${sha(Number(name))}\n`)
}

const guard = (production: Production, commit: string) =>
  production.run({ operation: 'guard' }, { github: { sha: commit } })

describe('again', () => {
  test('rolled back twice: one release further each time, and undo brings back one', async () => {
    await using production = await makeProduction({ machines: { web: BROKEN }, runbook: () => ({}) })
    const { machines } = production
    const first = await production.run()
    expectOutcome(first, 'rolled-back')
    expect(await seen(machines)).toEqual(on(machines, '2'))
    const second = await production.run()
    expectOutcome(second, 'rolled-back')
    expect(second.outputs).toMatchObject({ from: '2', to: '1' })
    expect(await seen(machines)).toEqual(on(machines, '1'))

    const undone = await production.run({ operation: 'undo' })
    expectOutcome(undone, 'undone')
    expect(headline(undone)).toContain('is on release 2 again')
    expect(recordOf(undone).hosts).toMatchObject([{ name: 'web', from: '1', to: '2', live: '2' }])
    expect(await seen(machines)).toEqual(on(machines, '2'))
  })

  test('a third time there is nothing left to go back to', async () => {
    await using production = await makeProduction({ machines: { web: BROKEN }, runbook: () => ({}) })
    for (const _ of [1, 2]) expectOutcome(await production.run(), 'rolled-back')
    const third = await production.run()
    expectOutcome(third, 'refused')
    expect(recordOf(third).failure?.code).toBe('RB-NO-PREVIOUS')
    expect(await seen(production.machines)).toEqual(on(production.machines, '1'))
  })

  test('undone twice: the second time there is nothing to undo', async () => {
    await using production = await makeProduction({ machines: { web: HEALTHY }, runbook: () => ({}) })
    expectOutcome(await production.run(), 'rolled-back')
    expectOutcome(await production.run({ operation: 'undo' }), 'undone')
    const again = await production.run({ operation: 'undo' })
    expectOutcome(again, 'refused')
    expect(recordOf(again).failure?.code).toBe('RB-NOTHING-TO-UNDO')
    expect(await seen(production.machines)).toEqual(on(production.machines, '3'))
  })

  test('an undo of an older run, past which another one went, is refused and changes nothing', async () => {
    await using production = await makeProduction({ machines: { web: BROKEN }, runbook: () => ({}) })
    const first = await production.run()
    expectOutcome(await production.run(), 'rolled-back')
    const undone = await production.run({ operation: 'undo', 'run-id': first.outputs['run-id'] ?? '' })
    expectOutcome(undone, 'refused')
    expect(await seen(production.machines)).toEqual(on(production.machines, '1'))
  })

  test('undo goes back to what did not serve, because it was asked to, and says what it sees', async () => {
    await using production = await makeProduction({ machines: { web: BROKEN }, runbook: () => ({}) })
    expectOutcome(await production.run(), 'rolled-back')
    const run = await production.run({ operation: 'undo' })
    expectOutcome(run, 'undone')
    expect(run.summary).toContain('500')
    expect(await seen(production.machines)).toEqual(on(production.machines, '3'))
  })
})

describe('the ledger', () => {
  test('last-good is what was recorded as good, whatever is newer', async () => {
    await using production = await makeProduction({ machines: { web: BROKEN }, runbook: () => ({}) })
    expectOutcome(await production.run({ operation: 'record', state: 'good', target: '1' }), 'recorded')
    const run = await production.run({ target: 'last-good' })
    expectOutcome(run, 'rolled-back')
    expect(run.outputs).toMatchObject({ from: '3', to: '1' })
    expect(await seen(production.machines)).toEqual(on(production.machines, '1'))
  })

  test('last-good, and nothing was ever recorded: nothing is guessed', async () => {
    await using production = await makeProduction({ machines: { web: BROKEN }, runbook: () => ({}) })
    const run = await production.run({ target: 'last-good' })
    expectOutcome(run, 'refused')
    expect(recordOf(run).failure?.code).toBe('RB-NOTHING-PROVEN')
  })

  test('free needs a reason', async () => {
    await using production = await makeProduction({ machines: { web: BROKEN }, runbook: () => ({}) })
    expectOutcome(await production.run(), 'rolled-back')
    const before = await production.machines[0].state()
    const free = { operation: 'record', state: 'free', target: '3' }
    const silent = await production.run({ ...free, reason: '' })
    expectOutcome(silent, 'refused')
    expect(recordOf(silent).failure?.code).toBe('RB-REASON-NEEDED')
    expect(await production.machines[0].state()).toEqual(before)
    expectOutcome(await production.run({ ...free, reason: 'it was the database' }), 'recorded')
    expectOutcome(await guard(production, sha(3)), 'clear')
  })

  test('a deploy that was begun and never reported good is not gone back to', async () => {
    await using production = await makeProduction({ machines: { web: BROKEN }, runbook: () => ({}) })
    const record = (state: string, target: string) => production.run({ operation: 'record', state, target })
    expectOutcome(await record('good', '1'), 'recorded')
    expectOutcome(await record('started', '2'), 'recorded')
    const run = await production.run()
    expectOutcome(run, 'rolled-back')
    expect(await seen(production.machines)).toEqual(on(production.machines, '1'))
  })
})

describe('a ledger that only some hosts could write', () => {
  const bad = { operation: 'record', state: 'bad', target: '2' }
  const ledgerOf = ({ ssh }: Machine) => join(ssh.home, '.rollbook/shop/production/ledger.jsonl')
  const expectPartly = async (run: ActionRun, [first]: Production['machines']) => {
    expect(run.outputs.outcome).toBe('refused')
    expect(headline(run)).toContain('has it in the ledger of some hosts only')
    expect(run.summary).toContain('Recorded on web-1 only.')
    expect(run.summary).not.toContain('before the first change')
    expect(await first.state()).toMatchObject({
      'production/ledger.jsonl': expect.stringContaining('"event":"bad","release":"2"'),
    })
  }

  test('the second host has no room for it: the first line does not say that nobody has it', async () => {
    await using production = await makeProduction({ machines: { 'web-1': BROKEN, 'web-2': BROKEN } })
    for (const machine of production.machines.slice(1)) await mkdir(ledgerOf(machine), { recursive: true })
    await expectPartly(await production.run(bad), production.machines)
  })

  test('the second host does not answer, and somebody cancels: it is not told that nothing is left', async () => {
    await using tools = await makeFolder('tools')
    const stuck = 'if [ -e "$HOME/stuck" ]; then : >"$HOME/asked"; exec sleep 60; fi; exec /bin/sync "$@"'
    await writeFile(join(tools.path, 'sync'), `#!/bin/sh\n${stuck}\n`, { mode: 0o755 })
    await using production = await makeProduction({
      machines: { 'web-1': BROKEN, 'web-2': BROKEN },
      ssh: { env: { PATH: `${tools.path}:/usr/local/bin:/usr/bin:/bin` } },
    })
    const home = production.machines[1]?.ssh.home ?? ''
    await writeFile(join(home, 'stuck'), '')
    const when = vi.waitUntil(() => existsSync(join(home, 'asked')), 30_000).then(() => 'SIGINT' as const)
    await expectPartly(await production.run(bad, { when }), production.machines)
  })
})

describe('guard', () => {
  test('after a rollback it lets through every commit but the one that was left', async () => {
    await using production = await makeProduction({ machines: { web: BROKEN }, runbook: () => ({}) })
    await nameCommits(production)
    expectOutcome(await production.run(), 'rolled-back')
    const held = await guard(production, sha(3))
    expectOutcome(held, 'refused')
    expect(recordOf(held).failure).toMatchObject({
      code: 'RB-ON-HOLD',
      message: expect.stringContaining('checkout answers 500'),
    })
    expectOutcome(await guard(production, sha(4)), 'clear')
  })
})
