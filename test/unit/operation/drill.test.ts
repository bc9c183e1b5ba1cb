import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { expectAsBefore, FAILING, HASTY, makeDrill } from './drill-bench.ts'
import type { Bench } from './fixture.ts'

// Each drill is many runs, each of them a process or ten.
vi.setConfig({ testTimeout: 60_000 })

const drill = (bench: Bench, inputs: Readonly<Record<string, string>> = {}) =>
  bench.ask({ operation: 'drill', ...inputs })

/** Restores the content of a file from a copy with a suffix, as the document does with nginx. */
const config = (path: string) => ({
  config: {
    rto: '2m',
    switch: [{ restore: { files: [`${path}/releases/3/health`], from: { suffix: '.backup' } } }],
    verify: [{ http: '/healthz', ...HASTY }],
  },
})
const SPOIL = (path: string) => `cd ${path}/releases/3\ncp health health.backup\nprintf 500 >health`

describe('a drill that goes well', () => {
  test('a planned rollback goes to the release before, is measured, and is taken back', async () => {
    await using bench = await makeDrill(() => [{ rollback: 'release' }])
    const { outcome, drill: told, rtoMet, failure } = await drill(bench)
    expect(failure).toBeUndefined()
    expect(outcome).toBe('drilled')
    expect(rtoMet).toBe(true)
    expect(told?.scenarios).toMatchObject([
      {
        result: 'passed',
        from: '3',
        to: '2',
        back: true,
        broughtBackBy: ['undo'],
        breaks: false,
        rtoMet: true,
      },
    ])
    await expectAsBefore(bench)
  })

  test('a fault is made, seen, and repaired by the rollback itself: nothing is left to bring back', async () => {
    await using bench = await makeDrill(
      path => [{ rollback: 'config', break: SPOIL(path), broken: FAILING }],
      {
        rollbacks: config,
      },
    )
    const { outcome, drill: told, failure } = await drill(bench)
    expect(failure).toBeUndefined()
    expect(outcome).toBe('drilled')
    expect(told?.scenarios[0]).toMatchObject({ result: 'passed', broughtBackBy: [], back: true, rto: 120 })
    expect(told?.scenarios[0]?.detect).toBeGreaterThanOrEqual(0)
    expect(told?.scenarios[0]?.stages.map(({ stage }) => stage)).toEqual([
      'healthy',
      'break',
      'broken',
      'rollback',
      'restore',
      'verify',
    ])
    await expectAsBefore(bench)
  })

  test('a break that makes a bad release live: after the rollback, the one from before is gone to by its name', async () => {
    await using bench = await makeDrill(path => [
      { rollback: 'release', target: '1', in: path, break: 'ln -sfn releases/4 current', broken: FAILING },
    ])
    const { outcome, drill: told, failure } = await drill(bench)
    expect(failure).toBeUndefined()
    expect(outcome).toBe('drilled')
    expect(told?.scenarios[0]).toMatchObject({ from: '4', to: '1', broughtBackBy: ['name'], back: true })
    await expectAsBefore(bench)
  })

  test('a rollback of scripts is always taken back: no component tells what it left', async () => {
    await using bench = await makeDrill(() => [{ rollback: 'script', target: '1' }], {
      rollbacks: path => ({
        script: {
          switch: [{ run: `echo there >>${path}/log`, undo: `echo back >>${path}/log` }],
          verify: [{ http: '/healthz', ...HASTY }],
        },
      }),
    })
    expect(await drill(bench)).toMatchObject({ outcome: 'drilled' })
    expect(await readFile(join(bench.site.path, 'log'), 'utf8')).toBe('there\nback\n')
    await expectAsBefore(bench)
  })

  test('each scenario finds what the one before left: as it was', async () => {
    await using bench = await makeDrill(
      path => [
        { rollback: 'release' },
        { rollback: 'config', break: SPOIL(path), broken: FAILING },
        { rollback: 'release', target: '1' },
      ],
      { rollbacks: config },
    )
    const { outcome, drill: told } = await drill(bench)
    expect(outcome).toBe('drilled')
    expect(told?.scenarios.map(({ result }) => result)).toEqual(['passed', 'passed', 'passed'])
    await expectAsBefore(bench)
  })

  test('hosts remember each drill, and the next one tells of those before', async () => {
    await using bench = await makeDrill(() => [{ rollback: 'release' }])
    const first = await drill(bench)
    expect(first.drill?.past).toEqual([])
    const second = await drill(bench)
    expect(second.drill?.past).toMatchObject([
      {
        run: first.run,
        outcome: 'drilled',
        scenarios: [{ rollback: 'release', result: 'passed', rto: 300 }],
      },
    ])
  })

  test('a drill is nothing that undo would take back, and nothing that holds a deploy', async () => {
    await using bench = await makeDrill(path => [
      { rollback: 'release', target: '1', in: path, break: 'ln -sfn releases/4 current', broken: FAILING },
    ])
    await drill(bench)
    expect(await bench.ask({ operation: 'guard', target: '4' })).toMatchObject({ outcome: 'clear' })
  })
})

