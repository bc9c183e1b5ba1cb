import { getInput, setSecret } from '@actions/core'
import { Masker } from '../report/mask.ts'
import { INPUTS } from './inputs.ts'
import type { Request } from './request.ts'
import { requestFrom } from './validate.ts'

/**
 * Reads the inputs of the action; nothing else does. Secrets are masked before anything can fail.
 *
 * @throws BadInput
 */
export function readRequest(variables: Readonly<Record<string, string | undefined>> = process.env): Request {
  const raw: Record<string, string> = {}
  const secrets = []
  for (const { name, secret } of INPUTS) {
    const value = getInput(name, { trimWhitespace: secret !== true })
    raw[name] = value
    if (secret) secrets.push({ name, value })
  }
  new Masker(secrets).registerSecrets(setSecret)
  // The runner fills in the default of `action.yml`, so nobody can tell whether it was written; `record` means the
  // live release unless it is told another one.
  if (raw.operation === 'record' && raw.target === 'previous') raw.target = ''
  return requestFrom(raw, variables.SSH_AUTH_SOCK)
}
