import { CUT } from '../engine/kept-answer.ts'
import { numberOf, readFactLine } from '../release/fact-line.ts'

/** What one host knows of the migrations of the two sides of a rollback: two releases, or two commits. */
export interface MigrationFacts {
  readonly host: string
  /** The side that is live there, and the one that it is to go to. */
  readonly from: string
  readonly to: string
  /** How many migrations each has; undefined when the folder can't be read there. */
  readonly fromCount: number | undefined
  readonly toCount: number | undefined
  /** Migrations whose names are not printed: blanks, control characters, … */
  readonly unnamable: number
  readonly onlyFrom: readonly string[]
  readonly onlyTo: readonly string[]
  readonly both: ReadonlySet<string>
  /** Of those that lie in neither folder, such as in packages: what the target has nowhere. */
  readonly lackedElsewhere: readonly string[]
  /** The last ones of the live side, the newest at the end, where its tool lists them. */
  readonly latest: readonly string[]
  readonly database: DatabaseAnswer
  /** Text of those that the target lacks, by name; cut where it is long. */
  readonly texts: ReadonlyMap<string, string>
  /** What could not be compared, in words: something that the target lacks may hide in it. */
  readonly uncompared: readonly string[]
}

/** What a database says of one migration. */
export interface MigrationStatus {
  readonly name: string
  readonly ran: boolean
  /** In which of its batches the database applied it; undefined when that is not said. */
  readonly batch: number | undefined
  /** It was begun and ended in the middle: some of it may be there. */
  readonly failed?: boolean
}

/** What the database has applied, by name; or why it could not be asked. */
export type DatabaseAnswer =
  | { readonly kind: 'answered'; readonly migrations: ReadonlyMap<string, MigrationStatus> }
  | { readonly kind: 'silent'; readonly why: string }

export const silent = (why: string): DatabaseAnswer => ({ kind: 'silent', why })

// What a host may say is bounded, for it may be the one that was broken into.
const MOST_LINES = 6000
const MOST_ODD = 20
/** As long as a file may be called. */
const NAME = /^[A-Za-z0-9._-]{1,255}$/

/** Whether a migration may be called so; other names are not taken from a host. */
export const isMigrationName = (name: string): boolean => NAME.test(name)

/** What a probe did not tell in full. */
const CUTS: Readonly<Record<string, string>> = {
  live: 'the target lacks more migrations than one answer tells of',
  applied: 'the database names more migrations than one answer tells of',
  elsewhere: 'the target lacks more migrations of packages and modules than one answer tells of',
  status: 'what the tool printed about the database was cut off',
}

/** A line that is about a database: its word, and what it says. */
export interface DatabaseLine {
  readonly word: string
  readonly text: string
}

/** What a probe printed of files, the same for every tool, and the lines that are for its tool alone. */
export type FileFacts = Omit<MigrationFacts, 'database'> & { readonly rest: readonly DatabaseLine[] }

/** Reads what a probe printed of files on one host. Never throws; what has another form than expected is not taken. */
export function readFiles(host: string, from: string, to: string, lines: readonly string[]): FileFacts {
  const names = new Map(
    ['live', 'target', 'both', 'elsewhere', 'latest'].map(where => [where, new Set<string>()]),
  )
  const folders = new Map<string, readonly string[]>()
  const texts = new Map<string, string>()
  const rest: DatabaseLine[] = []
  const odd = new Set<string>()
  const cuts = new Set<string>()
  for (const line of lines.slice(0, MOST_LINES)) {
    const [, name, encoded] = /^migration-text (\S+) ([A-Za-z0-9+/=]+)$/.exec(line) ?? []
    if (name !== undefined && encoded !== undefined) {
      if (isMigrationName(name)) texts.set(name, Buffer.from(encoded, 'base64').toString('utf8'))
      continue
    }
    const { word, text, exact } = readFactLine(line)
    const [first = '', ...words] = text.split(' ')
    if (word === 'migrations' && exact && !folders.has(first)) folders.set(first, words)
    else if (word === 'migration' && first === 'odd') odd.add(words.join(' '))
    else if (word === 'migrations-cut') cuts.add(CUTS[first] ?? 'the answer of the host was cut off')
    else if (word === CUT) cuts.add('the host told more than is kept of one answer')
    else if (word === 'migration' && exact && isMigrationName(words.join(' ')))
      names.get(first)?.add(words.join(' '))
    else rest.push({ word, text })
  }
  const named = (where: string): ReadonlySet<string> => names.get(where) ?? new Set()
  return {
    host,
    from,
    to,
    fromCount: numberOf(folders.get('live')?.[0]),
    toCount: numberOf(folders.get('target')?.[0]),
    unnamable: (numberOf(folders.get('live')?.[1]) ?? 0) + (numberOf(folders.get('target')?.[1]) ?? 0),
    onlyFrom: [...named('live')],
    onlyTo: [...named('target')],
    both: named('both'),
    lackedElsewhere: [...named('elsewhere')],
    latest: [...named('latest')],
    texts,
    uncompared: [...oddWords([...odd]), ...cuts],
    rest,
  }
}

/** Names that are none, as far as they can be shown. */
function oddWords(names: readonly string[]): readonly string[] {
  const more = names.length - MOST_ODD
  return [
    ...names
      .slice(0, MOST_ODD)
      .map(
        name =>
          `\`${name.slice(0, 100).replace(/[^A-Za-z0-9._()+ -]/g, '?')}\` has a name that no migration should have`,
      ),
    ...(more > 0 ? [`${more} more have such names`] : []),
  ]
}
