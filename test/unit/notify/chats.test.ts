import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { chatOf } from '../../../src/notify/chats.ts'
import type { Message } from '../../../src/notify/message.ts'
import { CHATS } from '../../../src/runbook/notify.ts'
import { failed, HOSTILE, over, started } from './stories.ts'

const NOWHERE = new URL('https://example.com/')
const chat = (name: (typeof CHATS)[number]) => chatOf(NOWHERE, name)
const RUN = 'https://github.com/acme/shop/actions/runs/17'

describe('a webhook is known by its host', () => {
  test.each([
    ['https://hooks.slack.com/services/T0/B0/x', 'Slack'],
    ['https://prod-07.westeurope.logic.azure.com:443/workflows/abc/triggers/manual/paths/invoke', 'Teams'],
    ['https://default0a.1b.environment.api.powerplatform.com:443/powerautomate/x', 'Teams'],
    ['https://acme.webhook.office.com/webhookb2/x', 'Teams'],
    ['https://discord.com/api/webhooks/1/x', 'Discord'],
    ['https://canary.discord.com/api/webhooks/1/x', 'Discord'],
    ['https://open.feishu.cn/open-apis/bot/v2/hook/x', 'Feishu'],
    ['https://open.larksuite.com/open-apis/bot/v2/hook/x', 'Feishu'],
    ['https://oapi.dingtalk.com/robot/send?access_token=x', 'DingTalk'],
    ['https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x', 'WeCom'],
    ['https://alerts.example.com/hook', 'webhook'],
    ['https://hooks.slack.com.example.com/x', 'webhook'],
    ['https://notdiscord.com/x', 'webhook'],
  ])('%s: %s', (url, title) => {
    expect(chatOf(new URL(url), undefined).title).toBe(title)
  })

  test('unless the runbook says otherwise', () => {
    expect(chatOf(new URL('https://chat.example.com/hooks/x'), 'slack').title).toBe('Slack')
    expect(chatOf(new URL('https://hooks.slack.com/x'), 'json').title).toBe('webhook')
  })
})

describe('each chat is told in its own form', () => {
  const fields = [
    'Release\n42 → 41',
    'Rollback\nApplication release',
    'Hosts\nweb-1 and web-2',
    'Asked by\nmei',
  ]

  test('Slack: blocks of plain text, and one link of ours', () => {
    expect(chat('slack').body(started())).toEqual({
      text: '⏳ fap-api · production: a rollback has begun',
      mrkdwn: false,
      unfurl_links: false,
      unfurl_media: false,
      blocks: [
        {
          type: 'header',
          text: { type: 'plain_text', text: '⏳ fap-api · production: a rollback has begun', emoji: false },
        },
        {
          type: 'section',
          fields: [...fields, 'Why\ncheckout answers 500 since 14:02', 'Expected\nwithin 5 min'].map(
            text => ({
              type: 'plain_text',
              text,
              emoji: false,
            }),
          ),
        },
        { type: 'context', elements: [{ type: 'mrkdwn', text: `<${RUN}|Open the run>` }] },
      ],
    })
  })

  test('Teams: an Adaptive Card in the message that Workflows takes', () => {
    expect(chat('teams').body(over(failed))).toMatchObject({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          contentUrl: null,
          content: {
            $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
            type: 'AdaptiveCard',
            version: '1.4',
            body: expect.arrayContaining([
              {
                type: 'RichTextBlock',
                inlines: [
                  {
                    type: 'TextRun',
                    text: '❌ fap-api · production needs you now: it is in between',
                    size: 'medium',
                    weight: 'bolder',
                    color: 'attention',
                  },
                ],
              },
              { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: 'Now: Mend "current".' }] },
            ]),
            actions: [{ type: 'Action.OpenUrl', title: 'Open the run', url: RUN }],
          },
        },
      ],
    })
  })

  test('Discord: one embed that nobody is pinged by', () => {
    expect(chat('discord').body(over())).toEqual({
      allowed_mentions: { parse: [] },
      embeds: [
        {
          title: '✅ fap\\-api · production is back on release 41',
          url: RUN,
          color: 0x2ecc71,
          fields: expect.arrayContaining([
            { name: 'Release', value: '42 → 41', inline: false },
            { name: 'Took', value: '8\\.4 s \\(target 5 min\\)', inline: false },
          ]),
        },
      ],
    })
  })

  test('Feishu: a post, signed in the body when there is a secret', () => {
    expect(chat('feishu').body(over(), { secret: 'hush', now: 1_599_360_473_999 })).toEqual({
      timestamp: '1599360473',
      sign: createHmac('sha256', '1599360473\nhush').digest('base64'),
      msg_type: 'post',
      content: {
        post: {
          en_us: {
            title: '✅ fap-api · production is back on release 41',
            content: expect.arrayContaining([
              [{ tag: 'text', text: 'Release: 42 → 41' }],
              [{ tag: 'a', text: 'Open the run', href: RUN }],
            ]),
          },
        },
      },
    })
    expect(chat('feishu').body(over())).not.toHaveProperty('sign')
  })

  test('DingTalk: a text, signed in the address when there is a secret', () => {
    expect(chat('dingtalk').body(started())).toEqual({
      msgtype: 'text',
      text: {
        content: [
          '⏳ fap-api · production: a rollback has begun',
          'Release: 42 → 41',
          'Rollback: Application release',
          'Hosts: web-1 and web-2',
          'Asked by: mei',
          'Why: checkout answers 500 since 14:02',
          'Expected: within 5 min',
          RUN,
        ].join('\n'),
      },
      at: { isAtAll: false },
    })
    const url = new URL('https://oapi.dingtalk.com/robot/send?access_token=t')
    const signed = chat('dingtalk').signed?.(url, { secret: 'SEChush', now: 1_700_000_000_123 })
    expect(Object.fromEntries(signed?.searchParams ?? [])).toEqual({
      access_token: 't',
      timestamp: '1700000000123',
      sign: createHmac('sha256', 'SEChush').update('1700000000123\nSEChush').digest('base64'),
    })
    expect(signed?.search).not.toMatch(/[+ ]|sign=.*=.*=$/)
  })

  test('WeCom: a text of at most 2048 bytes that still ends with the link', () => {
    const { text } = chat('wecom').body(over({ reason: '回滚'.repeat(400) })) as { text: { content: string } }
    expect(chat('wecom').body(over())).toMatchObject({
      msgtype: 'text',
      text: { content: expect.any(String) },
    })
    expect(Buffer.byteLength(text.content)).toBeLessThanOrEqual(2048)
    expect(text.content.endsWith(`\n${RUN}`)).toBe(true)
  })

  test('a program gets names and numbers as they are', () => {
    expect(chat('json').body(over(failed))).toMatchObject({
      notice: 'failed',
      outcome: 'needs-operator',
      operation: 'rollback',
      app: 'fap-api',
      environment: 'production',
      from: '42',
      to: '41',
      actor: 'mei',
      reason: 'checkout answers 500 since 14:02',
      run: '20261120T141055Z-8d1f',
      duration: 8.412,
      rto: 300,
      title: 'fap-api · production needs you now: it is in between',
      text: expect.stringContaining('Now: Mend "current".'),
      link: RUN,
    })
  })
})

