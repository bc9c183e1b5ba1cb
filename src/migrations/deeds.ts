/** What a migration did to the schema, as far as its file shows. Columns are `table.column`. */
export class Deeds {
  readonly droppedTables = new Set<string>()
  readonly droppedColumns = new Set<string>()
  readonly renamedTables = new Set<string>()
  readonly renamedColumns = new Set<string>()
  readonly changedColumns = new Set<string>()
  readonly createdTables = new Set<string>()
  readonly addedColumns = new Set<string>()
  readonly createdTypes = new Set<string>()
  readonly changedTypes = new Set<string>()
  readonly droppedTypes = new Set<string>()
  /** Tables whose rows it changed. */
  readonly changedRows = new Set<string>()
  indexes = 0
  foreignKeys = 0
  droppedIndexes = 0
  droppedForeignKeys = 0
  /** It ran SQL of its own, which is not read. */
  sql = false
  /** Some of it was done only under a condition, or in a loop. */
  conditional = false
  /** Something in it could not be understood. */
  unread = false
}

/** How a name is shown that the file computes. */
export const COMPUTED = '…'

/** Characters that fit into the cell of a table. */
const WIDEST = 280
/** Names that one phrase lists. */
const MOST_NAMED = 6

/** What was done, in words: what old code stumbles over first. Backticks mark names. */
export function deedWords(deeds: Deeds): string {
  const phrases = [
    listed('drops table', deeds.droppedTables),
    listed('drops column', deeds.droppedColumns),
    listed('drops type', deeds.droppedTypes),
    listed('renames table', deeds.renamedTables),
    listed('renames column', deeds.renamedColumns),
    listed('changes column', deeds.changedColumns),
    listed('changes type', deeds.changedTypes),
    deeds.sql ? 'runs SQL of its own' : '',
    listed('changes rows of table', deeds.changedRows),
    listed('creates table', deeds.createdTables),
    listed('adds column', deeds.addedColumns),
    listed('creates type', deeds.createdTypes),
    counted('adds', deeds.indexes, deeds.foreignKeys),
    counted('drops', deeds.droppedIndexes, deeds.droppedForeignKeys),
  ].filter(phrase => phrase !== '')
  if (phrases.length === 0) return deeds.unread || deeds.conditional ? 'look at the file' : 'does nothing'
  const shown: string[] = []
  let room = WIDEST
  for (const phrase of phrases) {
    room -= phrase.length + 2
    if (room < 0) break
    shown.push(phrase)
  }
  if (shown.length < phrases.length) return [...shown, 'and more: look at the file'].join(', ')
  if (deeds.unread) return `${shown.join(', ')}, and more: look at the file`
  return deeds.conditional ? `${shown.join(', ')}; under conditions: look at the file` : shown.join(', ')
}

function listed(what: string, names: ReadonlySet<string>): string {
  if (names.size === 0) return ''
  const shown = [...names].slice(0, MOST_NAMED).join(', ')
  const more = names.size > MOST_NAMED ? ` and ${names.size - MOST_NAMED} more` : ''
  return `${what}${names.size === 1 ? '' : 's'} ${shown}${more}`
}

function counted(verb: string, indexes: number, foreignKeys: number): string {
  const parts = [
    indexes === 0 ? '' : indexes === 1 ? '1 index' : `${indexes} indexes`,
    foreignKeys === 0 ? '' : `${foreignKeys} foreign key${foreignKeys === 1 ? '' : 's'}`,
  ].filter(part => part !== '')
  return parts.length === 0 ? '' : `${verb} ${parts.join(' and ')}`
}

/** A name as it is shown: in backticks, short, and without what could end them. */
export const nameWords = (name: string): string =>
  name === COMPUTED ? 'whose name the file computes' : `\`${name.replace(/[`\p{C}]/gu, '?').slice(0, 64)}\``
