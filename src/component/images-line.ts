import type { Document, Node, Pair, Scalar, YAMLMap } from 'yaml'
import { isAlias, isMap, isPair, isScalar, isSeq, parseDocument } from 'yaml'

/** Where a Compose file says which image a service runs. */
export interface ImageLine {
  /** What stands there, without quotes around it. */
  readonly text: string
  /** Where it begins in the file, in bytes. */
  readonly offset: number
}

/** Deep enough for any file that a person wrote; a merge that goes round in a circle ends here. */
const DEEPEST = 20

/**
 * Finds the image of a service in the text of a Compose file: through merge keys and aliases, in a file with CRLF or a
 * byte order mark. Undefined when this file says nothing of it.
 *
 * @throws OddLine when the line is there and can't be changed in one place.
 */
export function findImage(text: string, service: string): ImageLine | undefined {
  const document = parseDocument(text, {
    version: '1.2',
    merge: false,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  })
  const [error] = document.errors
  if (error) throw new OddLine(`is not YAML that can be read: ${error.message}`)
  const services = mapAt(document, document.contents, 'services')
  const own = services && mapAt(document, services, service)
  const found = own && valueAt(document, own, 'image', 0)
  if (found === undefined) return undefined
  if (isAlias(found)) throw new OddLine(`says \`*${found.source}\` for the image of ${service}`)
  if (!isScalar(found)) throw new OddLine(`has no plain text for the image of ${service}`)
  return lineOf(text, found, service)
}

/** Words that go on after the name of the file. */
export class OddLine extends Error {}

function lineOf(text: string, scalar: Scalar, service: string): ImageLine {
  const [begin, end] = scalar.range ?? [0, 0]
  const written = text.slice(begin, end)
  const inside = /^(["'])(.*)\1$/s.exec(written)?.[2] ?? written
  // Folded lines and blocks. Escapes are noticed later, because Compose makes something else of them.
  if (!/^[ -~]+$/.test(inside))
    throw new OddLine(`has an image of ${service} that is not written in one piece`)
  const start = begin + (inside === written ? 0 : 1)
  return { text: inside, offset: Buffer.byteLength(text.slice(0, start)) }
}

function mapAt(document: Document.Parsed, node: unknown, key: string): YAMLMap | undefined {
  const map = resolved(document, node)
  if (!isMap(map)) return undefined
  const value = resolved(document, valueAt(document, map, key, 0))
  return isMap(value) ? value : undefined
}

const resolved = (document: Document.Parsed, node: unknown): unknown =>
  isAlias(node) ? node.resolve(document) : node

/** The value of a key: its own, else the one of the maps that are merged in, of which the first counts. */
function valueAt(document: Document.Parsed, map: YAMLMap, key: string, depth: number): Node | undefined {
  const pairs = map.items.filter(isPair)
  const own = pairs.find(pair => keyOf(pair) === key)
  if (own) return (own.value as Node | null) ?? undefined
  if (depth > DEEPEST) return undefined
  for (const { value } of pairs.filter(pair => keyOf(pair) === '<<')) {
    const merged = resolved(document, value)
    for (const each of isSeq(merged) ? merged.items : [merged]) {
      const inner = resolved(document, each)
      const found = isMap(inner) ? valueAt(document, inner, key, depth + 1) : undefined
      if (found !== undefined) return found
    }
  }
  return undefined
}

const keyOf = ({ key }: Pair): unknown => (isScalar(key) ? key.value : undefined)
