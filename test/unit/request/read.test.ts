import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { INPUTS } from '../../../src/request/inputs.ts'
import { readRequest } from '../../../src/request/read.ts'

/** Sets the variables that the runner sets: every declared input is there, given or not. */
function runnerInputs(given: Readonly<Record<string, string>>): void {
  for (const { name, default: otherwise = '' } of INPUTS) {
    vi.stubEnv(`INPUT_${name.toUpperCase()}`, given[name] ?? (name === 'token' ? '' : otherwise))
  }
}

describe('inputs as the runner hands them over', () => {
  let printed = ''
  beforeEach(() => {
    printed = ''
    vi.spyOn(process.stdout, 'write').mockImplementation(text => {
      printed += String(text)
      return true
    })
  })
  afterEach(() => {
    vi.unstubAllEnvs()
    vi.restoreAllMocks()
  })

  test('become a request, with the defaults of action.yml', () => {
    runnerInputs({ environment: ' production ', target: '41' })
    expect(readRequest({ SSH_AUTH_SOCK: '/run/agent' })).toMatchObject({
      operation: 'rollback',
      environment: 'production',
      target: '41',
      ssh: { agentSocket: '/run/agent' },
      source: { kind: 'runbook' },
    })
  })

  test('describe a simple set-up although the runner fills in the default of runbook', () => {
    runnerInputs({ hosts: 'deploy@web', path: '/srv/shop' })
    expect(readRequest({}).source).toMatchObject({ kind: 'inputs', app: 'shop' })
  })

  test('mean the live release for record, although the runner fills in the default of target', () => {
    runnerInputs({ operation: 'record', state: 'bad' })
    expect(readRequest({})).toMatchObject({ target: '', state: 'bad' })
  })

  test('are masked where they are secret, each line of a key on its own, before anything fails', () => {
    const key =
      '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\nxZ9Qw3rT\n-----END OPENSSH PRIVATE KEY-----\n'
    runnerInputs({ 'ssh-private-key': key, 'ssh-passphrase': 'correct horse', operation: 'nonsense' })
    expect(() => readRequest({})).toThrow('operation')
    for (const secret of ['b3BlbnNzaC1rZXktdjEAAAAA', 'xZ9Qw3rT', 'correct horse']) {
      expect(printed.split('\n')).toContain(`::add-mask::${secret}`)
    }
    expect(printed.split('\n')).not.toContain('::add-mask::-----BEGIN OPENSSH PRIVATE KEY-----')
  })

  test('do not mask half of the log because a passphrase is one letter', () => {
    runnerInputs({ 'ssh-passphrase': 'a' })
    expect(readRequest({}).ssh.passphrase).toBe('a')
    expect(printed).not.toContain('::add-mask::a\n')
  })
})
