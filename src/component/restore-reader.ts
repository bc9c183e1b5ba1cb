import type { FactLine } from '../release/fact-line.ts'

/** One file, and what it could be restored from. */
export interface RestorableFile {
  /** Where it really is, links followed. */
  readonly path: string
  /** Hex sha256; undefined when it is not there, or can't be read. */
  readonly now: string | undefined
  readonly wanted: string | undefined
  /** A path, or a name in the archive. */
  readonly source: string | undefined
  /** When the copy was made, seconds since the epoch. */
  readonly at: number
  /** What would go and come, a line each, without values. */
  readonly changes: readonly string[]
}

export interface Restorable {
  /** In the order of the runbook. */
  readonly files: readonly RestorableFile[]
  /** The backup that they would come from; empty when they lie beside the files. */
  readonly archive: string
  /** The backup that they should come from, which is not what it was when it was made. */
  readonly damaged: string | undefined
}

const FILE = /^(\d{1,4}) ([0-9a-f]{64}|-) ([0-9a-f]{64}|-) (\d{1,12}) (\/.*)$/
const known = (text: string | undefined): string | undefined => (text === '-' ? undefined : text)

/** Reads what `restore-probe.sh` printed; lines in another form say nothing. Never throws. */
export function readRestorable(answer: readonly FactLine[]): Restorable {
  const exact = answer.filter(line => line.exact)
  const behind = (word: string, number: string): string[] =>
    exact.flatMap(line =>
      line.word === word && line.text.startsWith(`${number} `) ? [line.text.slice(number.length + 1)] : [],
    )
  const files = exact.flatMap(({ word, text }): RestorableFile[] => {
    const [, number = '', now, wanted, at, path] = (word === 'restore-file' && FILE.exec(text)) || []
    if (path === undefined) return []
    const source = known(behind('restore-source', number)[0])
    return [
      {
        path,
        now: known(now),
        wanted: source === undefined ? undefined : known(wanted),
        source,
        at: Number(at),
        changes: behind('restore-line', number),
      },
    ]
  })
  const said = (word: string) => exact.find(line => line.word === word)?.text
  return { files, archive: said('restore-archive') ?? '', damaged: said('restore-damaged') }
}
