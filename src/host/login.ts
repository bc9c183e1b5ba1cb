import { Refusal } from '../refusal.ts'
import { fingerprint } from './known-hosts.ts'
import { type ParsedKey, type ParseKey, readPrivateKey } from './private-key.ts'

/** How to say who we are. */
export type Auth =
  | { readonly kind: 'key'; readonly key: string; readonly passphrase?: string | undefined }
  /** `socket`: what SSH_AUTH_SOCK says. */
  | { readonly kind: 'agent'; readonly socket: string }

/** Neither a private key nor an agent was given. */
export class NoIdentity extends Refusal {
  readonly code = 'RB-NO-IDENTITY'
}

/** The one method of authentication that was asked for. */
export interface Login<Key> {
  /** For messages. */
  readonly says: string
  method(
    username: string,
  ): { type: 'publickey'; username: string; key: Key } | { type: 'agent'; username: string; agent: string }
}

/**
 * Reads the key, once for all hosts: opening an encrypted one is slow on purpose.
 *
 * @throws NoIdentity, BadPrivateKey
 */
export function readLogin<Key extends ParsedKey>(auth: Auth | undefined, parse: ParseKey<Key>): Login<Key> {
  if (auth === undefined) {
    throw new NoIdentity('There is no key to log in with. Nothing was changed.', [
      'Set `ssh-private-key`, or start an agent before this step, so that SSH_AUTH_SOCK is set.',
    ])
  }
  if (auth.kind === 'agent') {
    const { socket } = auth
    return { says: 'the keys of the agent', method: username => ({ type: 'agent', username, agent: socket }) }
  }
  const key = readPrivateKey(auth.key, auth.passphrase, parse)
  const says = `the key ${key.type} ${fingerprint(key.getPublicSSH())}`
  return { says, method: username => ({ type: 'publickey', username, key }) }
}
