/** One directive of an nginx configuration, with those inside its braces. */
export interface Directive {
  readonly words: readonly string[]
  readonly file: string
  readonly line: number
  readonly block: readonly Directive[]
}

export interface ConfigLine {
  readonly number: number
  readonly text: string
}

/** A name or value, a quoted one, a mark of structure, or a comment. */
const TOKEN =
  /"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?|[{};]|#.*|(?:\\.|\$\{[^}]*\}|[^\s{};"'#\\])(?:\\.|\$\{[^}]*\}|[^\s{};\\])*/g

/** Reads one file; what does not end is left out. Never throws. */
export function readConfig(file: string, lines: readonly ConfigLine[]): Directive[] {
  const top: Directive[] = []
  const open: Directive[][] = [top]
  let words: string[] = []
  let began = 0
  for (const { number, text } of lines) {
    for (const [token] of text.matchAll(TOKEN)) {
      if (token.startsWith('#')) continue
      if (token === '}') {
        if (open.length > 1) open.pop()
        words = []
      } else if (token === ';' || token === '{') {
        const block: Directive[] = []
        if (words.length > 0 || token === '{')
          open.at(-1)?.push({ words, file, line: began || number, block })
        if (token === '{') open.push(block)
        words = []
      } else {
        if (words.length === 0) began = number
        words.push(/^["']/.test(token) ? token.slice(1).replace(/["']$/, '') : token)
      }
    }
  }
  return top
}
