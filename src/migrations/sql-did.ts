import { COMPUTED, Deeds, deedWords, nameWords } from './deeds.ts'
import { readAlterTable } from './sql-alter.ts'
import { SqlPhrase } from './sql-phrase.ts'
import { splitAt, sqlTokens, statementsOf } from './sql-tokens.ts'

/**
 * What a migration of plain SQL did, in words for a table. Read from its text and nothing else: it is never run. What
 * can't be read is said. Never throws.
 */
export function whatSqlDid(sql: string): string {
  const statements = statementsOf(sqlTokens(sql))
  const deeds = new Deeds()
  for (const statement of statements) readStatement(new SqlPhrase(statement), deeds)
  // The file is cut where it is long, or it is no SQL.
  if ((statements.at(-1)?.length ?? 0) > 0) deeds.unread = true
  return deedWords(deeds)
}

/** They change nothing that stays. */
const HARMLESS = ['set', 'begin', 'start', 'commit', 'pragma', 'select', 'comment', 'analyze', 'lock']

function readStatement(phrase: SqlPhrase, deeds: Deeds): void {
  if (phrase.ended) return
  if (phrase.takes('create')) readCreate(phrase, deeds)
  else if (phrase.takes('drop')) readDrop(phrase, deeds)
  else if (phrase.takes('alter')) readAlter(phrase, deeds)
  else if (phrase.takes('rename', 'table')) {
    for (const each of splitAt(phrase.rest(), ',')) {
      const pair = new SqlPhrase(each)
      const from = pair.named()
      deeds.renamedTables.add(
        `${nameWords(from)} to ${nameWords(pair.takes('to') ? pair.named() : COMPUTED)}`,
      )
    }
  } else if (phrase.takes('insert', 'into') || phrase.takes('update') || phrase.takes('delete', 'from'))
    deeds.changedRows.add(nameWords(phrase.named()))
  else if (phrase.takes('truncate')) {
    phrase.takes('table')
    deeds.changedRows.add(nameWords(phrase.named()))
  } else if (!HARMLESS.some(word => phrase.takes(word))) deeds.unread = true
}

function readCreate(phrase: SqlPhrase, deeds: Deeds): void {
  phrase.takes('unlogged')
  if (phrase.takes('table')) {
    phrase.takes('if', 'not', 'exists')
    deeds.createdTables.add(nameWords(phrase.named()))
  } else if (phrase.takes('type')) deeds.createdTypes.add(nameWords(phrase.named()))
  else if (
    phrase.takes('index') ||
    phrase.takes('unique', 'index') ||
    phrase.takes('fulltext', 'index') ||
    phrase.takes('spatial', 'index')
  )
    deeds.indexes++
  else deeds.unread = true
}

function readDrop(phrase: SqlPhrase, deeds: Deeds): void {
  const [into, one] = phrase.takes('table')
    ? [deeds.droppedTables, true]
    : phrase.takes('type')
      ? [deeds.droppedTypes, true]
      : [undefined, phrase.takes('index')]
  if (into === undefined) {
    if (one) deeds.droppedIndexes++
    else deeds.unread = true
    return
  }
  phrase.takes('if', 'exists')
  for (const each of splitAt(phrase.rest(), ',')) into.add(nameWords(new SqlPhrase(each).named()))
}

function readAlter(phrase: SqlPhrase, deeds: Deeds): void {
  if (phrase.takes('table')) readAlterTable(phrase, deeds)
  else if (phrase.takes('type')) deeds.changedTypes.add(nameWords(phrase.named()))
  // The name of an index is nothing that code knows.
  else if (!phrase.takes('index')) deeds.unread = true
}
