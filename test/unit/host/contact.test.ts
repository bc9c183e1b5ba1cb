import { describe, expect, test } from 'vitest'
import {
  AuthenticationFailed,
  ConnectTimeout,
  HandshakeFailed,
  HungUp,
  NoShell,
  type Stage,
  setback,
  Unreachable,
} from '../../../src/host/contact.ts'
import { NoIdentity } from '../../../src/host/login.ts'

const fault = (traits: Record<string, unknown>, message = 'it said so') =>
  Object.assign(new Error(message), traits)
const situation = (stage: Stage) => ({
  place: 'web1 (deploy@web1:22)',
  stage,
  identity: 'the key ssh-ed25519 SHA256:x',
  expired: undefined,
  broken: undefined,
})

describe('what went wrong on the way to a host', () => {
  test.each<[string, Stage, Record<string, unknown>, unknown, boolean]>([
    ['its name does not resolve', 'reach', { code: 'ENOTFOUND' }, Unreachable, false],
    ['its name does not resolve just now', 'reach', { code: 'EAI_AGAIN' }, Unreachable, true],
    ['nobody on the port', 'reach', { code: 'ECONNREFUSED' }, Unreachable, true],
    ['no way there', 'reach', { code: 'ENETUNREACH' }, Unreachable, false],
    ['the jump host could not connect', 'reach', { reason: 2 }, Unreachable, true],
    ['the jump host may not connect', 'reach', { reason: 1 }, Unreachable, false],
    ['hung up before a word', 'handshake', { level: 'protocol', fatal: true }, HungUp, true],
    ['hung up in the middle', 'handshake', { code: 'ETIMEDOUT' }, HungUp, true],
    ['reset', 'handshake', { level: 'client-socket', code: 'ECONNRESET' }, HungUp, true],
    ['said goodbye', 'handshake', { code: 12 }, HungUp, true],
    ['no algorithm in common', 'handshake', { level: 'handshake' }, HandshakeFailed, false],
    ['no SSH', 'handshake', {}, HandshakeFailed, false],
    ['key refused', 'authentication', { level: 'client-authentication' }, AuthenticationFailed, false],
    ['no agent', 'authentication', { level: 'agent' }, AuthenticationFailed, false],
    ['too many keys in the agent', 'authentication', { code: 2 }, AuthenticationFailed, false],
    ['hung up after the key', 'authentication', { code: 'ETIMEDOUT' }, AuthenticationFailed, false],
    ['no command', 'courier', {}, NoShell, false],
  ])('%s', (_, stage, traits, kind, again) => {
    const { refusal, ...rest } = setback(fault(traits), situation(stage))
    expect(refusal).toBeInstanceOf(kind)
    expect(rest.again).toBe(again)
    expect(refusal.message).toContain('web1 (deploy@web1:22)')
    expect(refusal.message).toContain('Nothing was changed.')
    expect(refusal.remedy).not.toEqual([])
  })

  test('time that is up comes before what the library says of it', () => {
    const { refusal } = setback(fault({ code: 'ECONNRESET' }), { ...situation('handshake'), expired: 20 })
    expect(refusal).toBeInstanceOf(ConnectTimeout)
    expect(refusal.message).toContain('within 20 s: waited for the SSH server')
  })

  test('a connection that broke comes before what the library says of the command', () => {
    const { refusal } = setback(fault({}), { ...situation('courier'), broken: 'web1 closed the connection' })
    expect(refusal).toBeInstanceOf(Unreachable)
  })

  test('a refusal stays what it is', () => {
    const refusal = new NoIdentity('no key')
    expect(setback(refusal, situation('handshake'))).toEqual({ refusal, again: false })
  })

  test('the words of a server come on one line, without control characters, and not at any length', () => {
    const words = `\u001b[2J\n::error::x${'y'.repeat(9999)}`
    const { refusal } = setback(fault({ code: 12 }, words), situation('handshake'))
    expect(refusal.message).not.toMatch(/\p{Cc}/u)
    expect(refusal.message.length).toBeLessThan(500)
  })

  test('every address that was tried is named', () => {
    const error = Object.assign(new AggregateError([new Error('a refused'), new Error('b refused')]), {
      code: 'ECONNREFUSED',
    })
    expect(setback(error, situation('reach')).refusal.message).toContain('a refused; b refused')
  })
})
