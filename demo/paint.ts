import { styleText } from 'node:util'

type Format = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan' | 'italic'

/** Colours text when the terminal wants colours (`NO_COLOR` and `FORCE_COLOR` are heard). */
export const paint = (format: Format | readonly Format[], text: string): string =>
  styleText(typeof format === 'string' ? format : [...format], text, { stream: process.stdout })

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is to be taken away
const COLOURS = /\u001b\[[0-9;]*m/g

/** How many columns a text takes. */
export const width = (text: string): number => {
  let columns = 0
  for (const { segment } of new Intl.Segmenter().segment(text.replace(COLOURS, '')))
    columns += /\p{Emoji_Presentation}|\uFE0F/u.test(segment) ? 2 : 1
  return columns
}

export const padded = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(0, columns - width(text)))

/** Breaks a text at its spaces into lines of at most `columns`, where it can. */
export const wrapped = (text: string, columns: number): string[] => {
  if (width(text) <= columns) return [text]
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && width(longer) > columns) {
      lines.push(line)
      line = word
    } else line = longer
  }
  return [...lines, line]
}
