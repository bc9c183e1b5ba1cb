import { renderMarkdown } from './markdown.ts'
import { paint, wrapped } from './paint.ts'

/** How the story is told. Everything goes to stdout, line by line as it happens. */
export interface Terminal {
  title(text: string): void
  /** Begins the next part of the story. */
  chapter(text: string): void
  say(text: string): void
  /** One line of a workflow file. */
  code(text: string): void
  /** One line of the job log, in the runner's format. */
  log(line: string): void
  markdown(text: string): void
  request(what: string, status: number, body: string): void
  /** Something that the demo has looked at itself. */
  seen(isTrue: boolean, text: string): void
}

const EDGE = paint('dim', '   │ ')

/** `##[group]x` and its kind, as GitHub's page shows them; undefined for what it hides. */
const logLine = (line: string): string | undefined => {
  const [, name, rest = ''] = /^##\[(\w+)\](.*)/s.exec(line) ?? []
  switch (name) {
    case 'group':
      return paint('bold', `▾ ${rest}`)
    case 'endgroup':
    case 'debug':
      return undefined
    case 'error':
      return paint('red', `✗ ${rest}`)
    case 'warning':
      return paint('yellow', `! ${rest}`)
    case 'notice':
      return paint('cyan', rest)
    default:
      return line.replace('✓', paint('green', '✓')).replace('✗', paint('red', '✗'))
  }
}

export const openTerminal = (write = (line: string): void => console.log(line)): Terminal => {
  let chapters = 0
  let indent = ''
  const columns = (process.stdout.columns ?? Infinity) - 6
  const framed = (text: string): void => {
    for (const line of wrapped(text, columns - indent.length)) write(EDGE + indent + line)
  }
  return {
    title: text => write(`\n${paint('bold', text)}`),
    chapter(text) {
      chapters++
      write(`\n${paint(['bold', 'cyan'], `${chapters}`)}  ${paint('bold', text)}\n`)
    },
    say: text => write(`   ${text}`),
    code: text => write(`   ${paint('cyan', text)}`),
    log(line) {
      const text = logLine(line)
      if (/^##\[(end)?group\]/.test(line)) indent = ''
      if (text !== undefined) framed(text)
      if (line.startsWith('##[group]')) indent = '  '
    },
    markdown(text) {
      indent = ''
      for (const line of renderMarkdown(text)) framed(line)
    },
    request(what, status, body) {
      const colour = status < 400 ? 'green' : 'red'
      write(`   GET ${what.padEnd(9)} ${paint([colour, 'bold'], String(status))}  ${paint('dim', body)}`)
    },
    seen: (isTrue, text) => write(`   ${isTrue ? paint('green', '✓') : paint('red', '✗')} ${text}`),
  }
}
