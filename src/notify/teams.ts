import type { Chat } from './chat.ts'
import type { Message } from './message.ts'
import { withoutTags } from './plain.ts'

// https://learn.microsoft.com/connectors/teams/#microsoft-teams-webhook
// https://learn.microsoft.com/adaptive-cards/authoring-cards/text-features: no Markdown in the runs of a RichTextBlock

const COLORS: Readonly<Record<Message['notice'], string>> = {
  started: 'accent',
  'rolled-back': 'good',
  undone: 'good',
  failed: 'attention',
}

const run = (text: string, look: object = {}) => ({ type: 'TextRun', text: withoutTags(text), ...look })
const block = (...inlines: object[]) => ({ type: 'RichTextBlock', inlines })

export const teams: Chat = {
  title: 'Teams',
  hosts: [
    '.logic.azure.com',
    '.api.powerplatform.com',
    '.api.powerautomate.com',
    'api.powerplatform.com',
    'api.powerautomate.com',
    '.webhook.office.com',
    'outlook.office.com',
  ],
  body: ({ notice, sign, title, lines, facts, link }) => ({
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [
            block(run(`${sign} ${title}`, { size: 'medium', weight: 'bolder', color: COLORS[notice] })),
            ...lines.map(line => block(run(line))),
            ...facts.map(({ name, value }) => block(run(`${name}: `, { weight: 'bolder' }), run(value))),
          ],
          ...(link !== '' && { actions: [{ type: 'Action.OpenUrl', title: 'Open the run', url: link }] }),
        },
      },
    ],
  }),
}
