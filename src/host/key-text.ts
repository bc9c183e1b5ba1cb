/** The text of one private key, from its BEGIN line to its END line, in lines as tools write them. */
export interface KeyBlock {
  /** What stands behind BEGIN, e.g. `OPENSSH PRIVATE KEY`. */
  readonly label: string
  readonly text: string
  readonly body: string
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----(.*?)-----END \1-----/gs

/** Takes off what was put around or into the text on its way through a secret. Harmless to a sound key. */
export function mend(text: string): string {
  let mended = text.replace(/^\uFEFF/, '').trim()
  mended = mended.replace(/^(["'])(.*)\1$/s, '$2')
  // A key has no backslash: `\n` as two characters is what a line end became in JSON or in a shell.
  if (!mended.startsWith('PuTTY')) mended = mended.replaceAll(/(\\r)?\\n/g, '\n')
  mended = mended.replaceAll(/\r\n?/g, '\n').trim()
  return unwrapped(mended) ?? mended
}

/** The text inside, when all of it is base64 of something that looks like a key file. */
function unwrapped(text: string): string | undefined {
  const compact = text.replaceAll(/\s+/g, '')
  if (compact === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(compact)) return undefined
  const inside = Buffer.from(compact, 'base64').toString('latin1')
  return /^\s*(-----BEGIN |---- BEGIN |PuTTY-User-Key-File|ssh-|ecdsa-)/.test(inside)
    ? inside.replaceAll(/\r\n?/g, '\n').trim()
    : undefined
}

/** The whole keys in the text, and how many begin and end lines there are, so that half a key is told from none. */
export function findKeyBlocks(text: string): { blocks: KeyBlock[]; begins: number; ends: number } {
  const blocks = [...text.matchAll(BLOCK)].map(([, label = '', inside = '']) => {
    const body = lines(inside)
    return { label, body, text: `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n` }
  })
  return {
    blocks,
    begins: text.match(/-----BEGIN [A-Z0-9 ]*PRIVATE KEY/g)?.length ?? 0,
    ends: text.match(/-----END [A-Z0-9 ]*PRIVATE KEY/g)?.length ?? 0,
  }
}

/** Where line ends became blanks, only a body without headers can be put right again. */
function lines(inside: string): string {
  const trimmed = inside.split('\n').map(line => line.trim())
  if (inside.includes(':')) return trimmed.join('\n').replace(/^\n+/, '').trimEnd()
  return (inside.replaceAll(/\s+/g, '').match(/.{1,64}/g) ?? []).join('\n')
}

/** Whether a passphrase is needed: said by a header in the older formats, by the name of the cipher in OpenSSH's. */
export function isEncrypted(block: KeyBlock): boolean {
  if (block.label !== 'OPENSSH PRIVATE KEY') return /^Proc-Type: *4,ENCRYPTED/m.test(block.body)
  const bytes = Buffer.from(block.body, 'base64')
  const magic = 'openssh-key-v1\0'
  const at = magic.length + 4
  if (bytes.length < at || bytes.toString('latin1', 0, magic.length) !== magic) return false
  return bytes.toString('latin1', at, at + bytes.readUInt32BE(magic.length)) !== 'none'
}
