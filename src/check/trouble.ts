import { ForbiddenAddress } from './address.ts'
import type { NoAnswer, Trouble } from './answer.ts'

// https://nodejs.org/api/errors.html#common-system-errors and https://nodejs.org/api/tls.html#x509-certificate-error-codes
const KNOWN: Readonly<Record<string, readonly [Trouble, string]>> = {
  ENOTFOUND: ['resolve', 'the name does not resolve'],
  EAI_AGAIN: ['resolve', 'the name server does not answer'],
  ECONNREFUSED: ['connect', 'connection refused'],
  EHOSTUNREACH: ['connect', 'host unreachable'],
  ENETUNREACH: ['connect', 'network unreachable'],
  ETIMEDOUT: ['connect', 'no reply to the connection attempt'],
  ECONNRESET: ['cut-off', 'connection closed before the end of the answer'],
  EPIPE: ['cut-off', 'connection closed before the end of the answer'],
  // Those of `fetch`.
  UND_ERR_SOCKET: ['cut-off', 'connection closed before the end of the answer'],
  UND_ERR_CONNECT_TIMEOUT: ['connect', 'no reply to the connection attempt'],
  CERT_HAS_EXPIRED: ['tls', 'TLS certificate expired'],
  CERT_NOT_YET_VALID: ['tls', 'TLS certificate not valid yet (is a clock wrong?)'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['tls', 'TLS certificate is for another name (wrong name)'],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['tls', 'TLS certificate is self-signed'],
  SELF_SIGNED_CERT_IN_CHAIN: [
    'tls',
    'TLS certificate comes from an authority that is self-signed and not trusted',
  ],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['tls', 'TLS certificate chain is incomplete'],
  UNABLE_TO_GET_ISSUER_CERT: ['tls', 'TLS certificate chain is incomplete'],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['tls', 'TLS certificate comes from an authority that is not trusted'],
  CERT_REVOKED: ['tls', 'TLS certificate revoked'],
  EPROTO: ['tls', 'TLS handshake failed'],
  HPE_HEADER_OVERFLOW: ['protocol', 'the headers of the answer are too long'],
  ERR_STREAM_PREMATURE_CLOSE: ['cut-off', 'connection closed before the end of the answer'],
  ERR_INVALID_CHAR: ['not-sent', 'a request header has a character that headers cannot have'],
  ERR_INVALID_HTTP_TOKEN: ['not-sent', 'a request header has a name that headers cannot have'],
  ERR_UNESCAPED_CHARACTERS: ['not-sent', 'the path has a character that paths cannot have'],
}

// Families of codes that mean one thing to a person: OpenSSL's, the HTTP parser's, zlib's.
const FAMILIES: readonly (readonly [string, Trouble, string])[] = [
  ['ERR_SSL_', 'tls', 'TLS handshake failed'],
  ['HPE_', 'protocol', 'the answer is not HTTP'],
  ['Z_', 'protocol', 'the compressed body is damaged'],
  ['ERR_BROTLI', 'protocol', 'the compressed body is damaged'],
  ['ERR__ERROR_', 'protocol', 'the compressed body is damaged'],
]

/** Puts an error of a socket, TLS, the HTTP parser or zlib into words, by its code; its message is never shown. */
export function troubleOf(error: unknown): NoAnswer {
  if (error instanceof ForbiddenAddress) {
    return {
      trouble: 'not-sent',
      error: 'the name leads to the metadata service of a cloud, which is never asked',
    }
  }
  const code = codeOf(error)
  const known = Object.hasOwn(KNOWN, code) ? KNOWN[code] : undefined
  if (known) return { trouble: known[0], error: `${known[1]}${placeOf(error)}` }
  const family = FAMILIES.find(([start]) => code.startsWith(start))
  if (family) return { trouble: family[1], error: `${family[2]} (${code})` }
  return { trouble: 'protocol', error: `the probe failed (${code === '' ? 'no code' : code})` }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** ` by 10.0.0.5:443`; with several addresses, the first that was tried. */
function placeOf(error: unknown): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error
  if (!(first instanceof Error) || codeOf(first) !== 'ECONNREFUSED') return ''
  if (!('address' in first) || typeof first.address !== 'string' || !('port' in first)) return ''
  const address = first.address.includes(':') ? `[${first.address}]` : first.address
  return ` by ${address}:${first.port}`
}
