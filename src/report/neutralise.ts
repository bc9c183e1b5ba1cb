import { visible } from './visible.ts'

/** How much of a text is let through. */
export interface Limits {
  /** Lines; the last ones are kept, because that is where a failing program says why. */
  readonly lines?: number
  /** Characters of one line. */
  readonly width?: number
}

const ESC = '\u001b'
const BEL = '\u0007'
const ST = `(?:${BEL}|${ESC}\\\\|\u009c)`

// ECMA-48: first the strings that end with ST (titles, links, device control), then CSI, then short escapes.
const ESCAPES = new RegExp(
  [
    `(?:${ESC}[\\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^${ESC}${BEL}\u009c]*${ST}`,
    `(?:${ESC}\\[|\u009b)[0-?]*[ -/]*[@-~]`,
    `${ESC}[ -/]*[0-~]`,
  ].join('|'),
  'gu',
)
const CONTROLS = /\p{Cc}/gu
const UNSHOWN = /[^\P{Cc}\t]/gu
const CUT = ' … (line cut)'

/**
 * Makes text from a host or a person safe for a log: one string per line, without escape sequences and control
 * characters, with hidden characters shown, and unable to be a command for the GitHub runner. The runner reads
 * `::name::` at the start of a line and `##[name]` anywhere in it, and ends a line at a lone carriage return too
 * (ActionCommand.cs), so the caller's visible prefix alone would not be enough.
 *
 * Applying it twice changes nothing more.
 */
export function neutralise(text: string, limits: Limits = {}): string[] {
  const most = limits.lines ?? 200
  const width = limits.width ?? 1000
  const lines = text.split(/\r\n|\r|\n/)
  if (lines.at(-1) === '') lines.pop()
  const kept = lines.length > most ? lines.slice(lines.length - most + 1) : lines
  const safe = kept.map(line => neutraliseLine(line, width))
  if (kept.length < lines.length) {
    const dropped = (lines.length - kept.length).toLocaleString('en')
    return [`… ${dropped} earlier lines not shown`, ...safe]
  }
  return safe
}

/** The same for text that belongs on one line: a title, a name. Line ends are shown as `⏎`. */
export function neutraliseTitle(text: string, width = 200): string {
  return neutraliseLine(text.trim().replace(/\s*[\r\n]+\s*/g, ' ⏎ '), width)
}

/** The same text, line by line, without what a terminal obeys and does not show. */
export const withoutEscapes = (text: string): string =>
  text
    .split(/(\r\n|\r|\n)/)
    .map((line, at) => (at % 2 === 1 ? line : line.replace(ESCAPES, '').replace(UNSHOWN, '')))
    .join('')

function neutraliseLine(raw: string, width: number): string {
  // What is cut off anyway isn't worth a pass of the patterns below: a host may send a line of many megabytes.
  const plain = raw
    .slice(0, width * 16)
    .replace(ESCAPES, '')
    .replaceAll('\t', '  ')
    .replace(CONTROLS, '')
  const line = visible(plain)
    .replace(/##(?=\[)/g, '## ')
    .replace(/^(\s*):(?=:)/, '$1: ')
  if (line.length <= width && raw.length <= width * 16) return line
  return `${line.slice(0, Math.max(0, width - CUT.length)).toWellFormed()}${CUT}`
}
