import { describe, expect, test } from 'vitest'
import { INPUTS } from '../../../src/request/inputs.ts'
import { OPERATIONS } from '../../../src/request/request.ts'

describe('the table of inputs', () => {
  test('has the names and defaults of the contract', () => {
    expect(Object.fromEntries(INPUTS.map(input => [input.name, input.default]))).toEqual({
      operation: 'rollback',
      runbook: '.github/rollbook.yml',
      environment: undefined,
      rollback: undefined,
      target: 'previous',
      reason: undefined,
      confirm: undefined,
      parameters: undefined,
      escalate: 'false',
      state: 'good',
      'run-id': undefined,
      drill: undefined,
      'ssh-private-key': undefined,
      'ssh-passphrase': undefined,
      'known-hosts': undefined,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub Actions
      token: '${{ github.token }}',
      app: undefined,
      url: undefined,
      hosts: undefined,
      path: undefined,
      compose: undefined,
      services: undefined,
      reload: undefined,
      smoke: undefined,
    })
  })

  test('says of each, in a sentence, what it is for', () => {
    for (const { says } of INPUTS) expect(says).toMatch(/\.$/)
  })

  test('names every operation', () => {
    const says = INPUTS.find(input => input.name === 'operation')?.says ?? ''
    for (const operation of OPERATIONS) expect(says).toContain(operation)
  })
})
