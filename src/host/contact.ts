import { Refusal } from '../refusal.ts'
import { oneLine } from './lines.ts'

/** No connection to the host, or it went away before anything was asked of it. */
export class Unreachable extends Refusal {
  readonly code = 'RB-HOST-UNREACHABLE'
}

/** Somebody is there, and ended the conversation: a server that is overloaded, or that does not want us. */
export class HungUp extends Unreachable {}

/** The host did not answer in time. */
export class ConnectTimeout extends Refusal {
  readonly code = 'RB-HOST-TIMEOUT'
}

/** It has shown its key, and went no further in time: it is there, and perhaps serves. */
export class Stalled extends ConnectTimeout {}

/** Something answers there, and no secure connection to it is possible. */
export class HandshakeFailed extends Refusal {
  readonly code = 'RB-HOST-HANDSHAKE'
}

/** The host does not let us in. Never tried again: servers lock out those who insist. */
export class AuthenticationFailed extends Refusal {
  readonly code = 'RB-HOST-AUTHENTICATION'
}

/** We are in, and may not start a command. */
export class NoShell extends Refusal {
  readonly code = 'RB-HOST-NO-SHELL'
}

/** How far the way to a host had come. */
export type Stage = 'reach' | 'handshake' | 'authentication' | 'courier'

/** What was going on when an error came. */
export interface Situation {
  /** How messages call the host, with user, address and port. */
  readonly place: string
  readonly stage: Stage
  /** Seconds allowed, when they are used up. */
  readonly expired: number | undefined
  /** How we authenticate, e.g. `the key ssh-ed25519 SHA256:…`. */
  readonly identity: string
  /** Set when the connection broke: what the library then says about a command is beside the point. */
  readonly broken: string | undefined
}

/** What to tell the person, and whether another try can go better. */
export interface Setback {
  readonly refusal: Refusal
  readonly again: boolean
}

const UNCHANGED = 'Nothing was changed.'
const WAITED_FOR: Readonly<Record<Stage, string>> = {
  reach: 'a connection',
  handshake: 'the SSH server to introduce itself',
  authentication: 'the SSH server to let us in',
  courier: 'a command to start',
}
/** Errors of the network that often pass: a server that restarts, MaxStartups, a lost packet. */
const PASSING = new Set(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'EAI_AGAIN'])
/** RFC 4254, 5.1: the jump host tried to connect, and could not. */
const OPEN_CONNECT_FAILED = 2

/** Turns whatever went wrong on the way to a host into a refusal. */
export function setback(error: unknown, situation: Situation): Setback {
  if (error instanceof Refusal) return { refusal: error, again: false }
  const { place, stage, expired } = situation
  if (expired !== undefined) {
    const message = `${place} did not answer within ${expired} s: waited for ${WAITED_FOR[stage]}. ${UNCHANGED}`
    const isThere = stage === 'authentication' || stage === 'courier'
    return { refusal: new (isThere ? Stalled : ConnectTimeout)(message, REACH), again: false }
  }
  switch (stage) {
    case 'reach':
      return notReached(error, place)
    case 'handshake':
      return notAgreed(error, place)
    case 'authentication':
      return { refusal: notLetIn(error, situation), again: false }
    case 'courier':
      return { refusal: notStarted(error, situation), again: false }
  }
}

const REACH = [
  'Check the address and the port, and that the server is up and its firewall lets this runner in.',
  'Try from the same network: `ssh -p PORT USER@ADDRESS true`',
]

function notReached(error: unknown, place: string): Setback {
  const { code, reason } = traits(error)
  if (code === 'ENOTFOUND') {
    const message = `${place} cannot be reached: its name does not resolve. ${UNCHANGED}`
    return {
      refusal: new Unreachable(message, ['Check the spelling, or give the IP address.']),
      again: false,
    }
  }
  const message = `${place} cannot be reached: ${said(error)}. ${UNCHANGED}`
  const again = (code !== undefined && PASSING.has(code)) || reason === OPEN_CONNECT_FAILED
  return { refusal: new Unreachable(message, REACH), again }
}

/**
 * ssh2 says `protocol` or `client-socket` when the server hung up, and node-ssh `ETIMEDOUT`: this is what MaxStartups
 * looks like. A numeric code is a goodbye of the server's. Anything else is a matter of words that will not change.
 */
function notAgreed(error: unknown, place: string): Setback {
  const { level, code, goodbye } = traits(error)
  if (level === 'protocol' || level === 'client-socket' || goodbye || code === 'ETIMEDOUT') {
    const message = `${place} hung up before we could log in: ${said(error)}. ${UNCHANGED}`
    const remedy = [
      'The server may be overloaded or refuse this address (MaxStartups, PerSourcePenalties): see its log.',
    ]
    return { refusal: new HungUp(message, [...remedy, ...REACH]), again: true }
  }
  const message = `${place} answers, but no secure connection is possible: ${said(error)}. ${UNCHANGED}`
  return {
    refusal: new HandshakeFailed(message, [
      'Check that the port is the one of the SSH server, and that the server is OpenSSH 7.2 or newer.',
    ]),
    again: false,
  }
}

function notLetIn(error: unknown, { place, identity }: Situation): Refusal {
  return new AuthenticationFailed(
    `${place} did not let us in with ${identity}: ${said(error)}. It was tried once. ${UNCHANGED}`,
    [
      'Check that the public key is in `~/.ssh/authorized_keys` of this user, and that no `from=` or `expiry-time=` rules it out.',
      'Look at the reason on the server: `journalctl -u ssh -n 20`',
    ],
  )
}

function notStarted(error: unknown, { place, broken }: Situation): Refusal {
  if (broken !== undefined) return new HungUp(`${broken} before a command could start. ${UNCHANGED}`, REACH)
  return new NoShell(`${place} let us in, but started no command: ${said(error)}. ${UNCHANGED}`, [
    'Check that the user has a login shell, and that MaxSessions, ForceCommand or command= leave room for a command.',
  ])
}

/** What ssh2, node-ssh and Node put on their errors, for telling them apart without reading their words. */
export function traits(error: unknown): { level?: string; code?: string; reason?: number; goodbye: boolean } {
  if (!(error instanceof Error)) return { goodbye: false }
  const level = 'level' in error && typeof error.level === 'string' ? error.level : undefined
  const code = 'code' in error ? error.code : undefined
  const reason = 'reason' in error && typeof error.reason === 'number' ? error.reason : undefined
  return {
    ...(level !== undefined && { level }),
    ...(typeof code === 'string' && { code }),
    ...(reason !== undefined && { reason }),
    goodbye: typeof code === 'number',
  }
}

/** The words of an error on one line. Those of a connection to several addresses are in its parts. */
export function said(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(said).join('; ')
  const text = oneLine(error instanceof Error ? error.message : String(error))
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}
