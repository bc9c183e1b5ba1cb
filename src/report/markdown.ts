import { count } from './amounts.ts'
import { neutralise, neutraliseTitle } from './neutralise.ts'

/*
 * The one place where a stranger's text becomes Markdown. `@actions/core` escapes nothing in a summary. Numeric
 * entities are used rather than backslashes because they mean the same inside HTML blocks (`<summary>`), where
 * backslashes would be shown. GitHub finds mentions, issue numbers and addresses in the finished page, after every
 * escape is undone, so those are broken with a zero-width space, as Renovate and Dependabot do.
 */

const MARKUP = /[&<>"'`*_[\]{}|\\~$]/g
const BREAK = '&#8203;'

const entity = (character: string): string => `&#${character.codePointAt(0)};`

const escapeMarkup = (line: string): string =>
  line
    .replace(MARKUP, entity)
    .replace(/^(\s*)([#+\-=:])/, (_, space: string, mark: string) => `${space}${entity(mark)}`)
    .replace(/^(\s*\d+)([.)])/, (_, number: string, mark: string) => `${number}${entity(mark)}`)
    .replace(/@(?=\S)/g, `@${BREAK}`)
    .replace(/(?<!&)#(?=\w)/g, `#${BREAK}`)
    .replace(/\b(GH)-(?=\d)/gi, `$1${BREAK}-`)
    .replace(/:(?=\/\/)/g, `:${BREAK}`)
    .replace(/\b(mailto|xmpp):/gi, `$1${BREAK}:`)
    .replace(/\b(www)\./gi, `$1${BREAK}.`)

/** One line of plain words, shown exactly as they are: nothing in it links, mentions, formats or ends a table cell. */
export const text = (value: string, width = 500): string => escapeMarkup(neutraliseTitle(value, width))

/** Inline code. A bar would end a table cell even in backticks, so a value with one is written as HTML. */
export function code(value: string, width = 500): string {
  const line = neutraliseTitle(value, width)
  if (line === '') return ''
  if (line.includes('|')) return `<code>${escapeMarkup(line)}</code>`
  const ticks = '`'.repeat(longestRun(line) + 1)
  const pad = /^[` ]|[` ]$/.test(line) ? ' ' : ''
  return `${ticks}${pad}${line}${pad}${ticks}`
}

/** A sentence of ours in which single backticks mark names and commands: those become inline code, the rest words. */
export function prose(sentence: string, width = 2000): string {
  const parts = neutraliseTitle(sentence, width).split('`')
  // An odd backtick isn't a pair: the last one is shown as it is.
  const tail = parts.length % 2 === 0 ? `&#96;${escapeMarkup(parts.pop() ?? '')}` : ''
  const shown = parts.map((part, at) => (at % 2 === 1 ? code(part, width) : escapeMarkup(part)))
  return shown.join('') + tail
}

/** A fenced block, at most the last 200 lines, that nothing in them can close. `language` is ours, never a stranger's. */
export function fence(lines: readonly string[], language = '', width = 500): string {
  const safe = neutralise(lines.join('\n'), { lines: 200, width })
  const longest = safe.reduce((most, line) => Math.max(most, longestRun(line)), 0)
  const ticks = '`'.repeat(Math.max(3, longest + 1))
  return [`${ticks}${language}`, ...safe, ticks].join('\n')
}

/** A table whose cells are Markdown already; every row is filled or cut to the width of the head. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${head.map((_, at) => cells[at] ?? '').join(' | ')} |`
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}

/** A folded part of the page; `title` is plain words, `body` is Markdown. */
export const details = (title: string, body: string): string =>
  `<details><summary>${text(title)}</summary>\n\n${body}\n\n</details>`

/** A coloured box; each entry of `lines` is Markdown and one paragraph. */
export const alert = (kind: 'NOTE' | 'WARNING' | 'CAUTION', lines: readonly string[]): string =>
  [`> [!${kind}]`, ...lines.flatMap((line, at) => (at === 0 ? [`> ${line}`] : ['>', `> ${line}`]))].join('\n')

/** The first blocks, so that what fifty hosts printed doesn't push out everything else. */
export function asManyAsFit<T>(all: readonly T[], block: (each: T) => string): string {
  const shown: string[] = []
  let left = 128 * 1024
  for (const each of all) {
    const written = block(each)
    left -= Buffer.byteLength(written)
    if (left < 0) break
    shown.push(written)
  }
  const rest = all.length - shown.length
  if (rest > 0) shown.push(`… and what ${count(rest, 'more command')} printed, in the record.`)
  return shown.join('\n\n')
}

export const list = (items: readonly string[]): string => items.map(item => `- ${item}`).join('\n')

const longestRun = (line: string): number =>
  (line.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 0)
