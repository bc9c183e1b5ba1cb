import * as v from 'valibot'
import { secretSchema } from '../database/reach.ts'
import { list, map, oneOf } from '../kind/shape.ts'

/** What can be told of a run. */
export const NOTICES = ['started', 'rolled-back', 'undone', 'failed'] as const
export type Notice = (typeof NOTICES)[number]

/** The sorts of webhooks that are known, `json` being anything that reads a plain message. */
export const CHATS = ['slack', 'teams', 'discord', 'feishu', 'dingtalk', 'wecom', 'json'] as const
export type ChatName = (typeof CHATS)[number]

/** Chats that can ask for a signature besides the address. */
const SIGNED: readonly ChatName[] = ['feishu', 'dingtalk']

/** A webhook that wants to be told of runs. */
export interface Webhook {
  /** Name of the secret that holds its address. */
  readonly env: string
  /** Name of the secret that messages are signed with. */
  readonly secret?: string | undefined
  /** Its sort, where the address does not say it. */
  readonly as?: ChatName | undefined
  readonly on: readonly Notice[]
}

/** The section `notify` of a runbook. */
export const notifySchema = list(
  v.pipe(
    map({
      webhook: secretSchema,
      secret: v.optional(secretSchema),
      as: v.optional(oneOf(CHATS)),
      on: v.optional(list(oneOf(NOTICES), 'Expected a list, such as [started, failed].'), [...NOTICES]),
    }),
    v.check(
      ({ secret, as }) => secret === undefined || as === undefined || SIGNED.includes(as),
      `Only ${SIGNED.join(' and ')} sign messages: leave "secret" out.`,
    ),
  ),
  'Expected a list of webhooks, such as "- webhook: { env: ALERT_WEBHOOK }".',
  20,
)

export const readNotify = (given: v.InferOutput<typeof notifySchema> = []): readonly Webhook[] =>
  given.map(({ webhook, secret, as, on }) => ({ env: webhook.env, secret: secret?.env, as, on }))
