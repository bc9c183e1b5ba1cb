import { type Call, namesIn, readBlueprint, renamed } from './blueprint.ts'
import { COMPUTED, Deeds, deedWords, nameWords } from './deeds.ts'
import { closing, isMark, phpTokens, type Token } from './php-tokens.ts'

/**
 * What a migration of Laravel did when it was applied, in words for a table. Read from the text of its `up()` and
 * nothing else: it is never run. What can't be read is said. Never throws.
 */
export function whatUpDid(php: string): string {
  const tokens = phpTokens(php)
  const head = tokens.findIndex(
    ({ text }, at) => text === 'function' && tokens[at + 1]?.text === 'up' && isMark(tokens[at + 2], '('),
  )
  if (head === -1) return 'look at the file'
  const behind = closing(tokens, head + 2)
  const brace = tokens.findIndex((token, at) => at > behind && isMark(token, '{'))
  if (brace === -1) return 'look at the file'
  const end = closing(tokens, brace)
  const deeds = new Deeds()
  // The file is cut where it is long, or it is not PHP.
  if (end === tokens.length) deeds.unread = true
  new UpReader(tokens.slice(brace + 1, end), deeds).read()
  return deedWords(deeds)
}

const CONDITIONS = ['if', 'else', 'elseif', 'foreach', 'for', 'while', 'switch', 'match', 'try', 'catch']
/** Calls that tell something, or put a value together, and change nothing. */
const HARMLESS =
  /^(array|isset|empty|function|fn|use|return|and|or|list|config|env|now|count|in_array|is_null|sprintf|implode|array_\w+|str_\w+|is_\w+|self|static|parent)$/
const READS = /^(has|get|enable|disable|without|when|default)\w*$/
const WRITES_ROWS = /^(insert|update|upsert|delete|truncate|increment|decrement)\w*$/

const RUNS_SQL = /^(statement|unprepared|affectingStatement|exec)$/

/** A variable that stands for a table inside of a closure. */
interface Scope {
  readonly variable: string
  readonly table: string
  readonly creates: boolean
  /** Index of the token behind it. */
  readonly until: number
}

class UpReader {
  readonly #tokens: readonly Token[]
  readonly #deeds: Deeds
  readonly #scopes: Scope[] = []
  /** Where calls stand that were understood. */
  readonly #known = new Set<number>()

  constructor(tokens: readonly Token[], deeds: Deeds) {
    this.#tokens = tokens
    this.#deeds = deeds
  }

  read(): void {
    for (const [at, token] of this.#tokens.entries()) {
      while ((this.#scopes.at(-1)?.until ?? at) < at) this.#scopes.pop()
      if (token.kind === 'variable') this.#variable(at, token.text)
      else if (token.kind === 'word') this.#word(at, token.text)
    }
  }

  #variable(at: number, name: string): void {
    const scope = this.#scopes.findLast(({ variable }) => variable === name)
    if (scope === undefined || !isMark(this.#tokens[at + 1], '->', '?->')) return
    const { calls } = this.#chain(at + 1)
    // What a table is created with is its own; only that it is there is new.
    if (!scope.creates) readBlueprint(scope.table, calls, this.#deeds)
  }

  #word(at: number, text: string): void {
    const word = text.replace(/^.*\\/, '')
    if (CONDITIONS.includes(word)) this.#deeds.conditional = true
    else if (isMark(this.#tokens[at + 1], '::') && word === 'Schema') this.#schema(at + 1)
    else if (isMark(this.#tokens[at + 1], '::') && word === 'DB') this.#database(at + 1)
    else if (isMark(this.#tokens[at + 1], '(') && !this.#known.has(at) && !HARMLESS.test(word)) {
      const before = this.#tokens[at - 1]
      if (before?.text !== 'new') this.#deeds.unread = true
    }
  }

  #schema(at: number): void {
    const { calls, first } = this.#chain(at, 'connection')
    const [call, ...more] = calls
    if (call === undefined) return
    if (more.some(({ method }) => RUNS_SQL.test(method))) this.#deeds.sql = true
    const names = namesIn(call.given)
    const table = names[0] ?? COMPUTED
    switch (call.method) {
      case 'create':
      case 'table':
        if (call.method === 'create') this.#deeds.createdTables.add(nameWords(table))
        this.#closure(first, table, call.method === 'create')
        return
      case 'drop':
      case 'dropIfExists':
        this.#deeds.droppedTables.add(nameWords(table))
        return
      case 'rename':
        this.#deeds.renamedTables.add(renamed(nameWords(table), names[1]))
        return
      case 'dropColumns':
        readBlueprint(table, [{ method: 'dropColumn', given: call.given.slice(2) }], this.#deeds)
        return
      case 'dropAllTables':
        this.#deeds.droppedTables.add('without exception')
        return
      default:
        if (!READS.test(call.method)) this.#deeds.unread = true
        if (call.method.startsWith('when')) this.#deeds.conditional = true
    }
  }

  /** The variable of the closure among the arguments that begin at `open`, for as long as it means the table. */
  #closure(open: number, table: string, creates: boolean): void {
    const until = closing(this.#tokens, open)
    const given = this.#tokens.slice(open + 1, until)
    const at = given.findIndex(({ text }) => text === 'function' || text === 'fn')
    const variable = given.slice(at).find(({ kind }) => kind === 'variable')
    if (at === -1 || variable === undefined) this.#deeds.unread = true
    else this.#scopes.push({ variable: variable.text, table, creates, until })
  }

  #database(at: number): void {
    const { calls } = this.#chain(at, 'connection')
    const [call, ...more] = calls
    if (call === undefined) return
    if (calls.some(({ method }) => RUNS_SQL.test(method))) this.#deeds.sql = true
    else if (call.method === 'table') {
      const writes = more.some(({ method }) => WRITES_ROWS.test(method))
      if (writes) this.#deeds.changedRows.add(nameWords(namesIn(call.given)[0] ?? COMPUTED))
    } else if (/^(insert|update|delete)$/.test(call.method)) this.#deeds.sql = true
    else if (!/^(raw|select\w*|scalar|transaction|get\w+|connection)$/.test(call.method))
      this.#deeds.unread = true
  }

  /**
   * The calls of a chain whose first arrow or double colon stands at `at`.
   *
   * @param through a call that only leads to the others.
   */
  #chain(at: number, through?: string): { readonly calls: readonly Call[]; readonly first: number } {
    const calls: Call[] = []
    let first = -1
    while (isMark(this.#tokens[at], '->', '?->', '::')) {
      const method = this.#tokens[at + 1]
      const open = at + 2
      if (method?.kind !== 'word' || !isMark(this.#tokens[open], '(')) break
      this.#known.add(at + 1)
      const end = closing(this.#tokens, open)
      if (method.text !== through || calls.length > 0) {
        if (calls.length === 0) first = open
        calls.push({ method: method.text, given: this.#tokens.slice(open + 1, end) })
      }
      at = end + 1
    }
    return { calls, first }
  }
}
