import { padded, paint, width } from './paint.ts'

/** Text inside a line: bold, code, links, and the characters that Markdown makes us escape. */
const inline = (text: string): string =>
  text
    .replace(/<br\s*\/?>/g, ' ')
    .replace(/<[^>]+>/g, '')
    .replace(/\[([^\]]+)\]\([^)]*\)/g, '$1')
    .replace(/\*\*(.+?)\*\*/g, (_, bold: string) => paint('bold', bold))
    .replace(/(?<![\\*])\*([^*]+)\*/g, (_, slanted: string) => paint('italic', slanted))
    .replace(/`([^`]+)`/g, (_, code: string) => paint('cyan', code))
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .replace(/\\([\\`*_{}[\]()#+\-.!|<>])/g, '$1')
    .replace(/\u200B/g, '')

const cells = (line: string): string[] =>
  line
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map(cell => inline(cell.trim()))

const table = (lines: readonly string[]): string[] => {
  const rows = lines.filter(line => !/^\|[\s:|-]+\|$/.test(line)).map(cells)
  const columns = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => width(row[column] ?? ''))))
  return rows.map((row, index) => {
    const text = columns.map((size, column) => padded(row[column] ?? '', size)).join('  ')
    return index === 0 ? paint('dim', text) : text
  })
}

const BAR = 36

/** A gantt as bars. Lines look like `name :crit, 0, 310`, in milliseconds. */
const gantt = (lines: readonly string[]): string[] => {
  const tasks = lines.flatMap(line => {
    const [, name, critical, from, to] = /^\s*(.+?)\s*:(crit,\s*)?(\d+),\s*(\d+)$/.exec(line) ?? []
    return name ? [{ name, critical, from: Number(from), to: Number(to) }] : []
  })
  const end = Math.max(1, ...tasks.map(task => task.to))
  const names = Math.max(0, ...tasks.map(task => width(task.name)))
  return tasks.map(({ name, critical, from, to }) => {
    const start = Math.min(BAR - 1, Math.floor((from / end) * BAR))
    const length = Math.max(1, Math.round(((to - from) / end) * BAR))
    const bar = paint(critical ? 'red' : 'cyan', '━'.repeat(Math.min(length, BAR - start)))
    return `${padded(name, names)}  ${' '.repeat(start)}${bar}`
  })
}

const fenced = (language: string, lines: readonly string[]): string[] =>
  language === 'mermaid'
    ? gantt(lines)
    : lines.map(line => (line.startsWith('#') ? paint('dim', line) : paint('cyan', line)))

const ordinary = (line: string): string => {
  const heading = /^#{1,6}\s+(.*)/.exec(line)?.[1]
  if (heading !== undefined) return paint('bold', inline(heading))
  const alert = /^>\s*\[!(\w+)\]/.exec(line)?.[1]
  if (alert !== undefined) return paint('yellow', `│ ${alert.toLowerCase()}`)
  const quoted = /^>\s?(.*)/.exec(line)?.[1]
  if (quoted !== undefined) return `${paint('yellow', '│')} ${inline(quoted)}`
  return inline(
    line
      .replace(/^(\s*)- \[x\] /, '$1☑ ')
      .replace(/^(\s*)- \[ \] /, '$1☐ ')
      .replace(/^(\s*)- /, '$1• '),
  )
}

/**
 * A job summary as GitHub shows it, as far as a terminal can: tables aligned, the gantt as bars, and what is folded
 * stays folded.
 */
export const renderMarkdown = (markdown: string): string[] => {
  const lines = markdown.trim().split('\n')
  const shown: string[] = []
  const take = (goesOn: (line: string) => boolean): string[] => {
    const end = lines.findIndex(line => !goesOn(line))
    return lines.splice(0, end < 0 ? lines.length : end)
  }
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    if (line.startsWith('```')) {
      shown.push(
        ...fenced(
          line.slice(3).trim(),
          take(next => !next.startsWith('```')),
        ),
      )
      lines.shift()
    } else if (line.startsWith('|')) {
      shown.push(...table([line, ...take(next => next.startsWith('|'))]))
    } else if (line.startsWith('<details')) {
      const folded = [line, ...take(next => !next.includes('</details>')), lines.shift() ?? ''].join('\n')
      const title = /<summary>(.*?)<\/summary>/s.exec(folded)?.[1] ?? 'more'
      shown.push(paint('dim', `▸ ${inline(title)}`))
    } else shown.push(ordinary(line))
  }
  // Between things that are folded, and at the end, an empty line says nothing.
  return shown.filter((line, index) => line !== '' || !/^$|▸/.test(shown[index - 1] ?? ''))
}
