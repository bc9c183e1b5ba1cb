import type { OpenChannel } from './channel.ts'
import { localOpener } from './local.ts'
import { type SshOptions, sshOpener } from './ssh.ts'

/** Opens the channel of any host. What SSH needs is looked at when the first host needs it. */
export function opener(options: SshOptions): OpenChannel {
  const local = localOpener()
  let ssh: OpenChannel | undefined
  return async (host, greeting, events) => {
    if (host.address.kind === 'local') return local(host, greeting, events)
    ssh ??= sshOpener(options)
    return ssh(host, greeting, events)
  }
}
