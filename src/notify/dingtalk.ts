import { createHmac } from 'node:crypto'
import type { Chat } from './chat.ts'
import { complaintIn } from './complaint.ts'
import { plainText } from './plain.ts'

// https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages and …/customize-robot-security-settings

export const dingtalk: Chat = {
  title: 'DingTalk',
  hosts: ['oapi.dingtalk.com'],
  body: message => ({
    msgtype: 'text',
    text: { content: plainText(message, 5000) },
    at: { isAtAll: false },
  }),
  signed(url, { secret, now }) {
    const signed = new URL(url)
    const sign = createHmac('sha256', secret).update(`${now}\n${secret}`).digest('base64')
    signed.searchParams.set('timestamp', String(now))
    signed.searchParams.set('sign', sign)
    return signed
  },
  complaint: answer => complaintIn(answer, ['errcode'], ['errmsg']),
}
