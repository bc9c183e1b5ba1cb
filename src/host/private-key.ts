import { Refusal } from '../refusal.ts'
import { findKeyBlocks, isEncrypted, type KeyBlock, mend } from './key-text.ts'

export type KeyProblem =
  | 'empty'
  | 'public'
  | 'putty'
  | 'not-a-key'
  | 'truncated'
  | 'several'
  | 'dsa'
  | 'pkcs8'
  | 'no-passphrase'
  | 'wrong-passphrase'
  | 'damaged'
  | 'short-rsa'

/** The text of `ssh-private-key` is no key that can be used. The message never has any of the text. */
export class BadPrivateKey extends Refusal {
  readonly code = 'RB-PRIVATE-KEY'
  readonly problem: KeyProblem

  constructor(problem: KeyProblem) {
    const [what, ...remedy] = EXPLAINED[problem]
    super(`\`ssh-private-key\`: ${what}. Nothing was changed.`, remedy)
    this.problem = problem
  }
}

const MAKE = 'Make a new key: `ssh-keygen -t ed25519 -f deploy-key`; put deploy-key.pub on the servers.'
const WHOLE = 'Set the secret again with the whole file: gh secret set NAME < deploy-key'
const EXPLAINED: Readonly<Record<KeyProblem, readonly [string, ...string[]]>> = {
  empty: ['it is empty', 'Check the name of the secret, and that this event may read it (a fork may not).'],
  public: ['this is the public key', 'Set the secret to the private one: the file without ".pub".'],
  putty: ['this is a PuTTY key', 'Convert it: puttygen KEY.ppk -O private-openssh -o deploy-key'],
  'not-a-key': ['this is not a private key', WHOLE],
  truncated: ['the key has a beginning or an end only, the rest is missing', WHOLE],
  several: ['there is more than one key', 'Give the one key that the servers know.'],
  dsa: ['this is a DSA key, which servers do not take any more', MAKE],
  pkcs8: [
    'this is a key in PKCS#8 format',
    'Convert it: `ssh-keygen -p -f KEY` (it rewrites the file in OpenSSH format).',
  ],
  'no-passphrase': ['the key is encrypted, and `ssh-passphrase` is empty', 'Set `ssh-passphrase`.'],
  'wrong-passphrase': [
    '`ssh-passphrase` does not open the key',
    'Try it on your machine: `ssh-keygen -y -f KEY`',
  ],
  damaged: ['the key is damaged', WHOLE],
  'short-rsa': ['this is an RSA key of less than 2048 bits', MAKE],
}

/** What a parsed key must be able to say. */
export interface ParsedKey {
  readonly type: string
  isPrivateKey(): boolean
  getPublicSSH(): Buffer
}

/** Turns the text of a sound file into a key: ssh2's `utils.parseKey`, which only `ssh.ts` imports. */
export type ParseKey<Key> = (text: string, passphrase?: string) => Key | Key[] | Error

/**
 * Reads the text of a private key, mending what happens to keys on their way through secrets: line ends, `\n` as two
 * characters, blanks, quotes, a missing last newline, base64 around the whole.
 *
 * @throws BadPrivateKey
 */
export function readPrivateKey<Key extends ParsedKey>(
  text: string,
  passphrase: string | undefined,
  parse: ParseKey<Key>,
): Key {
  const block = theOneBlock(mend(text))
  const encrypted = isEncrypted(block)
  if (encrypted && !passphrase) throw new BadPrivateKey('no-passphrase')
  const parsed = parse(block.text, encrypted ? passphrase : undefined)
  if (parsed instanceof Error) throw new BadPrivateKey(encrypted ? 'wrong-passphrase' : 'damaged')
  const key = Array.isArray(parsed) ? parsed[0] : parsed
  if (key === undefined || !key.isPrivateKey()) throw new BadPrivateKey('damaged')
  if (key.type === 'ssh-dss') throw new BadPrivateKey('dsa')
  if (key.type === 'ssh-rsa' && rsaBits(key.getPublicSSH()) < 2048) throw new BadPrivateKey('short-rsa')
  return key
}

function theOneBlock(text: string): KeyBlock {
  if (text === '') throw new BadPrivateKey('empty')
  if (text.startsWith('PuTTY-User-Key-File')) throw new BadPrivateKey('putty')
  const { blocks, begins, ends } = findKeyBlocks(text)
  if (begins > 1 || ends > 1) throw new BadPrivateKey('several')
  const [block] = blocks
  if (block === undefined) {
    if (begins + ends > 0) throw new BadPrivateKey('truncated')
    throw new BadPrivateKey(/^(ssh-|ecdsa-|sk-)|PUBLIC KEY ?-{4,5}/.test(text) ? 'public' : 'not-a-key')
  }
  if (block.label === 'DSA PRIVATE KEY') throw new BadPrivateKey('dsa')
  if (block.label === 'PRIVATE KEY' || block.label === 'ENCRYPTED PRIVATE KEY')
    throw new BadPrivateKey('pkcs8')
  return block
}

/** The public key of RSA is: type, exponent, modulus, each with its length in front; the modulus may have a zero byte. */
function rsaBits(publicKey: Buffer): number {
  let at = 0
  for (let field = 0; field < 2; field += 1) at += 4 + publicKey.readUInt32BE(at)
  const modulus = publicKey.subarray(at + 4)
  const first = modulus.findIndex(byte => byte !== 0)
  return (modulus.length - first) * 8 - Math.clz32(modulus[first] ?? 0) + 24
}
