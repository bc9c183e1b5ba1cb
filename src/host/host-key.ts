import { Refusal } from '../refusal.ts'
import type { SshAddress } from './host.ts'
import {
  fingerprint,
  type Judgement,
  judge,
  type KnownHosts,
  type KnownKey,
  keysFor,
  keyType,
  knownHostsName,
} from './known-hosts.ts'

/** The server shows a key, and `known-hosts` has none for it. */
export class HostKeyUnknown extends Refusal {
  readonly code = 'RB-HOST-KEY-UNKNOWN'
}

/** The server shows another key than the one that `known-hosts` has for it. */
export class HostKeyChanged extends Refusal {
  readonly code = 'RB-HOST-KEY-CHANGED'
}

/** The server shows a key that `known-hosts` marks as `@revoked`. */
export class HostKeyRevoked extends Refusal {
  readonly code = 'RB-HOST-KEY-REVOKED'
}

/** Best first, by type of key. An `ssh-rsa` key signs with SHA-2 only: SHA-1 can be forged. */
const ALGORITHMS = [
  ['ssh-ed25519', 'ssh-ed25519'],
  ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp256'],
  ['ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp384'],
  ['ecdsa-sha2-nistp521', 'ecdsa-sha2-nistp521'],
  ['ssh-rsa', 'rsa-sha2-512'],
  ['ssh-rsa', 'rsa-sha2-256'],
] as const

/**
 * The algorithms to ask a server for. Those of the types that `known-hosts` has come first: a server with several keys
 * would else show one that is not there, which looks like an attack.
 */
export function hostKeyAlgorithms(keys: readonly KnownKey[]): (typeof ALGORITHMS)[number][1][] {
  const types = new Set(keys.map(key => key.type))
  const known = ALGORITHMS.filter(([type]) => types.has(type))
  const others = ALGORITHMS.filter(([type]) => !types.has(type))
  return [...known, ...others].map(([, algorithm]) => algorithm)
}

/** The check of one server's key, for one connection. */
export class HostKeyCheck {
  readonly algorithms: ReturnType<typeof hostKeyAlgorithms>
  readonly #known: KnownHosts
  readonly #address: SshAddress
  readonly #place: string
  #refusal: Refusal | undefined

  /** @param place how messages call the server, e.g. `web1 (deploy@10.0.0.5:22)`. */
  constructor(known: KnownHosts, address: SshAddress, place: string) {
    this.algorithms = hostKeyAlgorithms(keysFor(known, address.host, address.port))
    this.#known = known
    this.#address = address
    this.#place = place
  }

  /** Why the key was not accepted, once it was not. */
  get refusal(): Refusal | undefined {
    return this.#refusal
  }

  readonly accepts = (key: Buffer): boolean => {
    const { host, port } = this.#address
    const judgement = judge(this.#known, host, port, key)
    if (!judgement.ok) this.#refusal = refuse(judgement, key, this.#address, this.#place)
    return judgement.ok
  }
}

function refuse(
  judgement: Exclude<Judgement, { ok: true }>,
  key: Buffer,
  address: SshAddress,
  place: string,
): Refusal {
  const type = keyType(key)
  const seen = `${type} ${fingerprint(key)}`
  const compare = `On the server itself (its console, not this connection), compare: \`ssh-keygen -lf ${keyFile(type)}\``
  const line = `${knownHostsName(address.host, address.port)} ${type} ${key.toString('base64')}`
  switch (judgement.reason) {
    case 'unknown':
      return new HostKeyUnknown(
        `${place} shows a host key that \`known-hosts\` does not have: ${seen}. Nothing was changed.`,
        [compare, `If it is the same, add this line to \`known-hosts\`: \`${line}\``],
      )
    case 'changed': {
      const expected = judgement.known.map(
        known => `${known.type} ${fingerprint(known.key)} (line ${known.line})`,
      )
      return new HostKeyChanged(
        `${place} shows another host key than \`known-hosts\` has. Seen: ${seen}. Expected: ${expected.join(', ')}. Either the server was rebuilt, or somebody stands in between. Nothing was changed.`,
        [
          compare,
          `Only if it is the same, put this line in place of line ${judgement.known.map(known => known.line).join(', ')} of \`known-hosts\`: \`${line}\``,
        ],
      )
    }
    case 'revoked':
      return new HostKeyRevoked(
        `${place} shows a host key that \`known-hosts\` line ${judgement.line} marks as @revoked: ${seen}. Nothing was changed.`,
        [
          'Find out why the key was revoked. Do not take the line out.',
          'Give the server a new host key, and add its line.',
        ],
      )
  }
}

function keyFile(type: string): string {
  const kind = type.startsWith('ecdsa-') ? 'ecdsa' : type === 'ssh-rsa' ? 'rsa' : 'ed25519'
  return `/etc/ssh/ssh_host_${kind}_key.pub`
}
