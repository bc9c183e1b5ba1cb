import ssh2, { type ParsedKey } from 'ssh2'

export interface KeyPair {
  /** OpenSSH format, as a secret of a repository holds it. */
  readonly private: string
  /** One line, as `authorized_keys` holds it. */
  readonly public: string
}

/** @throws when the text is no key that ssh2 can read. */
export const parseKey = (text: string): ParsedKey => {
  const parsed = ssh2.utils.parseKey(text)
  if (parsed instanceof Error) throw parsed
  const key = Array.isArray(parsed) ? parsed[0] : parsed
  if (!key) throw new Error('there is no key in that text')
  return key
}

/**
 * A pair that can be read again: of the Ed25519 pairs that ssh2 1.17 generates, about one in two hundred can't, not even
 * by ssh2.
 */
export function readablePair(generate: () => KeyPair, passphrase?: string): KeyPair {
  for (let attempt = 0; attempt < 10; attempt++) {
    const pair = generate()
    const texts = [ssh2.utils.parseKey(pair.private, passphrase), ssh2.utils.parseKey(pair.public)]
    if (!texts.some(parsed => parsed instanceof Error)) return pair
  }
  throw new Error('ssh2 generated ten unreadable keys in a row')
}

/** An Ed25519 key pair. */
export const makeKeyPair = (comment = 'test'): KeyPair =>
  readablePair(() => ssh2.utils.generateKeyPairSync('ed25519', { comment }))
