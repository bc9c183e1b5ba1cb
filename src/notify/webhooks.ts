import type { FindListeners, Listener, Surroundings } from '../operation/listener.ts'
import type { Log } from '../report/log.ts'
import type { Webhook } from '../runbook/notify.ts'
import { CHANGING } from './changing.ts'
import type { Message } from './message.ts'
import { tokensOf } from './tokens.ts'

/**
 * The webhooks of the runbook's `notify`. One whose secret is not set is a warning: it must not stop a rollback.
 */
export const findWebhooks: FindListeners = ({ operation, runbook, log }, _, surroundings) =>
  CHANGING.includes(operation) ? runbook.notify.flatMap(each => listener(each, surroundings, log)) : []

function listener(
  webhook: Webhook,
  surroundings: Surroundings,
  log: Pick<Log, 'warning'>,
): readonly Listener[] {
  const { variables, learn } = surroundings
  const name = `the webhook ${webhook.env}`
  const missing = [webhook.env, webhook.secret].filter(
    each => each !== undefined && (variables[each] ?? '').trim() === '',
  )
  if (missing.length > 0) {
    log.warning(`Nobody is told by ${name}: the secret ${missing.join(' and ')} is not set.`)
    return []
  }
  const address = (variables[webhook.env] ?? '').trim()
  const secret = webhook.secret === undefined ? undefined : variables[webhook.secret]?.trim()
  learn(webhook.env, address)
  if (webhook.secret !== undefined && secret !== undefined) learn(webhook.secret, secret)
  const url = URL.parse(address)
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    log.warning(
      `Nobody is told by ${name}: the secret ${webhook.env} is not an address that starts with https://.`,
    )
    return []
  }
  if (url.username !== '' || url.password !== '') {
    log.warning(
      `Nobody is told by ${name}: the address in the secret ${webhook.env} has a user or a password before the @, which is not supported.`,
    )
    return []
  }
  for (const token of tokensOf(url)) learn(`${webhook.env} (a part of it)`, token)
  const tell = async (message: Message): Promise<string> => {
    const [{ chatOf }, { post }] = await Promise.all([import('./chats.ts'), import('./send.ts')])
    const chat = chatOf(url, webhook.as)
    const signing = secret === undefined ? undefined : { secret, now: Date.now() }
    const target = signing && chat.signed ? chat.signed(url, signing) : url
    await post(target, chat.body(message, signing), chat.complaint)
    return chat.title
  }
  return [
    {
      name,
      async began(heading) {
        // Nobody waits for a drill to be over: only one that does not end well is told.
        if (!webhook.on.includes('started') || heading.operation === 'drill') return
        const { beginning } = await import('./message.ts')
        await tell(beginning(heading, variables.GITHUB_SERVER_URL))
      },
      async ended(report) {
        const { ending, noticeOf } = await import('./message.ts')
        const notice = noticeOf(report)
        if (notice === undefined || !webhook.on.includes(notice)) return []
        const title = await tell(ending(notice, report, variables.GITHUB_SERVER_URL))
        return [{ what: `${title} (${webhook.env})`, url: '' }]
      },
    },
  ]
}
