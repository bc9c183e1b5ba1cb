import type { Path } from './problem.ts'

const SENSITIVE = /pass|secret|token|webhook|credential|private|^env$/i
const KEY_LIKE =
  /-----BEGIN|\b(gh[pousr]_\w{20}|github_pat_\w{20}|AKIA[A-Z0-9]{12}|xox[abp]-\d|sk-\w{20}|glpat-\w{10})/

/** Whether a text is, or has in it, a private key or a token of a well-known form. */
export const isKeyLike = (text: string): boolean => KEY_LIKE.test(text)

/** Whether what stands under this path may be a secret. */
export const isSensitive = (path: Path): boolean =>
  path.some(part => typeof part === 'string' && SENSITIVE.test(part))

/**
 * What was given, as it can be shown: short, on one line, with invisible characters spelled out, and without anything
 * that is or could be a secret.
 *
 * @param written the text of the file, where it differs from the value (`012`).
 */
export function shownGiven(value: unknown, path: Path = [], written?: string): string {
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object') return 'a map'
  if (isSensitive(path)) return 'a value (not shown)'
  if (typeof value !== 'string') return written ?? String(value)
  if (isKeyLike(value)) return 'a key (not shown)'
  return quoted(withoutCredentials(value))
}

/** `https://user:password@host/?token=x` without what could be a secret. */
function withoutCredentials(text: string): string {
  return text
    .replace(/\/\/\S*@/g, '//***@')
    .replace(/^[^@\s/:]*:(?!\/\/)[^@\s]*@/, '***@')
    .replace(/([?&][^=&\s]+=)[^&\s]*/g, '$1…')
}

function quoted(text: string): string {
  const short = text.length > 80 ? `${text.slice(0, 79)}…` : text
  return JSON.stringify(short.toWellFormed()).replace(
    /[^\x20-\x7e…]/gu,
    character => `\\u{${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`,
  )
}
