import type { Chat } from './chat.ts'
import type { Message } from './message.ts'
import { fitted, tame } from './plain.ts'

// https://docs.slack.dev/messaging/formatting-message-text and https://docs.slack.dev/reference/block-kit/blocks

/** The three characters that Slack gives a meaning, in plain text, too. */
const escaped = (text: string): string =>
  tame(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** Plain text knows no bold, no links, no mentions and, with `emoji` off, no `:words:`. */
const plain = (text: string, most: number) => ({
  type: 'plain_text',
  text: fitted(text, most, escaped),
  emoji: false,
})

const factsOf = (facts: Message['facts']) => ({
  type: 'section',
  fields: facts.map(({ name, value }) => plain(`${name}\n${value}`, 2000)),
})

export const slack: Chat = {
  title: 'Slack',
  hosts: ['hooks.slack.com', 'hooks.slack-gov.com'],
  body: ({ sign, title, lines, facts, link }) => ({
    // What phones show on a locked screen.
    text: fitted(`${sign} ${title}`, 300, escaped),
    mrkdwn: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: 'header', text: plain(`${sign} ${title}`, 150) },
      ...(lines.length === 0 ? [] : [{ type: 'section', text: plain(lines.join('\n'), 3000) }]),
      ...(facts.length === 0 ? [] : [factsOf(facts)]),
      ...(link === ''
        ? []
        : [{ type: 'context', elements: [{ type: 'mrkdwn', text: `<${link}|Open the run>` }] }]),
    ],
  }),
}
