/** A workflow command as the runner understood it. */
export interface Command {
  /** Lower-case. */
  readonly name: string
  readonly properties: Readonly<Record<string, string>>
  readonly data: string
}

/** Everything that the runner listens to, besides the token that resumes after `stop-commands`. */
export const COMMANDS: ReadonlySet<string> = new Set([
  'add-mask',
  'add-matcher',
  'add-path',
  'debug',
  'echo',
  'endgroup',
  'error',
  'group',
  'notice',
  'remove-matcher',
  'save-state',
  'set-env',
  'set-output',
  'stop-commands',
  'warning',
])

type Escapes = readonly (readonly [string, string])[]

// `%25` is last, so that `%250A` becomes `%0A` and not a line end.
const DATA: Escapes = [
  ['%0D', '\r'],
  ['%0A', '\n'],
  ['%25', '%'],
]
const PROPERTY: Escapes = [['%3A', ':'], ['%2C', ','], ...DATA]
const OLD: Escapes = [['%3B', ';'], ['%5D', ']'], ...DATA]

const plainText = (text: string, escapes: Escapes): string =>
  escapes.reduce((soFar, [escaped, plain]) => soFar.replaceAll(escaped, plain), text)

/** `name key=value,key=value` → its parts, when the runner knows the name. */
const parseHead = (
  head: string,
  separator: ',' | ';',
  escapes: Escapes,
  known: ReadonlySet<string>,
): Omit<Command, 'data'> | undefined => {
  const space = head.indexOf(' ')
  const name = (space < 0 ? head : head.slice(0, space)).toLowerCase()
  if (!known.has(name)) return undefined
  const properties: Record<string, string> = {}
  const rest = space > 0 ? head.slice(space + 1) : ''
  for (const pair of (separator === ',' ? rest.trim() : rest).split(separator)) {
    const equals = pair.indexOf('=')
    if (equals > 0 && equals < pair.length - 1)
      properties[pair.slice(0, equals).toLowerCase()] = plainText(pair.slice(equals + 1), escapes)
  }
  return { name, properties }
}

/** `::name key=value::data`, which must start the line. */
const parseNew = (line: string, known: ReadonlySet<string>): Command | undefined => {
  const text = line.trimStart()
  if (!text.startsWith('::')) return undefined
  const end = text.indexOf('::', 2)
  if (end < 0) return undefined
  const head = parseHead(text.slice(2, end), ',', PROPERTY, known)
  return head && { ...head, data: plainText(text.slice(end + 2), DATA) }
}

/** `##[name key=value]data`, which is found anywhere in the line. */
const parseOld = (line: string, known: ReadonlySet<string>): Command | undefined => {
  const start = line.indexOf('##[')
  const end = start < 0 ? -1 : line.indexOf(']', start)
  if (end < 0) return undefined
  const head = parseHead(line.slice(start + 3, end), ';', OLD, known)
  return head && { ...head, data: plainText(line.slice(end + 1), OLD) }
}

/**
 * Reads one line of output the way of the runner's `ActionCommand.cs`.
 *
 * @param known lower-case names; a command of any other name is an ordinary line.
 */
export const parseCommand = (line: string, known: ReadonlySet<string>): Command | undefined =>
  parseNew(line, known) ?? parseOld(line, known)
