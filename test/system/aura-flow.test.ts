import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Chat, startChat } from '../support/chat.ts'
import type { ActionRun } from '../support/runner.ts'
import { BACKUPS, CONFIGURATION, PATH, type Production, startProduction } from './aura-flow/production.ts'
import { addresses, EXAMPLE, type Run, recordOf, runOn, told } from './aura-flow/runs.ts'
import { must } from './laravel/must.ts'
import { runbookWith } from './laravel/runbook.ts'
import { startLoad } from './load.ts'

// The runbook of examples/runbooks/aura-flow.yml as it stands, on what it was written for: an api in Compose behind nginx,
// with PostgreSQL on the host. Its five types here; the monthly drill in aura-flow-drill.test.ts.

const ROOT = resolve(import.meta.dirname, '../..')

let production: Production
let chat: Chat
let run: Run

beforeAll(async () => {
  chat = await startChat('aura-hook-4711')
  production = await startProduction()
  run = runOn(production, chat)
})
afterAll(async () => {
  await production?.[Symbol.asyncDispose]()
  await chat?.[Symbol.asyncDispose]()
})
beforeEach(() => production.reset())

const expectOutcome = (went: ActionRun, outcome: string): void =>
  expect(went.outputs.outcome, told(went)).toBe(outcome)
const undo = (rollback: string, more: Readonly<Record<string, string>> = {}) =>
  run({ operation: 'undo', rollback, ...more })
const onV1 = { health: 200, status: 200, version: 'v1.1.0', database: 'ok', flows: 1000 }

test('the runbook is the one of the examples: nothing but its addresses differs', async () => {
  const asItStands = await readFile(join(ROOT, 'examples/runbooks/aura-flow.yml'), 'utf8')
  const changed = addresses(production)
  const used = await runbookWith(changed, 'aura-flow')
  const back = Object.entries(changed).reduce((text, [was, is]) => text.replaceAll(is, was), used)
  expect(back).toBe(asItStands)
  for (const each of [EXAMPLE.host, EXAMPLE.url, PATH, BACKUPS, CONFIGURATION])
    expect(asItStands).toContain(each)
})

