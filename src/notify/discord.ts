import type { Chat } from './chat.ts'
import type { Message } from './message.ts'
import { fitted, tame } from './plain.ts'

// https://discord.com/developers/docs/resources/webhook#execute-webhook and …/resources/message#embed-object-embed-limits

const COLORS: Readonly<Record<Message['notice'], number>> = {
  started: 0x3498db,
  'rolled-back': 0x2ecc71,
  undone: 0x2ecc71,
  failed: 0xe74c3c,
}

/** A backslash takes the meaning of any mark; a channel, a mention or a link is made of marks as well. */
const escaped = (text: string): string => tame(text).replace(/[!-/:-@[-`{-~]/g, '\\$&')

export const discord: Chat = {
  title: 'Discord',
  hosts: ['discord.com', '.discord.com', 'discordapp.com'],
  body: ({ notice, sign, title, lines, facts, link }) => ({
    allowed_mentions: { parse: [] },
    embeds: [
      {
        title: fitted(`${sign} ${title}`, 256, escaped),
        ...(link !== '' && { url: link }),
        ...(lines.length > 0 && { description: fitted(lines.join('\n'), 2500, escaped) }),
        color: COLORS[notice],
        fields: facts.map(({ name, value }) => ({ name, value: fitted(value, 400, escaped), inline: false })),
      },
    ],
  }),
}
