import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { makeBench } from './fixture.ts'

describe('before any host is looked at', () => {
  /** Nobody may be called: whoever tries fails the test. */
  const silent = { open: () => Promise.reject(new Error('a host was called')) }

  test.each(['doctor'])('%s is refused by its name', async operation => {
    await using bench = await makeBench()
    await expect(bench.ask({ operation }, silent)).rejects.toMatchObject({
      code: 'RB-OPERATION-NOT-SUPPORTED',
      message: expect.stringContaining(operation),
    })
  })

  test.each([
    ['the environment asks', { environment: { confirm: 'shop' } }, 'shop'],
    ['the rollback asks', { rollback: { confirm: 'GO BACK' } }, 'GO BACK'],
    ['both ask', { environment: { confirm: 'shop' }, rollback: { confirm: 'GO BACK' } }, 'shop, GO BACK'],
  ])('a phrase is missing that %s for', async (_, options, phrase) => {
    await using bench = await makeBench(options)
    for (const operation of ['rollback', 'undo'])
      await expect(bench.ask({ operation }, silent)).rejects.toMatchObject({
        code: 'RB-CONFIRM',
        remedy: [expect.stringContaining(phrase)],
      })
    expect(await bench.ask({ operation: 'rollback', confirm: phrase })).toMatchObject({
      outcome: 'rolled-back',
    })
  })

  test('data may be lost: the question says so', async () => {
    await using bench = await makeBench({ rollback: { confirm: 'GO BACK', 'data-loss': true } })
    await expect(bench.ask({}, silent)).rejects.toThrow('it can lose data')
  })

  test('a secret is not set', async () => {
    await using bench = await makeBench({ rollback: { start: [{ run: 'true', env: ['TOKEN'] }] } })
    for (const operation of ['rollback', 'undo'])
      await expect(bench.ask({ operation }, silent)).rejects.toMatchObject({ code: 'RB-SECRET-NOT-SET' })
  })
})

test('secrets are learnt before they are used, and by no operation that does not need them', async () => {
  await using bench = await makeBench({ rollback: { start: [{ run: 'true', env: ['TOKEN'] }] } })
  const variables = { TOKEN: 'hush', OTHER: 'not asked for' }
  expect(await bench.ask({ operation: 'status' }, { variables })).toMatchObject({ outcome: 'reported' })
  expect(bench.learned).toEqual([])
  expect(await bench.ask({}, { variables })).toMatchObject({ outcome: 'rolled-back' })
  expect(bench.learned).toEqual(['hush'])
})

test('the post step is told how far a run has come, and that it is over', async () => {
  await using bench = await makeBench({ rollback: { backup: [{ files: ['/etc/hostname'] }] } })
  await bench.ask()
  expect(bench.stages).toEqual(['preparing', 'switching', 'settled'])
})

test('the post step is told at once when the word to switch travels behind the program', async () => {
  await using bench = await makeBench()
  await bench.ask()
  expect(bench.stages).toEqual(['switching', 'settled'])
})

test('a mistake of ours after the switch promises nothing: what is live there is not known from here', async () => {
  await using bench = await makeBench()
  const broken = (stage: string) => {
    if (stage === 'settled') throw new Error('no space left on device')
  }
  const report = await bench.ask({}, { remember: broken })
  expect(report).toMatchObject({
    outcome: 'unknown',
    hosts: [{ state: 'unknown', live: '' }],
    failure: { code: 'RB-BUG', message: expect.stringContaining('no space left on device') },
  })
  expect(report.failure?.message).not.toContain('Nothing was changed')
})

test.each([
  ['rollback', 'rolled-back', true],
  ['plan', 'planned', undefined],
  ['status', 'reported', undefined],
])('a target for the time is met or missed by what goes back: %s', async (operation, outcome, rtoMet) => {
  await using bench = await makeBench({ rollback: { rto: '5m' } })
  const report = await bench.ask({ operation })
  expect([report.outcome, report.rtoMet]).toEqual([outcome, rtoMet])
})

test('a run that was refused cleanly leaves nothing for the post step to do', async () => {
  await using bench = await makeBench({ rollback: { backup: [{ files: ['/nothing/here'] }] } })
  expect(await bench.ask()).toMatchObject({ outcome: 'refused' })
  expect(bench.stages).toEqual(['preparing', 'settled'])
})

describe('plan', () => {
  test('shows and keeps what a rollback would do, and writes nothing on the host', async () => {
    await using bench = await makeBench({
      rollback: { start: [{ run: 'echo "$ROLLBOOK_TO"' }], verify: [{ http: '/healthz' }] },
    })
    const report = await bench.ask({ operation: 'plan', target: '1' })
    expect(report).toMatchObject({ outcome: 'planned', from: '3', to: '1' })
    expect(report.planned?.map(({ phase, kind }) => [phase, kind])).toEqual([
      ['switch', 'symlink'],
      ['start', 'run'],
    ])
    expect(report.plannedChecks).toEqual(['GET /healthz'])
    expect(report.scripts?.map(({ kind }) => kind)).toEqual(['symlink', 'run'])
    const [plan] = bench.plans
    expect(plan?.checks).toEqual(['GET /healthz'])
    expect(plan?.hosts[0]?.plan.steps.map(({ kind }) => kind)).toEqual(['symlink', 'run'])
    expect(plan?.hosts[0]?.program).toMatch(/^#!\/bin\/sh\n[\s\S]*\$ROLLBOOK_TO/)
    expect(existsSync(bench.state)).toBe(false)
    expect(bench.site.live()).toBe('3')
  })

  test('says what is in the way of a rollback as that would', async () => {
    await using bench = await makeBench()
    expect(await bench.ask({ operation: 'plan', target: '9' })).toMatchObject({
      outcome: 'refused',
      failure: { code: 'RB-RELEASE-MISSING' },
    })
    expect(bench.plans).toEqual([])
  })

  test('of what is live already says so', async () => {
    await using bench = await makeBench()
    await bench.ask({ operation: 'record', state: 'good' })
    const report = await bench.ask({ operation: 'plan', target: 'last-good' })
    expect(report).toMatchObject({ from: '3', to: '3', planned: [], scripts: [] })
  })
})
