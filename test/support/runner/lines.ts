/** Takes pieces of text and hands on whole lines. */
export interface Lines {
  push(piece: string): void
  /** Hands on what is left when the stream has ended without a line end. */
  end(): void
}

/** Cuts text where .NET's `ReadLine` cuts it: at `\n`, at `\r\n` and at a lone `\r`. */
export const readLines = (line: (text: string) => void): Lines => {
  let rest = ''
  const cut = (final: boolean): void => {
    let start = 0
    for (const match of rest.matchAll(/\r\n|\r|\n/g)) {
      // A `\r` at the end of a piece may be the first half of `\r\n`.
      if (match[0] === '\r' && match.index === rest.length - 1 && !final) break
      line(rest.slice(start, match.index))
      start = match.index + match[0].length
    }
    rest = rest.slice(start)
  }
  return {
    push(piece) {
      rest += piece
      cut(false)
    },
    end() {
      cut(true)
      if (rest !== '') line(rest)
      rest = ''
    },
  }
}
