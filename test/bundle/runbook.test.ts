import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeProduction } from '../support/production.ts'
import {
  BROKEN,
  connections,
  expectOutcome,
  expectRefusedUnseen,
  headline,
  on,
  recordOf,
  seen,
  told,
} from './story.ts'

test('symlink: the runbook of the workspace says where', async () => {
  await using production = await makeProduction({
    machines: { web: BROKEN },
    runbook: () => ({ rollback: { title: 'Application release', rto: '1m' } }),
  })
  const run = await production.run()
  expectOutcome(run, 'rolled-back')
  expect(headline(run)).toBe('## ✅ shop · production is back on release 2')
  expect(run.outputs).toMatchObject({ from: '3', to: '2', 'rto-met': 'true' })
  expect(recordOf(run)).toMatchObject({ rollback: 'release', title: 'Application release', rto: 60 })
  expect(await seen(production.machines)).toEqual(on(production.machines, '2'))
})

test('rto: a target that was missed is told, and is no failure', async () => {
  await using production = await makeProduction({
    machines: { web: BROKEN },
    runbook: () => ({ rollback: { rto: '10ms' } }),
  })
  const run = await production.run()
  expectOutcome(run, 'rolled-back')
  expect(run.outputs['rto-met']).toBe('false')
  expect(run.summary).toContain('missed')
})

describe('confirm', () => {
  const runbook = () => ({ environment: { confirm: 'shop' }, rollback: { confirm: 'I MEAN IT' } })

  test.each([['shop'], ['Shop, I MEAN IT']])(
    'given %j: refused with what is missing, before any connection',
    async confirm => {
      await using production = await makeProduction({ machines: { web: BROKEN }, runbook })
      const run = await production.run({ confirm })
      expectRefusedUnseen(run)
      const missing = ['shop', 'I MEAN IT'].filter(phrase => !confirm.split(', ').includes(phrase))
      expect(told(run)).toContain(`confirm: ${missing.join(', ')}`)
      expect(connections(production.machines)).toBe(0)
    },
  )

  test('given both: it goes, and goes back', async () => {
    const confirm = 'I MEAN IT\nshop'
    await using production = await makeProduction({ machines: { web: BROKEN }, runbook })
    expectOutcome(await production.run({ confirm }), 'rolled-back')
    expectRefusedUnseen(await production.run({ operation: 'undo' }))
    expectOutcome(await production.run({ operation: 'undo', confirm }), 'undone')
    expect(await seen(production.machines)).toEqual(on(production.machines, '3'))
  })

  test('to look needs no phrase', async () => {
    await using production = await makeProduction({ machines: { web: BROKEN }, runbook })
    expectOutcome(await production.run({ operation: 'plan' }), 'planned')
    expectOutcome(await production.run({ operation: 'status' }), 'reported')
  })
})

describe('hold', () => {
  test('all: nothing is deployed until somebody frees everything', async () => {
    await using production = await makeProduction({
      machines: { web: BROKEN },
      runbook: () => ({ environment: { hold: 'all' } }),
    })
    // A release whose commit is known would be told apart from others.
    const { path } = production.machines[0].site
    await writeFile(join(path, 'releases/2/REVISION'), '2'.repeat(40))
    await writeFile(join(path, 'releases/3/REVISION'), '3'.repeat(40))
    const guard = () => production.run({ operation: 'guard', target: 'a-new-release' })
    expectOutcome(await guard(), 'clear')
    expectOutcome(await production.run(), 'rolled-back')
    const held = await guard()
    expectOutcome(held, 'refused')
    expect(headline(held)).toContain('do not deploy')
    const free = { operation: 'record', state: 'free', target: '*', reason: 'the cause is found' }
    expectOutcome(await production.run(free), 'recorded')
    expectOutcome(await guard(), 'clear')
  })

  test('none: only the release that was left is kept back', async () => {
    await using production = await makeProduction({
      machines: { web: BROKEN },
      runbook: () => ({ environment: { hold: 'all' }, rollback: { hold: 'none' } }),
    })
    const run = await production.run()
    expectOutcome(run, 'rolled-back')
    expect(recordOf(run).hold).toBeUndefined()
    expectOutcome(await production.run({ operation: 'guard' }), 'clear')
    expectOutcome(await production.run({ operation: 'guard', target: '4' }), 'clear')
    expectOutcome(await production.run({ operation: 'guard', target: '3' }), 'refused')
  })
})