describe('a drill that does not go well, and leaves everything as it was', () => {
  test('a target for the duration that is missed is red', async () => {
    await using bench = await makeDrill(() => [{ rollback: 'release' }], { rollback: { rto: '1ms' } })
    expect(await drill(bench)).toMatchObject({
      outcome: 'restored',
      rtoMet: false,
      failure: { code: 'RB-RTO-MISSED' },
      drill: { scenarios: [{ result: 'passed', rtoMet: false, back: true }] },
    })
    await expectAsBefore(bench)
  })

  test('what does not serve before is not broken any further', async () => {
    await using bench = await makeDrill(() => [{ rollback: 'release' }], {
      site: { releases: ['2', '3'], live: '3', broken: ['3'] },
    })
    expect(await drill(bench)).toMatchObject({
      outcome: 'refused',
      failure: { code: 'RB-DRILL-UNHEALTHY', message: expect.stringContaining('500') },
    })
    expect(existsSync(join(bench.state, 'drill'))).toBe(false)
  })

  test('a break that breaks nothing', async () => {
    await using bench = await makeDrill(() => [{ rollback: 'release', break: 'true', broken: FAILING }])
    expect(await drill(bench)).toMatchObject({
      outcome: 'restored',
      failure: { code: 'RB-DRILL-NOT-BROKEN', message: expect.stringContaining('wanted it to fail') },
      drill: { scenarios: [{ result: 'failed', back: true, broughtBackBy: [] }] },
    })
    await expectAsBefore(bench)
  })

  test('a break that breaks something else: it is brought back all the same', async () => {
    await using bench = await makeDrill(path => [
      { rollback: 'release', in: path, break: 'ln -sfn releases/1 current', broken: FAILING },
    ])
    expect(await drill(bench)).toMatchObject({
      outcome: 'restored',
      failure: { code: 'RB-DRILL-NOT-BROKEN' },
      drill: { scenarios: [{ result: 'failed', back: true, broughtBackBy: ['name'] }] },
    })
    await expectAsBefore(bench)
  })

  test('a break that fails in its middle', async () => {
    await using bench = await makeDrill(path => [
      { rollback: 'release', in: path, break: 'ln -sfn releases/4 current\nfalse', broken: FAILING },
    ])
    expect(await drill(bench)).toMatchObject({
      outcome: 'restored',
      failure: { code: 'RB-DRILL-BREAK-FAILED' },
      drill: { scenarios: [{ back: true }] },
    })
    await expectAsBefore(bench)
  })

  test('the rollback does not repair it: the next scenario is tried all the same', async () => {
    await using bench = await makeDrill(
      path => [
        { rollback: 'release', target: '2', in: path, break: 'ln -sfn releases/4 current', broken: FAILING },
        { rollback: 'release', target: '1' },
      ],
      { site: { releases: ['1', '2', '3', '4'], live: '3', broken: ['2', '4'] } },
    )
    const { outcome, failure, drill: told } = await drill(bench)
    expect(outcome).toBe('restored')
    expect(failure).toMatchObject({ code: 'RB-DRILL-ROLLBACK-FAILED' })
    expect(told?.scenarios).toMatchObject([
      { result: 'failed', back: true, broughtBackBy: ['name'] },
      { result: 'passed', back: true },
    ])
    await expectAsBefore(bench)
  })

  test('a rollback that has nowhere to go', async () => {
    await using bench = await makeDrill(() => [{ rollback: 'release', target: '9' }])
    expect(await drill(bench)).toMatchObject({
      outcome: 'refused',
      failure: { code: 'RB-DRILL-REFUSED', message: expect.stringContaining('9') },
    })
    await expectAsBefore(bench)
  })

  test('it is cancelled while something is broken', async () => {
    const cancel = new AbortController()
    await using bench = await makeDrill(path => [
      { rollback: 'release', target: '1', in: path, break: 'ln -sfn releases/4 current', broken: FAILING },
      { rollback: 'release' },
    ])
    bench.site.onHealth('4', async () => cancel.abort())
    const {
      outcome,
      failure,
      drill: told,
    } = await bench.ask({ operation: 'drill' }, { cancelled: cancel.signal })
    expect(outcome).toBe('restored')
    expect(failure).toMatchObject({ code: 'RB-CANCELLED' })
    expect(told?.scenarios.map(({ result }) => result)).toEqual(['failed', 'not-run'])
    await expectAsBefore(bench)
  })
})

