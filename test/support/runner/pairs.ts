/** What a file of keys and values said, up to the first mistake. */
export interface Pairs {
  readonly pairs: readonly (readonly [key: string, value: string])[]
  /** The runner's own words; the step fails with them. */
  readonly error: string | undefined
}

interface Line {
  readonly text: string
  /** False for a last line that nothing ends. */
  readonly ended: boolean
}

/** Only `\n` separates, also inside values: a `\r` stays where it is. */
const toLines = (text: string): Line[] => {
  const lines = text.split('\n').map((line, index, all) => ({ text: line, ended: index < all.length - 1 }))
  return lines.at(-1)?.text === '' ? lines.slice(0, -1) : lines
}

/**
 * Reads `GITHUB_OUTPUT`, `GITHUB_STATE` or `GITHUB_ENV` by the grammar of the runner's `FileCommandManager.cs`:
 * `key=value`, or `key<<DELIMITER`, lines, `DELIMITER`. What stood before a mistake counts.
 */
export const parsePairs = (text: string): Pairs => {
  const pairs: [string, string][] = []
  const lines = toLines(text)
  const failed = (error: string): Pairs => ({ pairs, error })
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index]?.text ?? ''
    if (line === '') continue
    const equals = line.indexOf('=')
    const heredoc = line.indexOf('<<')
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      pairs.push([line.slice(0, equals), line.slice(equals + 1)])
      continue
    }
    if (heredoc < 0) return failed(`Invalid format '${line}'`)
    const key = line.slice(0, heredoc)
    const delimiter = line.slice(heredoc + 2)
    if (key === '' || delimiter === '')
      return failed(`Invalid format '${line}'. Name must not be empty and delimiter must not be empty`)
    const value: string[] = []
    for (;;) {
      index++
      const next = lines[index]
      if (!next) return failed(`Invalid value. Matching delimiter not found '${delimiter}'`)
      if (next.text === delimiter) break
      if (!next.ended) return failed('Invalid value. EOF marker missing new line.')
      value.push(next.text)
    }
    pairs.push([key, value.join('\n')])
  }
  return { pairs, error: undefined }
}
