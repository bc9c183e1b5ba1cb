/** One word of PHP, as far as a migration has to be read: comments and blanks are gone, strings are whole. */
export type Token =
  | { readonly kind: 'word' | 'variable' | 'mark'; readonly text: string }
  /** `plain` is false when something is computed into it, so that its value is not known from the file. */
  | { readonly kind: 'string'; readonly text: string; readonly plain: boolean }

// Each alternative begins with another character than the others, or is tried in this order. `$` is the end of the text:
// what is cut off there ends there.
const PATTERN = new RegExp(
  [
    '(?<blank>\\s+|//[^\\n]*|#(?!\\[)[^\\n]*|/\\*[^]*?(?:\\*/|$))',
    '<<<[ \\t]*(?<mark>["\']?)(?<label>[A-Za-z_]\\w*)\\k<mark>\\r?\\n(?<here>[^]*?)(?:(?<=\\n)[ \\t]{0,80}\\k<label>(?!\\w)|$)',
    "'(?<single>[^'\\\\]*(?:\\\\[^][^'\\\\]*)*)(?:'|\\\\?$)",
    '"(?<double>[^"\\\\]*(?:\\\\[^][^"\\\\]*)*)(?:"|\\\\?$)',
    '`[^`]*(?:`|$)',
    '(?<variable>\\$[A-Za-z_]\\w*)',
    '(?<word>[\\\\A-Za-z0-9_\\u0080-\\uffff]+)',
    '\\?->|->|::|=>|[^]',
  ].join('|'),
  'y',
)

/** More than any migration is long. */
const MOST = 100_000

/** Reads PHP. Never throws: what is no PHP becomes words and marks of some kind, and says nothing to who reads them. */
export function phpTokens(source: string): readonly Token[] {
  const text = source.slice(0, MOST).replace(/^.*?<\?(php|=)?/s, '')
  const pattern = new RegExp(PATTERN)
  const tokens: Token[] = []
  for (let found = pattern.exec(text); found !== null && found[0] !== ''; found = pattern.exec(text)) {
    const token = tokenOf(found[0], found.groups ?? {})
    if (token !== undefined) tokens.push(token)
  }
  return tokens
}

function tokenOf(text: string, groups: Readonly<Record<string, string | undefined>>): Token | undefined {
  const { blank, here, single, double, variable, word } = groups
  if (blank !== undefined) return undefined
  if (single !== undefined) return { kind: 'string', text: single.replace(/\\(['\\])/g, '$1'), plain: true }
  if (double !== undefined)
    return { kind: 'string', text: double.replace(/\\(.)/gs, '$1'), plain: !/\$[\w{]|\{\$/.test(double) }
  if (here !== undefined || text.startsWith('`')) return { kind: 'string', text: here ?? '', plain: false }
  if (variable !== undefined) return { kind: 'variable', text: variable }
  return { kind: word === undefined ? 'mark' : 'word', text }
}

const CLOSES: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

/** Where the bracket at `open` is closed; the number of tokens when it never is. */
export function closing(tokens: readonly Token[], open: number): number {
  const awaited: string[] = []
  for (let at = open; at < tokens.length; at++) {
    const token = tokens[at]
    if (token?.kind !== 'mark') continue
    const closes = CLOSES[token.text]
    if (closes !== undefined) awaited.push(closes)
    else if (token.text === awaited.at(-1)) awaited.pop()
    if (awaited.length === 0) return at
  }
  return tokens.length
}

export const isMark = (token: Token | undefined, ...texts: readonly string[]): boolean =>
  token?.kind === 'mark' && texts.includes(token.text)