describe('the five types of the document, there and back', () => {
  test('image: the api goes to the tag that was asked for, the load says how fast it is, the chat hears of it', async () => {
    const before = await production.facts()
    expect(before.answers).toEqual(onV1)
    const went = await run({ rollback: 'image', target: 'v1.0.0' })
    expectOutcome(went, 'rolled-back')
    const after = await production.facts()
    expect(after.answers).toEqual({ ...onV1, version: 'v1.0.0' })
    expect(after.files).toBe(before.files.replace(/(-api:)v1\.1\.0/, '$1v1.0.0'))
    expect(after.containers[1]).toBe(before.containers[1])
    expect([after.database, after.upstream]).toEqual([before.database, before.upstream])

    const load = recordOf(went).checks.find(each => each.load)?.load
    expect(load).toMatchObject({ requests: 1000, made: 1000, failed: 0, concurrency: 10 })
    expect(load?.histogram.reduce((sum, { count }) => sum + count, 0)).toBe(1000)
    expect(went.summary).toMatch(/1,000 requests in .* mean .* p50 .* p95 .* p99 .* none failed/)
    expect(went.summary).toMatch(/≤ [\d.]+ m?s │█+ [\d,]+/)

    const { run: id } = recordOf(went)
    expect(chat.heard.filter(each => each.run === id)).toMatchObject([
      { notice: 'started', from: 'v1.1.0', to: 'v1.0.0', rto: 300 },
      { notice: 'rolled-back', outcome: 'rolled-back' },
    ])
    const back = await undo('image')
    expectOutcome(back, 'undone')
    expect(await production.facts()).toEqual(before)
  })

  test('nginx: the configuration from before serves again, and the one that was left is given back', async () => {
    await production.run(`cp ${CONFIGURATION} ${CONFIGURATION}.backup
sed -i 's,cgi-bin/status,cgi-bin/gone,' ${CONFIGURATION}; sudo -n nginx -s reload`)
    await expect.poll(production.answers).toMatchObject({ health: 200, status: 404 })
    const before = await production.facts()
    const went = await run({ rollback: 'nginx' })
    expectOutcome(went, 'rolled-back')
    expect((await production.facts()).answers).toEqual(onV1)
    expect(await production.run(`cmp ${CONFIGURATION} ${CONFIGURATION}.backup`)).toBe('')
    expect(JSON.parse(went.outputs.backups ?? '')).toMatchObject([{ kind: 'files', verified: true }])

    const back = await undo('nginx')
    expectOutcome(back, 'undone')
    await expect.poll(production.facts).toEqual(before)
  })

  test('nginx: a configuration that it can not read is tested, undone, and never loaded', async () => {
    await production.run(`echo invalid_config | cat ${CONFIGURATION} - >${CONFIGURATION}.backup`)
    await must(production.host, 'truncate --size 0 /var/log/nginx/error.log')
    const before = await production.facts()
    const load = startLoad(`${production.url}/healthz`)
    const went = await run({ rollback: 'nginx' })
    const { requests, failures } = await load.stop()
    expectOutcome(went, 'restored')
    expect(failures).toEqual([])
    expect(requests).toBeGreaterThan(20)
    expect(told(went)).toContain('[emerg]')
    expect(await production.facts()).toEqual(before)
    // The test says it to whoever asks for it; what the nginx that serves has met stands in its log.
    expect(await must(production.host, 'grep emerg /var/log/nginx/error.log || :')).toBe('')
  })

  test('nginx: one that passes the test and can not be loaded is no configuration that serves', async () => {
    // The test does not mind an address that somebody else has.
    await production.run(
      `(cat ${CONFIGURATION}; echo 'listen 127.0.0.1:8001;') >${CONFIGURATION}.backup; echo '# now' >>${CONFIGURATION}`,
    )
    const before = await production.facts()
    const went = await run(
      { rollback: 'nginx' },
      { changes: { '- nginx: reload  ': '- { nginx: reload, timeout: 5s } ' } },
    )
    expectOutcome(went, 'restored')
    expect(told(went)).toContain('it still serves what it served before')
    expect(await must(production.host, 'cat /var/log/nginx/error.log')).toContain('bind() to 127.0.0.1:8001')
    expect(await production.facts()).toEqual(before)
  })

  test('database: the dump of the night takes the place of what is there, which is kept beside it', async () => {
    await production.ask('delete from flows where id > 100', 'aura')
    const before = await production.facts()
    expect(before.answers.flows).toBe(100)
    const unconfirmed = await run({ rollback: 'database' })
    expectOutcome(unconfirmed, 'refused')
    const went = await run({ rollback: 'database', confirm: 'aura-flow' })
    expectOutcome(went, 'rolled-back')
    const after = await production.facts()
    expect(after.answers).toEqual(onV1)
    expect([after.files, after.containers]).toEqual([before.files, before.containers])
    const [kept = ''] = /aura_before_\w+/.exec(told(went)) ?? []
    expect(await production.ask('select count(*) from flows', kept)).toBe('100')

    const back = await undo('database', { confirm: 'aura-flow' })
    expectOutcome(back, 'undone')
    expect(await production.facts()).toEqual(before)
  })

  test('upstream: the flip and the reload take well less than their minute, and nobody notices', async () => {
    await production.run('./deploy/switch_upstream.sh --target api_v2')
    await expect.poll(production.answers).toMatchObject({ version: 'v2.0.0' })
    const before = await production.facts()
    const load = startLoad(`${production.url}/healthz`)
    const went = await run({ rollback: 'upstream' })
    expectOutcome(went, 'rolled-back')
    expect((await production.facts()).answers).toEqual(onV1)
    const record = recordOf(went)
    expect(record).toMatchObject({ from: 'api_v2', to: 'api_v1', rto: 60, rtoMet: true })
    const done = record.steps.filter(({ action, phase }) => action === 'do' && phase !== 'verify')
    expect(done.map(({ phase, status }) => [phase, status])).toEqual([
      ['switch', 'passed'],
      ['start', 'passed'],
    ])
    const [flip, reload] = done
    // Milliseconds; a tenth of the minute, on a machine that does much else.
    expect((reload?.to ?? Number.NaN) - (flip?.from ?? 0)).toBeLessThan(6000)

    const back = await undo('upstream')
    expectOutcome(back, 'undone')
    expect((await load.stop()).failures).toEqual([])
    await expect.poll(production.facts).toEqual(before)
  })

  test('full: image, database and upstream as one, to the tag that the document gives, and one undo for all of it', async () => {
    await production.run('./deploy/switch_upstream.sh --target api_v2')
    await production.ask('delete from flows where id > 100', 'aura')
    await expect.poll(production.answers).toMatchObject({ version: 'v2.0.0', flows: 100 })
    const before = await production.facts()
    const went = await run({ rollback: 'full', target: 'v1.0.0', confirm: 'aura-flow' })
    expectOutcome(went, 'rolled-back')
    expect((await production.facts()).answers).toEqual({ ...onV1, version: 'v1.0.0' })
    const { steps } = recordOf(went)
    expect(steps.filter(({ phase, action }) => phase === 'switch' && action === 'do')).toHaveLength(3)

    const back = await undo('full', { confirm: 'aura-flow' })
    expectOutcome(back, 'undone')
    await expect.poll(production.facts).toEqual(before)
  })
})
