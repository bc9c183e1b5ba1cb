import type { RequestListener } from 'node:http'
import { expect, test } from 'vitest'
import { type Chat, startChat } from '../support/chat.ts'
import { makeProduction } from '../support/production.ts'
import { BROKEN, expectOutcome, HEALTHY, recordOf, told, WORSE } from './story.ts'

const TOKEN = 'xoxNotReal0123456789abcd'

/** What the step is given as a secret. */
const envOf = ({ url }: Chat) => ({ ALERT_WEBHOOK: url })

const notify = [{ webhook: { env: 'ALERT_WEBHOOK' }, on: ['started', 'rolled-back', 'failed'] }]
const raw = (lines: readonly string[]): string =>
  lines.filter(line => !line.startsWith('::add-mask::')).join('\n')

test('a chat hears that a rollback has begun and that it is over, and the page says that it was told', async () => {
  await using chat = await startChat(TOKEN)
  await using production = await makeProduction({
    machines: { web: BROKEN },
    runbook: () => ({ top: { notify }, rollback: { rto: '5m' } }),
  })
  const run = await production.run({}, { env: envOf(chat), secrets: [] })
  expectOutcome(run, 'rolled-back')
  const { run: id, workflowRun } = recordOf(run)
  expect(chat.heard).toMatchObject([
    { notice: 'started', run: id, from: '3', to: '2', rto: 300, reason: 'checkout answers 500 since 14:02' },
    {
      notice: 'rolled-back',
      run: id,
      outcome: 'rolled-back',
      title: 'shop · production is back on release 2',
    },
  ])
  expect(chat.heard[1]?.link).toMatch(new RegExp(`^https?://[^/]+${workflowRun}$`))
  expect(run.summary).toContain('Told: webhook (ALERT&#95;WEBHOOK)')
  for (const text of [told(run), raw(run.rawLog)]) expect(text).not.toContain(TOKEN)
})

test('a chat hears what a failed rollback means, without the secrets of the run', async () => {
  await using chat = await startChat(TOKEN)
  await using production = await makeProduction({
    machines: { web: WORSE },
    runbook: () => ({ top: { notify }, rollback: { start: [{ run: 'true', env: ['API_TOKEN'] }] } }),
  })
  const run = await production.run(
    { reason: 'the token hush-4711-hush leaked' },
    { env: { ...envOf(chat), API_TOKEN: 'hush-4711-hush' }, secrets: [] },
  )
  expectOutcome(run, 'restored')
  expect(chat.heard[1]).toMatchObject({
    notice: 'failed',
    outcome: 'restored',
    text: expect.stringContaining('every host is back where it was'),
  })
  expect(JSON.stringify(chat.heard)).toContain('the token *** leaked')
  expect(JSON.stringify(chat.heard)).not.toContain('hush-4711')
})

test.each([
  ['is down', (_, response) => response.writeHead(503).end(), 'it answered 503'],
  ['hangs up', request => request.socket.destroy(), 'connection closed before the end of the answer'],
] satisfies [string, RequestListener, string][])(
  'a chat that %s fails no rollback',
  async (_, answer, words) => {
    await using chat = await startChat(TOKEN, answer)
    await using production = await makeProduction({
      machines: { web: BROKEN },
      runbook: () => ({ top: { notify } }),
    })
    const run = await production.run({}, { env: envOf(chat), secrets: [] })
    expectOutcome(run, 'rolled-back')
    const warnings = run.annotations.filter(({ level }) => level === 'warning').map(({ message }) => message)
    expect(warnings.join('\n')).toContain(`The webhook ALERT_WEBHOOK could not be told: ${words}`)
    for (const text of [told(run), raw(run.rawLog)]) expect(text).not.toContain(TOKEN)
  },
)

test('a webhook that nobody has set stops nothing, and is said', async () => {
  await using production = await makeProduction({
    machines: { web: BROKEN },
    runbook: () => ({ top: { notify } }),
  })
  const run = await production.run()
  expectOutcome(run, 'rolled-back')
  expect(run.log.join('\n')).toContain('the secret ALERT_WEBHOOK is not set')
})

test('a plan tells nobody', async () => {
  await using chat = await startChat(TOKEN)
  await using production = await makeProduction({
    machines: { web: HEALTHY },
    runbook: () => ({ top: { notify } }),
  })
  expectOutcome(await production.run({ operation: 'plan' }, { env: envOf(chat), secrets: [] }), 'planned')
  expect(chat.heard).toEqual([])
})
