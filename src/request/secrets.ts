import type { Request } from './request.ts'

/** The secrets that came with a request, for masking. A key that came wrapped in base64 is a secret unwrapped too. */
export function secretsOf({ ssh, token }: Request): { readonly name: string; readonly value: string }[] {
  const key = ssh.privateKey ?? ''
  const unwrapped = key.includes('-----') ? '' : Buffer.from(key, 'base64').toString()
  return [
    { name: 'ssh-private-key', value: key },
    { name: 'ssh-private-key', value: unwrapped.includes('-----') ? unwrapped : '' },
    { name: 'ssh-passphrase', value: ssh.passphrase ?? '' },
    { name: 'token', value: token ?? '' },
  ].filter(({ value }) => value !== '')
}
