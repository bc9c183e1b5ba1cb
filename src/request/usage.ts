import { INPUTS } from './inputs.ts'
import { OPERATIONS } from './request.ts'

/** Options that only the command line has: there, a secret is a file or a variable. */
export const FILE_OPTIONS = [
  { name: 'ssh-private-key-file', says: 'File with the private key; else SSH_PRIVATE_KEY, else the agent.' },
  { name: 'known-hosts-file', says: 'File with the keys of the hosts; ~/.ssh/known_hosts when left out.' },
] as const

/** Where the command line reads what can't be an option. */
export const SECRET_VARIABLES: Readonly<Record<string, string>> = {
  'ssh-private-key': 'SSH_PRIVATE_KEY',
  'ssh-passphrase': 'SSH_PASSPHRASE',
  token: 'GITHUB_TOKEN',
}

/** The text of `rollbook --help`. */
export function helpText(): string {
  const options = [...INPUTS.filter(({ name, secret }) => name !== 'operation' && !secret), ...FILE_OPTIONS]
  const width = Math.max(...options.map(({ name }) => name.length))
  const lines = options.map(option => {
    const otherwise = 'default' in option && option.default !== undefined ? ` [${option.default}]` : ''
    return `  --${option.name.padEnd(width)}  ${option.says}${otherwise}`
  })
  const variables = INPUTS.filter(({ secret }) => secret).map(
    ({ name, says }) => `  ${(SECRET_VARIABLES[name] ?? '').padEnd(width + 2)}  ${says}`,
  )
  return [
    'Usage: rollbook <operation> [options]',
    '',
    `Operations: ${OPERATIONS.join(', ')}`,
    '',
    'Options (those with one entry a line may be repeated):',
    ...lines,
    '',
    'Secrets are read from the environment, never from options:',
    ...variables,
    '',
    'Exit status: 0 green, 1 refused, 2 restored, 3 needs an operator, 4 unknown, 64 bad usage.',
    '',
  ].join('\n')
}
