import type { RequestListener } from 'node:http'
import { describe, expect, test } from 'vitest'
import { post } from '../../../src/notify/send.ts'
import { findWebhooks } from '../../../src/notify/webhooks.ts'
import { openAudience } from '../../../src/operation/audience.ts'
import type { Surroundings } from '../../../src/operation/listener.ts'
import { report } from '../../support/reports.ts'
import { freePort, serve } from '../check/serve.ts'
import { load, refusal, runbook } from '../runbook/fixture.ts'

const TOKEN = 'XXXXXXXXXXXX0123456789ab'

/** A chat on this machine that keeps what it is told, and the run that tells it. */
async function chat(
  answer: RequestListener,
  { notify = '', operation = 'rollback', path = `/services/${TOKEN}`, variables = {} } = {},
) {
  const heard: Record<string, unknown>[] = []
  const addresses: string[] = []
  const { url } = await serve((request, response) => {
    let body = ''
    request.on('data', chunk => {
      body += chunk
    })
    request.on('end', () => {
      heard.push(JSON.parse(body))
      addresses.push(request.url ?? '')
      answer(request, response)
    })
  })
  const told = tell(new URL(path, url).href, { notify, operation, variables })
  return { heard, addresses, ...told }
}

function tell(address: string | undefined, { notify = '', operation = 'rollback', variables = {} } = {}) {
  const warnings: string[] = []
  const learned: string[] = []
  const log = { warning: (text: string) => warnings.push(text) }
  const setting = {
    operation,
    runbook: load(runbook('', `notify: [ { webhook: { env: ALERT_WEBHOOK }${notify} } ]`)),
    log,
  } as unknown as Parameters<typeof findWebhooks>[0]
  const listeners = findWebhooks(
    setting,
    {} as Parameters<typeof findWebhooks>[1],
    {
      variables: { ALERT_WEBHOOK: address, ...variables },
      learn: (_: string, value: string) => learned.push(value),
    } as unknown as Surroundings,
  )
  return { ...openAudience(listeners, log), warnings, learned, listeners }
}

const ok: RequestListener = (_, response) => response.end('ok')

describe('a webhook', () => {
  test('is told that it began and how it ended, and the summary says so', async () => {
    const { began, ended, heard, addresses, warnings } = await chat(ok)
    began(report())
    expect(await ended(report())).toEqual([{ what: 'webhook (ALERT_WEBHOOK)', url: '' }])
    expect(heard.map(({ notice }) => notice)).toEqual(['started', 'rolled-back'])
    expect(addresses[0]).toBe(`/services/${TOKEN}`)
    expect(warnings).toEqual([])
  })

  test('is told of what it asks for, and of nothing else', async () => {
    const { began, ended, heard } = await chat(ok, { notify: ', on: [failed]' })
    began(report())
    expect(await ended(report())).toEqual([])
    await ended(report({ outcome: 'restored' }))
    expect(heard.map(({ notice }) => notice)).toEqual(['failed'])
  })

  test('is not told that a drill has begun, and is told when one does not end well', async () => {
    const { began, ended, heard } = await chat(ok, { operation: 'drill' })
    began(report({ operation: 'drill' }))
    await ended(report({ operation: 'drill', outcome: 'restored' }))
    expect(heard.map(({ notice }) => notice)).toEqual(['failed'])
  })

  test('speaks the language that the runbook says, where its host does not', async () => {
    const { ended, heard } = await chat(ok, { notify: ', as: slack' })
    expect(await ended(report())).toEqual([{ what: 'Slack (ALERT_WEBHOOK)', url: '' }])
    expect(heard[0]).toHaveProperty('blocks')
  })

  test('is signed for DingTalk', async () => {
    const { ended, addresses, learned } = await chat((_, response) => response.end('{"errcode":0}'), {
      notify: ', as: dingtalk, secret: { env: SIGN }',
      path: '/robot/send?access_token=t',
      variables: { SIGN: 'SECthis-is-hush' },
    })
    await ended(report())
    expect(addresses[0]).toMatch(/^\/robot\/send\?access_token=t&timestamp=\d{13}&sign=[\w%]+$/)
    expect(learned).toContain('SECthis-is-hush')
  })

  test.each(['plan', 'status', 'guard'])('is not looked for by %s', operation => {
    expect(tell(undefined, { operation })).toMatchObject({ listeners: [], warnings: [] })
  })
})

