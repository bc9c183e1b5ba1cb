import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { BadInput } from '../../../src/request/bad-input.ts'
import { HelpWanted, requestFromArguments, UsageError } from '../../../src/request/cli.ts'
import { INPUTS } from '../../../src/request/inputs.ts'

const folder = mkdtempSync(join(tmpdir(), 'rollbook-cli-'))
const keyFile = join(folder, 'key')
writeFileSync(keyFile, 'KEY\n')
afterAll(() => rmSync(folder, { recursive: true }))

const ask = (...argv: string[]) => requestFromArguments(argv, {})

describe('the command line', () => {
  test('takes the same names as the action', () => {
    const request = ask(
      'rollback',
      '--environment',
      'production',
      '--target=41',
      '--reason',
      'it is down',
      '--escalate',
    )
    expect(request).toMatchObject({
      operation: 'rollback',
      environment: 'production',
      target: '41',
      reason: 'it is down',
      escalate: true,
    })
  })

  test('has an option for every input that is no secret', () => {
    for (const { name, secret } of INPUTS) {
      if (name === 'operation') continue
      const understood = () => ask('status', `--${name}=1`)
      if (secret) expect(understood).toThrow(UsageError)
      else expect(understood).not.toThrow(UsageError)
    }
  })

  test('lets options with an entry a line be repeated, and no other', () => {
    const { source } = ask('plan', '--hosts', 'deploy@a', '--hosts', 'deploy@b', '--path', '/srv/shop')
    expect(source).toMatchObject({ kind: 'inputs', hosts: [{ name: 'a' }, { name: 'b' }] })
    expect(() => ask('plan', '--target', '41', '--target', '42')).toThrow(
      '--target is given for the second time',
    )
  })

  test('reads secrets from the environment and from files', () => {
    const variables = {
      SSH_PRIVATE_KEY: 'FROM ENV',
      SSH_PASSPHRASE: 'p',
      SSH_AUTH_SOCK: '/run/agent',
      GITHUB_TOKEN: 't',
    }
    expect(requestFromArguments(['status'], variables)).toMatchObject({
      ssh: { privateKey: 'FROM ENV', passphrase: 'p', agentSocket: '/run/agent' },
      token: 't',
    })
    const { ssh } = requestFromArguments(['status', '--ssh-private-key-file', keyFile], variables)
    expect(ssh.privateKey).toBe('KEY\n')
  })

  test("uses everybody's known_hosts unless told another file or lines", () => {
    const files: Readonly<Record<string, string>> = {
      '/home/me/.ssh/known_hosts': 'mine',
      '/etc/known': 'other',
    }
    const read = (path: string) => files[path] ?? ''
    const known = (...options: string[]) =>
      requestFromArguments(['status', ...options], { HOME: '/home/me' }, read).knownHosts
    expect(known()).toBe('mine')
    expect(known('--known-hosts-file', '/etc/known')).toBe('other')
    const none = () => {
      throw new Error('ENOENT')
    }
    expect(requestFromArguments(['status'], { HOME: '/home/me' }, none)).toMatchObject({
      knownHosts: '',
      knownHostsFile: '/home/me/.ssh/known_hosts',
    })
    expect(known('--known-hosts', 'web ssh-ed25519 AAAA')).toBe('web ssh-ed25519 AAAA')
  })

  test.each([
    ['nothing', [], 'The operation is missing'],
    ['an option first', ['--target', '41'], 'in front of the options'],
    ['a misspelt operation', ['rolback'], 'Did you mean "rollback"?'],
    ['a misspelt option', ['rollback', '--tagret', '41'], 'Did you mean --target?'],
    ['a strange option', ['rollback', '--constructor'], 'rollbook --help lists all'],
    ['a target without its option', ['rollback', '41'], 'Not expected: "41"'],
    ['an option without its value', ['rollback', '--target'], '--target needs a value'],
    [
      'an option that would swallow the next one',
      ['rollback', '--reason', '--escalate'],
      '--reason needs a value',
    ],
    ['a file that is not there', ['undo', '--ssh-private-key-file', join(folder, 'none')], 'is not there'],
    ['a folder as a file', ['undo', '--known-hosts-file', folder], 'cannot be read (EISDIR)'],
  ])('%s is bad usage, exit status 64', (_, argv, words) => {
    expect(() => ask(...argv)).toThrow(UsageError)
    expect(() => ask(...argv)).toThrow(words)
    expect(new UsageError('').exitStatus).toBe(64)
  })

  test('a secret as an option is refused and not repeated', () => {
    const attempt = () => ask('rollback', '--ssh-private-key', 'hunter2')
    expect(attempt).toThrow('Set the variable SSH_PRIVATE_KEY, or give --ssh-private-key-file.')
    expect(attempt).not.toThrow(/hunter2/)
  })

  test('a bad value is refused as in the action', () => {
    expect(() => ask('rollback', '--target', '../../etc')).toThrow(BadInput)
  })

  test.each([[['--help']], [['rollback', '-h']], [['help']]])(
    '%j shows every option and every status',
    argv => {
      try {
        ask(...argv)
        expect.unreachable()
      } catch (error) {
        if (!(error instanceof HelpWanted)) throw error
        for (const { name, secret, says } of INPUTS) {
          if (name !== 'operation') expect(error.message).toContain(says)
          if (name !== 'operation' && !secret) expect(error.message).toContain(`--${name} `)
        }
        expect(error.message).toContain('64 bad usage')
      }
    },
  )
})
