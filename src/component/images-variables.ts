import type { EnvLine } from './images-reader.ts'

/** A part of an image line, and what Compose makes of it. */
export interface Piece {
  readonly value: string
  /** Written there as it is; the value of a variable in `.env`; or what stands there in case the variable is not set. */
  readonly from: 'literal' | 'default' | 'env'
  /** Where `value` begins: in bytes of `.env`, otherwise in characters of the line. */
  readonly offset: number
}

const VARIABLE = /\$\$|\$\{([A-Za-z_]\w*)(?:(:?[-?])([^${}]*))?\}|\$([A-Za-z_]\w*)|\$/g

/**
 * An image line in its parts, as Compose interpolates it with nothing but `.env`. Undefined when there is something in
 * it that is not understood, such as a variable that is not in `.env` and has no default.
 */
export function piecesOf(text: string, env: ReadonlyMap<string, EnvLine>): readonly Piece[] | undefined {
  const pieces: Piece[] = []
  let end = 0
  const literal = (until: number) => {
    if (until > end) pieces.push({ value: text.slice(end, until), from: 'literal', offset: end })
  }
  for (const found of text.matchAll(VARIABLE)) {
    const [all, braced, operator = '', word = '', bare] = found
    const name = braced ?? bare
    if (name === undefined) return undefined
    literal(found.index)
    end = found.index + all.length
    const assigned = env.get(name)
    const value = assigned && valueIn(assigned)
    if (assigned && value === undefined) return undefined
    if (value !== undefined && (value.value !== '' || !operator.startsWith(':'))) {
      if (value.value !== '') pieces.push({ ...value, from: 'env' })
      continue
    }
    if (!operator.endsWith('-')) return undefined
    if (word !== '')
      pieces.push({
        value: word,
        from: 'default',
        offset: found.index + 2 + name.length + operator.length,
      })
  }
  literal(text.length)
  return pieces
}

/** The value of an assignment, when it is a plain one: nothing in it has to be interpreted. */
function valueIn({ line, offset }: EnvLine): { value: string; offset: number } | undefined {
  const [, front, quote, value] =
    /^(\s*(?:export\s+)?[A-Za-z_]\w*\s*=\s*)(["']?)([\w.:@/+-]*)\2\s*(?:\s#.*)?$/.exec(line) ?? []
  if (front === undefined || quote === undefined || value === undefined) return undefined
  // Nothing but ASCII stands in front of it, so that characters are bytes.
  return { value, offset: offset + front.length + quote.length }
}
