import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeProduction } from '../support/production.ts'
import { BROKEN, expectOutcome, HEALTHY, on, recordOf, seen, WORSE } from './story.ts'

const LINUX = process.platform === 'linux'

/** A script that adds a line to a diary beside the site: what ran, in which order, and for which release. */
const diary = (path: string, word: string): string => `echo "${word} $ROLLBOOK_TO" >>${path}/diary`
const diaryOf = (folder: string): Promise<string> => readFile(join(folder, 'diary'), 'utf8').catch(() => '')

describe('scripts of the runbook', () => {
  test('run in their order, in their folder, and with the data of the run', async () => {
    await using production = await makeProduction({
      machines: { web: BROKEN },
      runbook: ({ path }) => ({
        rollback: {
          resume: [{ run: diary(path, 'resume') }],
          verify: [{ run: diary(path, 'verify') }],
          start: [
            {
              run: `pwd >>${path}/diary; cat VERSION >>${path}/diary; echo >>${path}/diary`,
              in: `${path}/current`,
            },
            {
              run: `echo "$ROLLBOOK_FROM $ROLLBOOK_APP $ROLLBOOK_ENVIRONMENT: $ROLLBOOK_REASON" >>${path}/diary`,
            },
          ],
          stop: [{ run: diary(path, 'stop') }],
        },
      }),
    })
    const [web] = production.machines
    const reason = 'it\'s "late" $(id) `id` \\'
    expectOutcome(await production.run({ reason }), 'rolled-back')
    expect(await diaryOf(web.site.path)).toBe(
      [
        'stop 2',
        join(web.site.path, 'current'),
        '2',
        `3 shop production: ${reason}`,
        'verify 2',
        'resume 2',
        '',
      ].join('\n'),
    )
  })

  test('one that fails in start: everything is put back, and what it printed is told', async () => {
    await using production = await makeProduction({
      machines: { web: HEALTHY },
      runbook: ({ path }) => ({
        rollback: { start: [{ run: `echo the cache is full; test $(cat ${path}/current/VERSION) = 3` }] },
      }),
    })
    const run = await production.run()
    expectOutcome(run, 'restored')
    expect(run.summary).toContain('the cache is full')
    expect(await seen(production.machines)).toEqual(on(production.machines, '3'))
  })

  test('one that fails with severity warn: the rollback goes on and says so', async () => {
    await using production = await makeProduction({
      machines: { web: BROKEN },
      runbook: () => ({
        rollback: {
          start: [{ run: 'echo no cache here; exit 3', severity: 'warn', as: 'warm the cache' }],
          verify: [{ run: 'false', severity: 'warn', as: 'nice to have' }],
        },
      }),
    })
    const run = await production.run()
    expectOutcome(run, 'rolled-back')
    const warned = recordOf(run).steps.filter(({ status }) => status === 'warned')
    expect(warned.map(({ title }) => title)).toEqual(['warm the cache', 'nice to have'])
    expect(run.log.join('\n')).toContain('no cache here')
  })

  test('in switch, with their undo: what they changed is brought back', async () => {
    await using production = await makeProduction({
      machines: { web: WORSE },
      runbook: ({ path }) => ({
        rollback: {
          switch: [
            { run: `echo "$ROLLBOOK_TO" >${path}/marker`, undo: `echo "$ROLLBOOK_FROM" >${path}/marker` },
            { symlink: { path } },
          ],
        },
      }),
    })
    const [web] = production.machines
    expectOutcome(await production.run(), 'restored')
    expect(await readFile(join(web.site.path, 'marker'), 'utf8')).toBe('3\n')
    expect(await seen([web])).toEqual(on([web], '3'))
  })

  test.runIf(LINUX)('on one host of two: only there', async () => {
    await using production = await makeProduction({
      machines: { 'web-1': BROKEN, 'web-2': BROKEN },
      runbook: ({ path }) => ({ rollback: { start: [{ run: diary(path, 'start'), on: 'web-2' }] } }),
    })
    const [first, second] = production.machines
    expectOutcome(await production.run(), 'rolled-back')
    expect(await diaryOf(first.site.path)).toBe('')
    expect(await diaryOf(second?.site.path ?? '')).toBe('start 2\n')
  })

  test('resume waits for the checks: what does not serve is not resumed', async () => {
    await using production = await makeProduction({
      machines: { web: WORSE },
      runbook: ({ path }) => ({ rollback: { resume: [{ run: diary(path, 'resume') }] } }),
    })
    expectOutcome(await production.run(), 'restored')
    expect(await diaryOf(production.machines[0].site.path)).toBe('')
  })

  test('one that fails in resume: put back as well', async () => {
    await using production = await makeProduction({
      machines: { web: HEALTHY },
      runbook: () => ({ rollback: { resume: [{ run: 'echo the queue is gone; false' }] } }),
    })
    const run = await production.run()
    expectOutcome(run, 'restored')
    expect(run.summary).toContain('the queue is gone')
    expect(await seen(production.machines)).toEqual(on(production.machines, '3'))
  })
})

describe('when something failed', () => {
  test('diagnose looks before anything is put back, and lands in the record', async () => {
    await using production = await makeProduction({
      machines: { web: WORSE },
      runbook: ({ path }) => ({
        rollback: {
          start: [{ run: `for line in 1 2 3 4 5; do echo "line $line"; done >${path}/app.log` }],
          diagnose: [
            { tail: `${path}/app.log`, lines: 2 },
            { run: `cat ${path}/current/VERSION`, as: 'which release looks' },
          ],
        },
      }),
    })
    const run = await production.run()
    expectOutcome(run, 'restored')
    expect(recordOf(run).diagnosis).toEqual([
      { host: 'web', title: expect.stringContaining('app.log'), lines: ['line 4', 'line 5'] },
      { host: 'web', title: 'which release looks', lines: ['2'] },
    ])
    expect(run.summary).toContain('line 5')
  })

  test('and stays silent when nothing did', async () => {
    await using production = await makeProduction({
      machines: { web: BROKEN },
      runbook: () => ({ rollback: { diagnose: [{ run: 'echo why' }] } }),
    })
    const run = await production.run()
    expectOutcome(run, 'rolled-back')
    expect(recordOf(run).diagnosis).toEqual([])
  })
})

test('the state folder of the runbook is used, and no other', async () => {
  await using production = await makeProduction({
    machines: { web: BROKEN },
    runbook: ({ path }) => ({ environment: { state: join(dirname(path), 'state-of-shop') } }),
  })
  const [web] = production.machines
  expectOutcome(await production.run(), 'rolled-back')
  expect(await web.state()).toEqual({})
  const ledger = await readFile(join(web.ssh.home, 'state-of-shop/ledger.jsonl'), 'utf8')
  expect(ledger).toContain('"event":"rolled-back"')
  expectOutcome(await production.run({ operation: 'undo' }), 'undone')
  expect(await seen([web])).toEqual(on([web], '3'))
})
