import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeBench } from './fixture.ts'

test.each(['started', 'good', 'bad'])('%s, of the live release, with what is known of it', async state => {
  await using bench = await makeBench()
  await writeFile(join(bench.site.path, 'releases/3/REVISION'), `${'3'.repeat(40)}\n`)
  const report = await bench.ask({ operation: 'record', state, reason: 'as seen' })
  expect(report).toMatchObject({ outcome: 'recorded', from: '3', to: '3' })
  expect(await bench.ledger()).toEqual([
    {
      at: expect.any(Number),
      event: state,
      release: '3',
      commit: '3'.repeat(40),
      ...(state === 'started' && { from: '3' }),
      run: report.run,
      by: 'mei',
      reason: 'as seen',
    },
  ])
})

test('of another release, by its name', async () => {
  await using bench = await makeBench()
  await bench.ask({ operation: 'record', state: 'bad', target: '2' })
  expect(await bench.ledger()).toMatchObject([{ event: 'bad', release: '2' }])
  expect(bench.site.live()).toBe('3')
})

test('free needs a reason; with one, every hold can be lifted at once', async () => {
  await using bench = await makeBench({ environment: { hold: 'all' } })
  await bench.ask()
  const before = await bench.ledger()
  expect(await bench.ask({ operation: 'record', state: 'free', target: '*' })).toMatchObject({
    outcome: 'refused',
    failure: { code: 'RB-REASON-NEEDED' },
  })
  expect(await bench.ledger()).toEqual(before)
  const free = { operation: 'record', state: 'free', target: '*', reason: 'found the cause' }
  expect(await bench.ask(free)).toMatchObject({ outcome: 'recorded' })
  expect((await bench.ledger()).at(-1)).toMatchObject({ event: 'free', release: '*' })
  expect(await bench.ask({ operation: 'guard', target: '4' })).toMatchObject({ outcome: 'clear' })
})

test.each([
  ['3333333', 'the commit that guard shows'],
  ['3', 'its name'],
])('a hold is lifted by %s: %s', async target => {
  await using bench = await makeBench()
  for (const name of ['1', '2', '3'])
    await writeFile(join(bench.site.path, 'releases', name, 'REVISION'), `${name.repeat(40)}\n`)
  await bench.ask({ reason: 'checkout answers 500' })
  const guarded = () => bench.ask({ operation: 'guard', target: '' }, { commit: '3'.repeat(40) })
  expect(await guarded()).toMatchObject({ outcome: 'refused' })
  const free = { operation: 'record', state: 'free', target, reason: 'found the cause' }
  expect(await bench.ask(free)).toMatchObject({ outcome: 'recorded', to: '3' })
  expect(await guarded()).toMatchObject({ outcome: 'clear' })
})

test.each(['33', '4444444', '*'])('of %s, which nothing holds back, is no green word', async target => {
  await using bench = await makeBench()
  if (target !== '*') await bench.ask({ reason: 'checkout answers 500' })
  const before = await bench.ledger()
  const report = await bench.ask({ operation: 'record', state: 'free', target, reason: 'found the cause' })
  expect(report).toMatchObject({ outcome: 'refused', failure: { code: 'RB-NOTHING-HELD' } })
  if (target !== '*') expect(report.failure?.table?.rows).toEqual([['3', '', 'checkout answers 500']])
  expect(await bench.ledger()).toEqual(before)
})

test('a host whose state folder others can write is not told anything', async () => {
  await using bench = await makeBench()
  await mkdir(bench.state, { mode: 0o777 })
  await writeFile(join(bench.state, 'ledger.jsonl'), '')
  await chmod(bench.state, 0o777)
  expect(await bench.ask({ operation: 'record', state: 'good' })).toMatchObject({
    outcome: 'refused',
    failure: { code: 'RB-STATE-FOLDER', remedy: [expect.stringContaining('chmod 700')] },
  })
  expect(await bench.ledger()).toEqual([])
})
