import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeBench } from '../operation/fixture.ts'

const undo = { operation: 'undo' }

test('the last run is taken back, its hold is lifted, and the ledger says so', async () => {
  await using bench = await makeBench()
  const { run } = await bench.ask()
  const report = await bench.ask(undo)
  expect(report).toMatchObject({
    outcome: 'undone',
    from: '2',
    to: '3',
    hosts: [{ name: 'here', from: '2', to: '3', live: '3', state: 'switched' }],
  })
  expect(bench.site.live()).toBe('3')
  expect((await bench.ledger()).at(-1)).toMatchObject({ event: 'undone', release: '3', from: '2', run })
  expect(await bench.ask({ operation: 'guard', target: '3' })).toMatchObject({ outcome: 'clear' })
})

test('scripts of its run are run again, with their secrets', async () => {
  await using bench = await makeBench({
    rollback: { start: [{ run: 'true', env: ['TOKEN'] }] },
  })
  const variables = { TOKEN: 'hush' }
  await bench.ask({}, { variables })
  const report = await bench.ask(undo, { variables })
  expect(report.outcome, JSON.stringify(report.failure)).toBe('undone')
  expect(report.steps.filter(({ action }) => action === 'do').map(({ title }) => title)).toEqual(['true'])
})

describe('there is nothing to undo', () => {
  test('where no run ever was', async () => {
    await using bench = await makeBench()
    expect(await bench.ask(undo)).toMatchObject({
      outcome: 'refused',
      failure: { code: 'RB-NOTHING-TO-UNDO', table: { rows: [['here', 'none', '', '']] } },
    })
  })

  test('where the last one was undone already', async () => {
    await using bench = await makeBench()
    await bench.ask()
    await bench.ask(undo)
    expect(await bench.ask(undo)).toMatchObject({
      outcome: 'refused',
      failure: { code: 'RB-NOTHING-TO-UNDO' },
    })
    expect(bench.site.live()).toBe('3')
  })

  test('where the last one put everything back by itself', async () => {
    await using bench = await makeBench({ rollback: { resume: [{ run: 'false' }] } })
    expect(await bench.ask()).toMatchObject({ outcome: 'restored' })
    expect(await bench.ask(undo)).toMatchObject({ outcome: 'refused' })
    expect(bench.site.live()).toBe('3')
  })

  test('by a name that no run has', async () => {
    await using bench = await makeBench()
    await bench.ask()
    expect(await bench.ask({ ...undo, 'run-id': '20200101T000000Z-abcdef' })).toMatchObject({
      outcome: 'refused',
      failure: { message: expect.stringContaining("20200101T000000Z-abcdef can't be undone") },
    })
    expect(bench.site.live()).toBe('2')
  })
})

test('a plan on the host that cannot be read: the way by hand is told', async () => {
  await using bench = await makeBench()
  const { run } = await bench.ask()
  await writeFile(join(bench.state, 'runs', run, 'plan.json'), '{"half": ')
  const report = await bench.ask(undo)
  expect(report).toMatchObject({ outcome: 'refused', failure: { code: 'RB-NOTHING-TO-UNDO' } })
  expect(report.failure?.remedy.join()).toContain(`runs/${run}/rollbook undo`)
  expect(bench.site.live()).toBe('2')
})

test('the release to go back to is gone: refused, and nothing is touched', async () => {
  await using bench = await makeBench()
  await bench.ask()
  await rm(join(bench.site.path, 'releases/3'), { recursive: true })
  const report = await bench.ask(undo)
  expect(report.outcome).toBe('refused')
  expect(report.steps.flatMap(({ output }) => output).join('\n')).toContain('is not there')
  expect(bench.site.live()).toBe('2')
})