describe('at three in the morning', () => {
  test('a webhook that is not set is a warning and stops nothing', () => {
    expect(tell(undefined)).toMatchObject({
      listeners: [],
      warnings: ['Nobody is told by the webhook ALERT_WEBHOOK: the secret ALERT_WEBHOOK is not set.'],
    })
    expect(tell('https://example.com/x', { notify: ', secret: { env: SIGN }' }).warnings).toEqual([
      'Nobody is told by the webhook ALERT_WEBHOOK: the secret SIGN is not set.',
    ])
  })

  test.each(['hooks.slack.com/services/T0', 'file:///etc/passwd', '…'])(
    'so is one that is no address',
    address => {
      const { warnings, listeners, learned } = tell(address)
      expect(listeners).toEqual([])
      expect(warnings).toEqual([
        'Nobody is told by the webhook ALERT_WEBHOOK: the secret ALERT_WEBHOOK is not an address that starts with https://.',
      ])
      expect(learned).toContain(address)
    },
  )

  test('so is one with a password before the @, which no request is ever made for', () => {
    const { warnings, listeners, learned } = tell(`https://shop:${TOKEN}@example.com/hook`)
    expect(listeners).toEqual([])
    expect(warnings).toEqual([expect.stringContaining('has a user or a password before the @')])
    expect(learned).toEqual([`https://shop:${TOKEN}@example.com/hook`])
  })

  test('nobody listens there any more', async () => {
    const port = await freePort()
    const { ended, warnings } = tell(`http://127.0.0.1:${port}/services/${TOKEN}`)
    expect(await ended(report())).toEqual([])
    expect(warnings).toEqual([
      expect.stringMatching(
        /^The webhook ALERT_WEBHOOK could not be told: connection refused by 127\.0\.0\.1:\d+; it was tried \d times$/,
      ),
    ])
    expect(warnings.join()).not.toContain(TOKEN)
  })

  test.each([429, 500, 503])('%i is asked again, until it is taken', async status => {
    let asked = 0
    const { ended, heard, warnings } = await chat((_, response) =>
      response.writeHead(asked++ < 2 ? status : 200).end(),
    )
    expect(await ended(report())).toHaveLength(1)
    expect(heard).toHaveLength(3)
    expect(warnings).toEqual([])
  })

  test.each([
    [400, 'it answered 400'],
    [404, 'it answered 404'],
    [302, 'it answered 302, a redirect, which is not followed: give the address that it leads to'],
  ])('%i is not asked again', async (status, words) => {
    const elsewhere = await serve(ok)
    const { ended, heard, warnings } = await chat((_, response) =>
      response.writeHead(status, { location: elsewhere.url.href }).end(`no such ${TOKEN}`),
    )
    await ended(report())
    expect(warnings).toEqual([`The webhook ALERT_WEBHOOK could not be told: ${words}`])
    expect(heard).toHaveLength(1)
    expect(elsewhere.connections()).toBe(0)
  })

  test('a chat that says 200 and means no is told as a warning', async () => {
    const { ended, warnings, heard } = await chat(
      (_, response) => response.end('{"errcode":310000,"errmsg":"sign not match"}'),
      { notify: ', as: dingtalk' },
    )
    expect(await ended(report())).toEqual([])
    expect(warnings).toEqual([
      'The webhook ALERT_WEBHOOK could not be told: it refused the message: 310000, sign not match',
    ])
    expect(heard).toHaveLength(1)
  })

  test('a server that hangs up is asked again', async () => {
    let asked = 0
    const { ended, warnings } = await chat((request, response) =>
      asked++ === 0 ? request.socket.destroy() : response.end(),
    )
    expect(await ended(report())).toHaveLength(1)
    expect(warnings).toEqual([])
    const gone = await chat(request => request.socket.destroy())
    await gone.ended(report())
    expect(gone.warnings).toEqual([
      expect.stringContaining('could not be told: connection closed before the end of the answer'),
    ])
  })

  test('a server that takes the message and says nothing costs its time and no more', async () => {
    const { url } = await serve(() => {})
    await expect(
      post(url, {}, undefined, { seconds: 0.05, attempts: 2, deadlineSeconds: 5 }),
    ).rejects.toThrow('there was no answer in time; it was tried 2 times')
    await expect(post(url, {}, undefined, { seconds: 5, attempts: 2, deadlineSeconds: 0.1 })).rejects.toThrow(
      'no time left of 0.1 s',
    )
  })

  test('an endless answer is not read to its end', async () => {
    const { url } = await serve((_, response) => {
      const pour = () => {
        while (response.write('x'.repeat(64 * 1024)));
      }
      response.on('drain', pour)
      pour()
    })
    await post(url, {}, answer => (answer.length > 16 * 1024 ? 'too much was read' : undefined))
  })
})

test('the address is a secret, as a whole and in the part that opens it', async () => {
  const { learned } = tell(`https://hooks.slack.com/services/T00/B00/${TOKEN}`)
  expect(learned).toEqual([`https://hooks.slack.com/services/T00/B00/${TOKEN}`, TOKEN])
  const teams = tell(
    `https://prod-1.logic.azure.com/workflows/0123456789abcdef/triggers/manual/paths/invoke?api-version=2016-06-01&sig=${TOKEN}`,
  )
  expect(teams.learned).toEqual([expect.any(String), '0123456789abcdef', TOKEN])
})

describe('in the runbook', () => {
  test.each([
    ['[ { webhook: https://hooks.slack.com/services/T0/B0/x } ]', 'Expected { env: WEBHOOK }'],
    ['[ { webhook: { env: A }, secret: SEChush } ]', 'Expected { env: SECRET }'],
    ['[ { webhook: { env: A }, on: [start] } ]', 'Did you mean "started"?'],
    ['[ { webhook: { env: A }, as: slak } ]', 'Did you mean "slack"?'],
    ['[ { webhook: { env: A }, as: slack, secret: { env: B } } ]', 'Only feishu and dingtalk sign messages'],
    ['[ { weebhook: { env: A } } ]', 'Did you mean "webhook"?'],
    ['[]', 'Expected a list of webhooks'],
    ['[ { webhook: { env: A }, on: [] } ]', 'The list is empty.'],
  ])('%s is refused', (notify, words) => {
    const { message } = refusal(runbook('', `notify: ${notify}`))
    expect(message).toContain(words)
    expect(message).not.toMatch(/services|SEChush/)
  })
})
