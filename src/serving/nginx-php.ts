import { readFactLine } from '../release/fact-line.ts'
import { type ConfigLine, type Directive, readConfig } from './nginx-config.ts'

/** A place that hands PHP a path through the link: what PHP keeps under that path outlives the switch. */
export interface LinkForPhp {
  readonly file: string
  readonly line: number
  readonly parameter: string
}

const LINE = /^(\/[^:]+):(\d{1,6}):(.*)$/s
const PATHS = ['SCRIPT_FILENAME', 'DOCUMENT_ROOT']
const MOST = { lines: 5000, directives: 20_000, compared: 50_000, depth: 20, found: 10 }

/** The files of the configuration, by path, from what `nginx.sh` printed. */
export function readNginxFiles(lines: readonly string[]): ReadonlyMap<string, readonly ConfigLine[]> {
  const files = new Map<string, ConfigLine[]>()
  for (const line of lines.slice(0, MOST.lines)) {
    const { word, text } = readFactLine(line)
    const [, file, number, rest = ''] = (word === 'nginx' ? LINE.exec(text) : undefined) ?? []
    if (file === undefined) continue
    const known = files.get(file) ?? []
    known.push({ number: Number(number), text: rest })
    files.set(file, known)
  }
  return files
}

/**
 * Where the configuration passes `$document_root`, or a path that names the link, to PHP for what lies behind `link`.
 * Includes are followed as nginx does. What it can't make out, such as a root that is a variable, it says nothing of.
 */
export function linksForPhp(
  files: ReadonlyMap<string, readonly ConfigLine[]>,
  folder: string,
  link: string,
): LinkForPhp[] {
  const found = new Map<string, LinkForPhp>()
  let left = MOST.directives
  let comparisons = MOST.compared
  const known = new Map<string, readonly Directive[]>()
  const resolved = new Map<string, readonly string[]>()
  const whole = expanded(read(`${folder}/nginx.conf`), 0)
  walk(whole, { root: '', parameters: new Map() }, 0)
  return [...found.values()].slice(0, MOST.found)

  /** Each file is read once, however often it is included. */
  function read(file: string): readonly Directive[] {
    const read = known.get(file) ?? readConfig(file, files.get(file) ?? [])
    known.set(file, read)
    return read
  }

  /** The files that a pattern names. Each is looked for once, and all together only so often: a host made them up. */
  function filesOf(pattern: string): readonly string[] {
    const before = resolved.get(pattern)
    if (before !== undefined) return before
    if (!pattern.includes('*')) return files.has(pattern) ? [pattern] : []
    comparisons -= files.size
    const found = comparisons < 0 ? [] : [...files.keys()].filter(file => matches(pattern, file)).sort()
    resolved.set(pattern, found)
    return found
  }

  function expanded(directives: readonly Directive[], depth: number): Directive[] {
    return directives.flatMap(directive => {
      left -= 1
      if (left < 0 || depth > MOST.depth) return []
      const [word, pattern] = directive.words
      if (word !== 'include' || pattern === undefined)
        return [{ ...directive, block: expanded(directive.block, depth + 1) }]
      const path = pattern.startsWith('/') ? pattern : `${folder}/${pattern}`
      return filesOf(path).flatMap(file => expanded(read(file), depth + 1))
    })
  }

  function walk(level: readonly Directive[], outer: Level, depth: number): void {
    if (depth > MOST.depth) return
    const root = level.findLast(({ words }) => words[0] === 'root')?.words[1] ?? outer.root
    const own = level.filter(({ words }) => words[0] === 'fastcgi_param')
    // A level that passes anything of its own inherits nothing.
    // The last of several of one name is the one that PHP sees.
    const parameters =
      own.length > 0 ? new Map(own.map(each => [each.words[1] ?? '', each])) : outer.parameters
    const passes = level.some(({ words }) => words[0] === 'fastcgi_pass' && words[1] !== undefined)
    if (passes && leadsThrough(root, link)) for (const name of PATHS) judge(name, parameters)
    for (const { block } of level) if (block.length > 0) walk(block, { root, parameters }, depth + 1)
  }

  function judge(name: string, parameters: Level['parameters']): void {
    const last = parameters.get(name)
    const value = last?.words[2] ?? ''
    if (!last || !(value.includes('$document_root') || leadsThrough(value, link))) return
    const { file, line } = last
    found.set(`${file}:${line}`, { file, line, parameter: name })
  }
}

interface Level {
  readonly root: string
  readonly parameters: ReadonlyMap<string, Directive>
}

const leadsThrough = (path: string, link: string): boolean => path === link || path.startsWith(`${link}/`)

/** As a shell would expand it: `*` does not cross a slash. */
function matches(pattern: string, file: string): boolean {
  const parts = pattern.split('/')
  const names = file.split('/')
  return parts.length === names.length && parts.every((part, at) => matchesPart(part, names[at] ?? ''))
}

/** Piece by piece, each as early as it can be, so that no pattern takes longer than the name is long. */
function matchesPart(part: string, name: string): boolean {
  const [first = '', ...pieces] = part.split('*')
  const last = pieces.pop()
  if (last === undefined) return part === name
  let at = first.length
  for (const piece of pieces) {
    const found = name.indexOf(piece, at)
    if (found < 0) return false
    at = found + piece.length
  }
  return name.startsWith(first) && name.length - last.length >= at && name.endsWith(last)
}
