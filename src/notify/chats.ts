import type { ChatName } from '../runbook/notify.ts'
import type { Chat } from './chat.ts'
import { dingtalk } from './dingtalk.ts'
import { discord } from './discord.ts'
import { feishu } from './feishu.ts'
import { json } from './json.ts'
import { slack } from './slack.ts'
import { teams } from './teams.ts'
import { wecom } from './wecom.ts'

/** Every chat that can be told. A new one is one file, one line here, and its name in `runbook/notify.ts`. */
const CHATS: Readonly<Record<ChatName, Chat>> = { slack, teams, discord, feishu, dingtalk, wecom, json }

/** The chat of a webhook: what the runbook says, else what its host says, else plain JSON. */
export function chatOf(url: URL, said: ChatName | undefined): Chat {
  if (said !== undefined) return CHATS[said]
  const { hostname } = url
  const isAt = (host: string) => (host.startsWith('.') ? hostname.endsWith(host) : hostname === host)
  return Object.values(CHATS).find(({ hosts }) => hosts.some(isAt)) ?? json
}
