import { createHash } from 'node:crypto'
import { Refusal } from '../refusal.ts'
import { type HostPattern, hostPattern } from './host-pattern.ts'

/** The key of one line. */
export interface KnownKey {
  readonly type: string
  /** As it goes over the wire. */
  readonly key: Buffer
  readonly revoked: boolean
  /** 1-based. */
  readonly line: number
}

export interface KnownHosts {
  readonly entries: readonly { readonly stands: HostPattern; readonly known: KnownKey }[]
  /** Lines that were left out, and why. */
  readonly warnings: readonly { readonly line: number; readonly problem: string }[]
}

export type Judgement =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: 'unknown' }
  /** `known`: what is expected instead. */
  | { readonly ok: false; readonly reason: 'changed'; readonly known: readonly KnownKey[] }
  | { readonly ok: false; readonly reason: 'revoked'; readonly line: number }

/** There is no line in `known-hosts` by which any server could be recognised. */
export class BadKnownHosts extends Refusal {
  readonly code = 'RB-KNOWN-HOSTS'
}

/** `@cert-authority` asks for host certificates, which the SSH library does not have. */
export class CertAuthorityUnsupported extends Refusal {
  readonly code = 'RB-KNOWN-HOSTS-CA'
}

const TYPES = new Set([
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
])

/**
 * Reads text in known_hosts format (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). Lines that cannot be read become warnings.
 *
 * @param file where the text comes from; undefined for the input.
 * @throws CertAuthorityUnsupported, or BadKnownHosts when no usable line is left.
 */
export function parseKnownHosts(text: string, file?: string): KnownHosts {
  const entries: KnownHosts['entries'][number][] = []
  const warnings: KnownHosts['warnings'][number][] = []
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const line = index + 1
    const content = raw.trim()
    if (content === '' || content.startsWith('#')) continue
    const entry = readLine(content, line)
    if (typeof entry === 'string') warnings.push({ line, problem: entry })
    else entries.push(entry)
  }
  if (entries.length === 0) throw nothingUsable(warnings, file)
  return { entries, warnings }
}

function readLine(content: string, line: number): KnownHosts['entries'][number] | string {
  const fields = content.split(/[ \t]+/)
  const marker = content.startsWith('@') ? fields.shift() : undefined
  if (marker === '@cert-authority') throw certAuthority(line)
  if (marker !== undefined && marker !== '@revoked') return 'the marker is not one that is known (@revoked)'

  const [hosts = '', type = '', base64 = ''] = fields
  if (/^(SHA256|MD5):/i.test(hosts)) return 'a fingerprint is not enough, the whole line is needed'
  if (TYPES.has(hosts)) return 'the host is missing in front of the type of the key'
  if (/^\d+$/.test(type)) return 'keys of SSH version 1 are not used any more'
  if (!TYPES.has(type)) return 'the type of the key is missing or not supported'
  const stands = hostPattern(hosts)
  if (stands === undefined) return 'the host cannot be read'
  const key = /^[A-Za-z0-9+/]+={0,2}$/.test(base64) ? Buffer.from(base64, 'base64') : undefined
  if (key === undefined || keyType(key) !== type || !isWhole(key)) return 'the key is damaged or incomplete'
  return { stands, known: { type, key, revoked: marker !== undefined, line } }
}

/** The type that a key in wire format gives itself, or `unknown`. */
export function keyType(key: Buffer): string {
  const length = key.length >= 4 ? key.readUInt32BE(0) : 0
  const type = key.toString('latin1', 4, 4 + length)
  // A server says what it likes here, and it ends up in a message.
  return length <= 64 && type.length === length && /^[a-z0-9@.-]+$/.test(type) ? type : 'unknown'
}

/** Every field announces its length; a key that lost its end while it was copied does not come out even. */
function isWhole(key: Buffer): boolean {
  let at = 0
  while (at + 4 <= key.length) at += 4 + key.readUInt32BE(at)
  return at === key.length
}

/** How a host is written in known_hosts. */
export function knownHostsName(host: string, port: number): string {
  return port === 22 ? host : `[${host}]:${port}`
}

/** The keys by which a host may prove itself: those for this very port, else, as ssh does, those for its bare name. */
export function keysFor(known: KnownHosts, host: string, port: number): readonly KnownKey[] {
  const { exact, bare } = linesFor(known, host, port)
  const usable = (keys: readonly KnownKey[]) => keys.filter(key => !key.revoked)
  return usable(exact).length > 0 ? usable(exact) : usable(bare)
}

/** Whether a server that shows `key` is the one that known_hosts means. */
export function judge(known: KnownHosts, host: string, port: number, key: Buffer): Judgement {
  const { exact, bare } = linesFor(known, host, port)
  const revoked = [...exact, ...bare].find(entry => entry.revoked && entry.key.equals(key))
  if (revoked !== undefined) return { ok: false, reason: 'revoked', line: revoked.line }
  if (keysFor(known, host, port).some(entry => entry.key.equals(key))) return { ok: true }
  const expected = exact.filter(entry => !entry.revoked)
  return expected.length > 0
    ? { ok: false, reason: 'changed', known: expected }
    : { ok: false, reason: 'unknown' }
}

function linesFor(known: KnownHosts, host: string, port: number) {
  const withPort = `[${host}]:${port}`
  const exact: KnownKey[] = []
  const bare: KnownKey[] = []
  for (const { stands, known: key } of known.entries) {
    if (stands(withPort) || (port === 22 && stands(host))) exact.push(key)
    else if (port !== 22 && stands(host)) bare.push(key)
  }
  return { exact, bare }
}

/** As `ssh-keygen -l` prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
}

function nothingUsable(warnings: KnownHosts['warnings'], file: string | undefined): BadKnownHosts {
  const there = file ?? '`known-hosts`'
  const why = warnings.slice(0, 5).map(({ line, problem }) => ` Line ${line}: ${problem}.`)
  const more = warnings.length > 5 ? ` And ${warnings.length - 5} more lines.` : ''
  const message =
    warnings.length === 0
      ? `${there} is ${file === undefined ? '' : 'not there, or '}empty, so no server can be recognised.`
      : `${there} has no usable line, so no server can be recognised.${why.join('')}${more}`
  return new BadKnownHosts(`${message} Nothing was changed.`, [
    'On a machine that knows the server already, print its lines with: `ssh-keygen -F ADDRESS` (or `-F "[ADDRESS]:PORT"`)',
    `Put them into ${there}, each as "host type key"${file === undefined ? '' : ', or name another file with `--known-hosts-file`'}.`,
  ])
}

function certAuthority(line: number): CertAuthorityUnsupported {
  return new CertAuthorityUnsupported(
    `\`known-hosts\` line ${line}: @cert-authority is not supported, host certificates cannot be checked. Nothing was changed.`,
    [
      "Give each server's own key instead: on the server, cat /etc/ssh/ssh_host_ed25519_key.pub",
      'Take the @cert-authority line out.',
    ],
  )
}
