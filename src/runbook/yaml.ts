import type { Document } from 'yaml'
import {
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  parseDocument,
  type YAMLMap,
} from 'yaml'
import type { Position } from '../kind/item.ts'
import { type Path, type Problem, RunbookInvalid, type Source } from './problem.ts'
import { YAML_WORDS } from './yaml-words.ts'

const MOST_BYTES = 1024 * 1024
const MOST_ALIASES = 100
const DEEPEST = 24

/** What a YAML text says, and where it says each part of it. */
export interface Sheet extends Source {
  readonly value: unknown
}

/**
 * Reads a text as YAML 1.2: no merge keys, no tags, one document, every key once and a plain text.
 *
 * @throws RunbookInvalid with every problem of the syntax; nothing of the text is repeated, it may hold a secret.
 */
export function readYaml(given: string, file: string): Sheet {
  const text = given.startsWith('\uFEFF') ? given.slice(1) : given
  refuseOddText(text, file)
  const counter = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: counter,
    version: '1.2',
    merge: false,
    resolveKnownTags: false,
    stringKeys: true,
    // Looked after below: the parser compares each key with each other one, which takes minutes in a large file.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
  })
  const at = (offset: number): Position => {
    const { line, col } = counter.linePos(offset)
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) }
  }

  const problems: Problem[] = []
  const report = (offset: number, message: string) =>
    problems.push({ position: at(offset), field: '', message })
  const lines = new Set<number>()
  for (const { pos, code } of [...document.errors, ...document.warnings]) {
    // One slip makes the parser stumble many times over; its first word on a line is the one that helps.
    const { line } = at(pos[0])
    if (!lines.has(line)) report(pos[0], YAML_WORDS[code])
    lines.add(line)
  }
  const { yaml } = document.directives
  if (yaml.explicit && yaml.version !== '1.2') report(0, 'Expected YAML 1.2, in which yes and no are texts.')
  // With a broken syntax the tree is a guess, and turning a guess into a value can take minutes.
  if (problems.length === 0) inspect(document, report)
  if (problems.length > 0) throw new RunbookInvalid(file, problems)

  return {
    value: toValue(document, file, at),
    position: (path, of = 'value') => at(offsetOf(document, path, of)),
    written: path => {
      const node = nodesTo(document, path).at(-1)?.value
      return isScalar(node) && typeof node.source === 'string' ? node.source : undefined
    },
  }
}

function refuseOddText(text: string, file: string): void {
  const refuse = (offset: number, message: string): never => {
    const before = text.slice(0, offset).split('\n')
    const position = { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
    throw new RunbookInvalid(file, [{ position, field: '', message }])
  }
  if (text.length > MOST_BYTES || Buffer.byteLength(text) > MOST_BYTES) {
    refuse(0, 'The file is larger than 1 MiB. A runbook is a few hundred lines at most.')
  }
  if (text.trim() === '') refuse(0, 'The file is empty. Expected app, environments and rollbacks.')
  const nul = text.indexOf('\0')
  if (nul >= 0) refuse(nul, 'This is not text in UTF-8 (UTF-16 looks like this). Save the file as UTF-8.')
  const broken = text.indexOf('\uFFFD')
  if (broken >= 0)
    refuse(broken, 'This is not text in UTF-8 (Latin-1 looks like this). Save the file as UTF-8.')
}

/** What the parser lets pass: depth without end, and references to nothing or to what is around them. */
function inspect(document: Document.Parsed, report: (offset: number, message: string) => void): void {
  const around: Node[] = []
  const visit = (node: unknown): void => {
    if (isPair(node)) {
      visit(node.key)
      visit(node.value)
    } else if (isAlias(node)) {
      const meant = node.resolve(document)
      if (meant === undefined) {
        report(
          node.range?.[0] ?? 0,
          'There is no anchor (&name) for this before it. A text that starts with * must be in quotes.',
        )
      } else if (around.includes(meant)) report(node.range?.[0] ?? 0, 'This refers to what it is part of.')
    } else if (isCollection(node)) {
      if (around.length >= DEEPEST) report(node.range?.[0] ?? 0, YAML_WORDS.RESOURCE_EXHAUSTION)
      else {
        if (isMap(node)) for (const twice of repeated(node)) report(twice, YAML_WORDS.DUPLICATE_KEY)
        around.push(node)
        node.items.forEach(visit)
        around.pop()
      }
    }
  }
  visit(document.contents)
}

/** Offsets of keys that a map has had before. */
function repeated(map: YAMLMap): readonly number[] {
  const seen = new Set<string>()
  return map.items.flatMap(({ key }) => {
    if (!isScalar(key)) return []
    const name = String(key.value)
    const again = seen.has(name)
    seen.add(name)
    return again ? [key.range?.[0] ?? 0] : []
  })
}

function toValue(document: Document.Parsed, file: string, at: (offset: number) => Position): unknown {
  try {
    return document.toJS({ maxAliasCount: MOST_ALIASES })
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error
    const message = `There are more than ${MOST_ALIASES} references (*name) inside one another.`
    throw new RunbookInvalid(file, [{ position: at(0), field: '', message }])
  }
}

interface Place {
  readonly key: Node | undefined
  readonly value: Node | null
}

/** The places on the way to a value, as far as it can be gone. */
function nodesTo(document: Document.Parsed, path: Path): readonly Place[] {
  const places: Place[] = []
  let node: unknown = document.contents
  for (const part of path) {
    const inside: unknown = isAlias(node) ? node.resolve(document) : node
    let place: Place | undefined
    if (isMap<ParsedNode, ParsedNode>(inside)) {
      const pair = inside.items.find(({ key }) => isScalar(key) && String(key.value) === String(part))
      if (pair !== undefined) place = { key: pair.key, value: pair.value }
    } else if (isSeq<ParsedNode>(inside) && typeof part === 'number') {
      const item = inside.items[part]
      if (item !== undefined) place = { key: undefined, value: item }
    }
    if (place === undefined) break
    places.push(place)
    node = place.value
  }
  return places
}

function offsetOf(document: Document.Parsed, path: Path, of: 'key' | 'value'): number {
  const places = nodesTo(document, path)
  const last = places.at(-1)
  if (last === undefined) return document.contents?.range[0] ?? 0
  const { key, value } = last
  // A place that is missing is shown by the key of what should have held it; so is a value that isn't there.
  const empty = value === null || (isScalar(value) && value.source === '')
  const byKey = of === 'key' || places.length < path.length || empty
  return (byKey ? (key ?? value) : value)?.range?.[0] ?? 0
}