describe('what a stranger wrote stays words', () => {
  const hostile: readonly Message[] = [
    started({ reason: HOSTILE, actor: HOSTILE, title: HOSTILE }),
    over({
      ...failed,
      from: HOSTILE,
      to: HOSTILE,
      failure: { code: 'X', message: HOSTILE, remedy: [HOSTILE] },
    }),
    over({ to: HOSTILE }),
  ]
  const written = (name: (typeof CHATS)[number]) => JSON.stringify(hostile.map(each => chat(name).body(each)))

  test.each(CHATS.filter(name => name !== 'json'))('%s: no mention, no link but ours', name => {
    const text = written(name).replaceAll(RUN, '').replaceAll('http://adaptivecards.io', '')
    expect(text).not.toMatch(/@(channel|everyone|all|U123)/)
    expect(text).not.toMatch(/https?:\/\//)
    expect(text).not.toMatch(/www\./)
  })

  test('Slack: its three characters are entities', () => {
    const text = written('slack').replaceAll(`<${RUN}|Open the run>`, '')
    expect(text).not.toMatch(/[<>]/)
    expect(text).toContain('&lt;!here&gt;')
    expect(text).toContain('&amp;amp;')
  })

  test.each(['teams', 'feishu', 'dingtalk', 'wecom'] as const)('%s: no tag is left', name => {
    expect(written(name)).not.toMatch(/[<>]/)
  })

  test('Discord: no mark keeps its meaning', () => {
    const embeds = hostile.map(
      each => chat('discord').body(each) as { embeds: [{ fields: { value: string }[] }] },
    )
    for (const { value } of embeds.flatMap(({ embeds: [embed] }) => embed.fields))
      expect(value.replace(/\\[!-/:-@[-`{-~]/g, '')).not.toMatch(/[!-/:-@[-`{-~]/)
  })

  test('Teams: everything is a run of text, which knows no Markdown', () => {
    expect(written('teams')).not.toContain('"TextBlock"')
  })

  test('long texts fit into what each chat takes', () => {
    const long = over({ ...failed, reason: '<&>'.repeat(5000), from: '&'.repeat(5000) })
    const { blocks } = chat('slack').body(long) as {
      blocks: { text?: { text: string }; fields?: { text: string }[] }[]
    }
    for (const { text } of blocks.flatMap(({ fields = [] }) => fields))
      expect(text.length).toBeLessThanOrEqual(2000)
    expect(blocks[0]?.text?.text.length).toBeLessThanOrEqual(150)
    const { embeds } = chat('discord').body(long) as { embeds: object[] }
    expect(JSON.stringify(embeds).length).toBeLessThan(6000)
  })
})

describe('an answer that says 200 and means no', () => {
  test.each([
    [
      'dingtalk',
      '{"errcode":310000,"errmsg":"sign not match"}',
      'it refused the message: 310000, sign not match',
    ],
    [
      'wecom',
      '{"errcode":93000,"errmsg":"invalid webhook url"}',
      'it refused the message: 93000, invalid webhook url',
    ],
    ['feishu', '{"code":19021,"msg":"sign match fail"}', 'it refused the message: 19021, sign match fail'],
    ['feishu', '<html>sign in</html>', 'it answered, but not as this chat does'],
  ] as const)('%s: %s', (name, answer, complaint) => {
    expect(chat(name).complaint?.(answer)).toBe(complaint)
  })

  test.each([
    ['dingtalk', '{"errcode":0,"errmsg":"ok"}'],
    ['wecom', '{"errcode":0,"errmsg":"ok"}'],
    ['feishu', '{"code":0,"msg":"success","data":{}}'],
    ['feishu', '{"Extra":null,"StatusCode":0,"StatusMessage":"success"}'],
  ] as const)('%s is content with %s', (name, answer) => {
    expect(chat(name).complaint?.(answer)).toBeUndefined()
  })
})
