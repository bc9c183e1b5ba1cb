import { createHmac } from 'node:crypto'
import type { Chat, Signing } from './chat.ts'
import { complaintIn } from './complaint.ts'
import { withoutTags } from './plain.ts'

// https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot

/** Here the time and the secret are the key, and what is signed is empty. */
function signature({ secret, now }: Signing) {
  const timestamp = String(Math.floor(now / 1000))
  return { timestamp, sign: createHmac('sha256', `${timestamp}\n${secret}`).update('').digest('base64') }
}

const words = (text: string) => ({ tag: 'text', text: withoutTags(text) })

export const feishu: Chat = {
  title: 'Feishu',
  hosts: ['open.feishu.cn', 'open.larksuite.com'],
  body: ({ sign, title, lines, facts, link }, signing) => ({
    ...(signing && signature(signing)),
    msg_type: 'post',
    content: {
      post: {
        en_us: {
          title: withoutTags(`${sign} ${title}`),
          content: [
            ...lines.map(line => [words(line)]),
            ...facts.map(({ name, value }) => [words(`${name}: ${value}`)]),
            ...(link === '' ? [] : [[{ tag: 'a', text: 'Open the run', href: link }]]),
          ],
        },
      },
    },
  }),
  complaint: answer => complaintIn(answer, ['code', 'StatusCode'], ['msg', 'StatusMessage']),
}