describe('a drill that leaves something behind', () => {
  const spoiled = (path: string) => [
    { rollback: 'release', target: '1', break: `printf 500 >${path}/releases/3/health`, broken: FAILING },
    { rollback: 'release' },
  ]

  test('what the rollback cannot repair needs its operator, with what to do; no more scenario is tried', async () => {
    await using bench = await makeDrill(spoiled)
    const { outcome, failure, drill: told, run } = await drill(bench)
    expect(outcome).toBe('needs-operator')
    expect(failure).toMatchObject({
      code: 'RB-DRILL-NOT-BACK',
      remedy: expect.arrayContaining([
        expect.stringContaining('printf 500'),
        expect.stringContaining(`run-id: ${run}`),
      ]),
    })
    expect(told?.scenarios.map(({ result }) => result)).toEqual(['failed', 'not-run'])
    expect(existsSync(join(bench.state, 'drill'))).toBe(true)

    await writeFile(join(bench.site.path, 'releases/3/health'), '200')
    expect(await bench.ask({ operation: 'unlock' })).toMatchObject({
      failure: { code: 'RB-NOT-LOCKED', remedy: [expect.stringContaining(`run-id: ${run}`)] },
    })
    expect(await bench.ask({ operation: 'unlock', 'run-id': run })).toMatchObject({ outcome: 'unlocked' })
    expect(existsSync(join(bench.state, 'drill'))).toBe(false)
  })

  test('a rollback that was refused is nothing that anybody could undo', async () => {
    await using bench = await makeDrill(path => [
      { rollback: 'release', target: '9', break: `printf 500 >${path}/releases/3/health`, broken: FAILING },
    ])
    const { outcome } = await drill(bench)
    expect(outcome).toBe('needs-operator')
    const { status } = await bench.ask({ operation: 'status' })
    const remedies = status?.flatMap(({ drill: found }) => found?.remedy ?? []) ?? []
    expect(remedies.join()).toContain('take back by hand what `break` of scenario 1 does')
    expect(remedies.join()).not.toContain('operation: undo')
  })

  test('until then guard and the next drill refuse, status tells of it, and a rollback goes on with a warning', async () => {
    await using bench = await makeDrill(spoiled)
    const { run } = await drill(bench)
    expect(await bench.ask({ operation: 'guard' })).toMatchObject({
      failure: { code: 'RB-DRILL-BROKEN-OFF' },
    })
    expect(await drill(bench)).toMatchObject({
      outcome: 'refused',
      failure: {
        code: 'RB-DRILL-BROKEN-OFF',
        message: expect.stringContaining('in scenario 1 (release) at the stage'),
        remedy: expect.arrayContaining([expect.stringContaining('target: 3')]),
      },
    })
    expect(await bench.ask({ operation: 'status' })).toMatchObject({
      status: [{ drill: { run, alive: false, scenario: 1, rollback: 'release' } }],
    })
    const { warnings } = await bench.ask({ operation: 'rollback', target: '2' })
    expect(warnings).toContainEqual(expect.stringContaining('was broken off'))
  })
})
