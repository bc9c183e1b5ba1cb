/** One word of SQL, as far as a migration has to be read: comments and blanks are gone, strings are whole. */
export type SqlToken =
  /** Lower case; what it stands for as a name is in `name`. */
  | { readonly kind: 'word'; readonly text: string; readonly name: string }
  /** A name in quotes, without them. */
  | { readonly kind: 'name'; readonly text: string; readonly name: string }
  | { readonly kind: 'string' | 'mark'; readonly text: string; readonly name: undefined }

// Each alternative begins with another character than the others, or is tried in this order. `$` is the end of the text:
// what is cut off there ends there.
const PATTERN = new RegExp(
  [
    '(?<blank>\\s+|--[^\\n]*|#[^\\n]*|/\\*[^]*?(?:\\*/|$))',
    "(?<string>'[^']*(?:''[^']*)*(?:'|$)|\\$(?<tag>\\w*)\\$[^]*?(?:\\$\\k<tag>\\$|$))",
    '"(?<double>[^"]*)(?:"|$)',
    '`(?<tick>[^`]*)(?:`|$)',
    '(?<word>[A-Za-z0-9_\\u0080-\\uffff]+)',
    '[^]',
  ].join('|'),
  'y',
)

/** More than any migration is long. */
const MOST = 100_000

/** Reads SQL of any of the databases. Never throws: what is none becomes words and marks, and says nothing. */
export function sqlTokens(source: string): readonly SqlToken[] {
  const text = source.slice(0, MOST)
  const pattern = new RegExp(PATTERN)
  const tokens: SqlToken[] = []
  for (let found = pattern.exec(text); found !== null && found[0] !== ''; found = pattern.exec(text)) {
    const { blank, string, double, tick, word } = found.groups ?? {}
    const quoted = double ?? tick
    if (blank !== undefined) continue
    if (quoted !== undefined) tokens.push({ kind: 'name', text: quoted, name: quoted })
    else if (word !== undefined) tokens.push({ kind: 'word', text: word.toLowerCase(), name: word })
    else tokens.push({ kind: string === undefined ? 'mark' : 'string', text: found[0], name: undefined })
  }
  return tokens
}

/** The statements of a text; the last one is empty when the text ends with a semicolon, as it should. */
export const statementsOf = (tokens: readonly SqlToken[]): readonly (readonly SqlToken[])[] =>
  splitAt(tokens, ';')

/** Parts between marks that stand in no brackets. */
export function splitAt(tokens: readonly SqlToken[], mark: string): readonly (readonly SqlToken[])[] {
  const parts: SqlToken[][] = []
  let part: SqlToken[] = []
  let depth = 0
  for (const token of tokens) {
    if (token.kind === 'mark' && token.text === '(') depth++
    if (token.kind === 'mark' && token.text === ')') depth = Math.max(0, depth - 1)
    // A semicolon ends a statement even when a bracket was never closed.
    if (token.kind === 'mark' && token.text === mark && (depth === 0 || mark === ';')) {
      parts.push(part)
      part = []
      depth = 0
    } else part.push(token)
  }
  return [...parts, part]
}