describe('several to choose from', () => {
  const second = ({ path }: { path: string }) => ({
    rollbacks: { other: { switch: [{ symlink: { path } }], verify: [{ run: `touch ${path}/other` }] } },
  })

  test('the rollback that was asked for runs', async () => {
    await using production = await makeProduction({ machines: { web: BROKEN }, runbook: second })
    const run = await production.run({ rollback: 'other' })
    expectOutcome(run, 'rolled-back')
    expect(recordOf(run).rollback).toBe('other')
  })

  test.each([
    [{ rollback: 'othr' }, 'Did you mean "other"?'],
    [{ environment: 'staging' }, 'production'],
  ])('%j is not there: the nearest name is told', async (inputs, nearest) => {
    await using production = await makeProduction({ machines: { web: BROKEN }, runbook: second })
    const run = await production.run(inputs)
    expectRefusedUnseen(run)
    expect(told(run)).toContain(nearest)
    expect(connections(production.machines)).toBe(0)
  })

  test('escalate is refused by the name of the next level, where there is one', async () => {
    await using production = await makeProduction({
      machines: { web: BROKEN },
      runbook: described => ({ ...second(described), rollback: { escalate: 'other' } }),
    })
    const run = await production.run({ escalate: 'true' })
    expectRefusedUnseen(run)
    expect(told(run)).toContain('run the rollback `other`')
    expect(connections(production.machines)).toBe(0)
  })
})

describe('a runbook that cannot be read', () => {
  test.each<[string, string, RegExp]>([
    ['a misspelt key', 'app: shop\nenvironmets: {}\nrollbacks: {}\n', /rollbook\.yml:2:1.*environmets/s],
    ['nothing in it', '', /rollbook\.yml/],
    ['a tab', 'app: shop\n\tx: 1\n', /rollbook\.yml:2:1/],
    ['the same key twice', 'app: shop\napp: shop\n', /rollbook\.yml:2:1/],
    ['bytes that are no text', '\u0000\u0001\ufffd', /rollbook\.yml/],
  ])('%s: one message, no connection', async (_, text, expected) => {
    await using production = await makeProduction({ machines: { web: BROKEN }, runbook: () => ({}) })
    await writeFile(join(production.workspace, '.github/rollbook.yml'), text)
    const run = await production.run()
    expectRefusedUnseen(run)
    expect(told(run)).toMatch(expected)
    expect(told(run)).not.toContain('made a mistake')
    expect(connections(production.machines)).toBe(0)
  })

  test.each(['.github', 'nothing/here.yml', '.github/rollbook.yml/below'])(
    'the path %s leads to no file',
    async runbook => {
      await using production = await makeProduction({ machines: { web: BROKEN }, runbook: () => ({}) })
      const run = await production.run({ runbook })
      expectRefusedUnseen(run)
      expect(told(run)).toContain(runbook)
      expect(told(run)).not.toContain('made a mistake')
    },
  )

  test('neither a runbook nor hosts: both ways on are told', async () => {
    await using production = await makeProduction({ machines: { web: BROKEN }, runbook: () => ({}) })
    await rm(join(production.workspace, '.github/rollbook.yml'))
    const run = await production.run()
    expectRefusedUnseen(run)
    expect(told(run)).toMatch(/Check the repository out.*or give the input token/)
    expect(told(run)).toContain('hosts and path')
  })
})
