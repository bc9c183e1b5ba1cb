import type { Chat } from './chat.ts'
import { complaintIn } from './complaint.ts'
import { plainText } from './plain.ts'

// https://developer.work.weixin.qq.com/document/path/91770: at most 2048 bytes
const MOST_BYTES = 2048

export const wecom: Chat = {
  title: 'WeCom',
  hosts: ['qyapi.weixin.qq.com'],
  body: message => ({
    msgtype: 'text',
    text: { content: plainText(message, MOST_BYTES, Buffer.byteLength) },
  }),
  complaint: answer => complaintIn(answer, ['errcode'], ['errmsg']),
}
