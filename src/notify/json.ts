import type { Chat } from './chat.ts'

/** For a program that reads it: nothing is escaped, because nothing is markup. */
export const json: Chat = {
  title: 'webhook',
  hosts: [],
  body: ({ title, lines, link, data }) => ({ ...data, title, text: lines.join('\n'), link }),
}
