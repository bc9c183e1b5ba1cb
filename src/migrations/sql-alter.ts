import { renamed } from './blueprint.ts'
import { COMPUTED, type Deeds, nameWords } from './deeds.ts'
import { SqlPhrase } from './sql-phrase.ts'
import { splitAt } from './sql-tokens.ts'

/** Takes note of what `ALTER TABLE` does; the phrase stands behind these words. */
export function readAlterTable(phrase: SqlPhrase, deeds: Deeds): void {
  phrase.takes('if', 'exists')
  phrase.takes('only')
  const table = phrase.named()
  for (const action of splitAt(phrase.rest(), ',')) readAction(table, new SqlPhrase(action), deeds)
}

function readAction(table: string, action: SqlPhrase, deeds: Deeds): void {
  const column = () => nameWords(`${table}.${action.named()}`)
  if (action.takes('add')) readAdd(action, deeds, column)
  else if (action.takes('drop')) readDropped(action, deeds, column)
  else if (action.takes('alter')) {
    action.takes('column')
    deeds.changedColumns.add(column())
  } else if (action.takes('modify')) {
    action.takes('column')
    deeds.changedColumns.add(column())
  } else if (action.takes('change')) {
    action.takes('column')
    const before = action.named()
    const after = action.named()
    if (before === after) deeds.changedColumns.add(nameWords(`${table}.${before}`))
    else deeds.renamedColumns.add(renamed(nameWords(`${table}.${before}`), after))
  } else if (action.takes('rename')) readRenamed(table, action, deeds)
  else deeds.unread = true
}

function readAdd(action: SqlPhrase, deeds: Deeds, column: () => string): void {
  if (action.takes('constraint')) {
    action.named()
    readConstraint(action, deeds)
  } else if (action.takes('column')) {
    action.takes('if', 'not', 'exists')
    deeds.addedColumns.add(column())
  } else if (!readConstraint(action, deeds)) deeds.addedColumns.add(column())
}

function readConstraint(action: SqlPhrase, deeds: Deeds): boolean {
  if (action.takes('foreign', 'key')) deeds.foreignKeys++
  else if (['primary', 'unique', 'index', 'key', 'fulltext', 'spatial'].some(word => action.takes(word)))
    deeds.indexes++
  else if (action.takes('check')) deeds.unread = true
  else return false
  return true
}

function readDropped(action: SqlPhrase, deeds: Deeds, column: () => string): void {
  if (action.takes('constraint')) {
    action.takes('if', 'exists')
    // The names that Prisma gives.
    if (action.named().endsWith('_fkey')) deeds.droppedForeignKeys++
    else deeds.droppedIndexes++
  } else if (action.takes('foreign', 'key')) deeds.droppedForeignKeys++
  else if (action.takes('primary', 'key') || action.takes('index') || action.takes('key'))
    deeds.droppedIndexes++
  else {
    action.takes('column')
    action.takes('if', 'exists')
    deeds.droppedColumns.add(column())
  }
}

function readRenamed(table: string, action: SqlPhrase, deeds: Deeds): void {
  // What code does not know the names of.
  if (action.takes('constraint') || action.takes('index') || action.takes('key')) return
  if (action.takes('to') || action.takes('as')) {
    const name = action.named()
    if (name === COMPUTED) deeds.unread = true
    if (rebuilt(table, name, deeds)) return
    deeds.renamedTables.add(renamed(nameWords(table), name))
    return
  }
  action.takes('column')
  const before = action.named()
  deeds.renamedColumns.add(
    renamed(nameWords(`${table}.${before}`), action.takes('to') ? action.named() : undefined),
  )
}

/** SQLite changes a table by making a new one of its rows: it is still there, and how it differs is in no word. */
function rebuilt(from: string, to: string, deeds: Deeds): boolean {
  if (from !== `new_${to}` || !deeds.createdTables.delete(nameWords(from))) return false
  deeds.changedRows.delete(nameWords(from))
  deeds.droppedTables.delete(nameWords(to))
  deeds.unread = true
  return true
}
