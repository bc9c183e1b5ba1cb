import { findImage, type ImageLine, OddLine } from './images-line.ts'
import type { ComposeText, EnvLine } from './images-reader.ts'
import { type Piece, piecesOf } from './images-variables.ts'

/** Bytes of one file that become others. */
export interface Edit {
  /** Its name in the folder of the project. */
  readonly file: string
  /** In bytes. */
  readonly offset: number
  readonly before: string
  readonly after: string
}

/** What a project says of one service, as far as it is about its image. */
export interface Source {
  /** Compose files in the order in which Compose reads them: the last one that says something counts. */
  readonly files: readonly ComposeText[]
  readonly env: ReadonlyMap<string, EnvLine>
}

/**
 * The change that makes Compose run `wanted` (one of several ways to write it) instead of `now`: of the variable in
 * `.env` when the version comes from one, else of the very characters in the Compose file; and which of the ways it is.
 * Pure.
 *
 * @throws OddLine when there is no such change.
 */
export function editFor(
  source: Source,
  service: string,
  now: string,
  wanted: readonly string[],
): { edit: Edit; to: string } {
  const { file, line } = lineIn(source.files, service)
  const pieces = piecesOf(line.text, source.env)
  if (pieces === undefined || pieces.map(({ value }) => value).join('') !== now)
    throw new OddLine(
      `${file} says \`image: ${line.text}\` for ${service}, and Compose makes ${now} of it: nothing tells what to change`,
    )
  for (const each of wanted) {
    const edit = editOf(pieces, { file, line }, now, each)
    if (edit) return { edit, to: each }
  }
  throw new OddLine(`\`image: ${line.text}\` of ${service} in ${file} can't be made to say ${wanted[0]}`)
}

function lineIn(files: readonly ComposeText[], service: string): { file: string; line: ImageLine } {
  for (const { name, text } of files.toReversed()) {
    try {
      const line = findImage(text, service)
      if (line) return { file: name, line }
    } catch (error) {
      throw error instanceof OddLine ? new OddLine(`${name} ${error.message}`) : error
    }
  }
  const names = files.map(({ name }) => name).join(' and ')
  throw new OddLine(
    `${names} ${files.length > 1 ? 'have' : 'has'} no image line for ${service}; what comes from another file (\`extends\`, \`include\`) or is only built can't be changed there`,
  )
}

function editOf(
  pieces: readonly Piece[],
  { file, line }: { file: string; line: ImageLine },
  now: string,
  wanted: string,
): Edit | undefined {
  if (now === wanted) return undefined
  // The last piece first: it is where a version stands.
  for (const [at, piece] of [...pieces.entries()].toReversed()) {
    const front = textOf(pieces.slice(0, at))
    const back = textOf(pieces.slice(at + 1))
    if (wanted.length < front.length + back.length) continue
    if (!wanted.startsWith(front) || !wanted.endsWith(back)) continue
    const value = wanted.slice(front.length, wanted.length - back.length)
    if (piece.from === 'env') {
      if (value === '') continue
      return { file: '.env', offset: piece.offset, before: piece.value, after: value }
    }
    if (piece.from === 'default') {
      if (value === '' || !/^[\w.:@/-]+$/.test(value)) continue
      return { file, offset: line.offset + piece.offset, before: piece.value, after: value }
    }
    return { file, offset: line.offset + piece.offset, before: piece.value, after: value }
  }
  return undefined
}

const textOf = (pieces: readonly Piece[]): string => pieces.map(({ value }) => value).join('')
