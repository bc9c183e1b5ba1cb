import { COMPUTED, type Deeds, nameWords } from './deeds.ts'
import { isMark, type Token } from './php-tokens.ts'

/** One call of a chain: `->string('name')`. */
export interface Call {
  readonly method: string
  /** The tokens between the brackets. */
  readonly given: readonly Token[]
}

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

// https://laravel.com/docs/migrations, versions 5 to 12.
const ADDS = words(`
  bigIncrements bigInteger binary boolean char computed date dateTime dateTimeTz decimal double enum float foreignId
  foreignUlid foreignUuid geography geometry geometryCollection id increments integer integerIncrements ipAddress json
  jsonb lineString longText macAddress mediumIncrements mediumInteger mediumText multiLineString multiPoint
  multiPolygon multiPolygonZ point polygon rawColumn rememberToken set smallIncrements smallInteger softDeletes
  softDeletesDatetime softDeletesTz string text time timeTz timestamp timestampTz tinyIncrements tinyInteger tinyText
  ulid unsignedBigInteger unsignedDecimal unsignedDouble unsignedFloat unsignedInteger unsignedMediumInteger
  unsignedSmallInteger unsignedTinyInteger uuid vector year`)
const MORPHS = /^(nullable)?(numeric|uuid|ulid)?morphs$/i
const INDEXES = words('index unique primary fullText fulltext spatialIndex rawIndex vectorIndex')
const DROPS_INDEX = words('dropIndex dropUnique dropPrimary dropFullText dropSpatialIndex dropVectorIndex')
const HARMLESS = words('comment engine charset collation innoDb temporary after renameIndex')
/** Names that columns have when none is given. */
const USUAL: Readonly<Record<string, string>> = {
  id: 'id',
  uuid: 'uuid',
  ulid: 'ulid',
  ipAddress: 'ip_address',
  macAddress: 'mac_address',
  rememberToken: 'remember_token',
  softDeletes: 'deleted_at',
  softDeletesTz: 'deleted_at',
  softDeletesDatetime: 'deleted_at',
}
/** Calls that mean several columns at once, of which the names are always the same. */
const ALWAYS: Readonly<Record<string, readonly string[]>> = {
  timestamps: ['created_at', 'updated_at'],
  timestampsTz: ['created_at', 'updated_at'],
  datetimes: ['created_at', 'updated_at'],
  nullableTimestamps: ['created_at', 'updated_at'],
  dropTimestamps: ['created_at', 'updated_at'],
  dropTimestampsTz: ['created_at', 'updated_at'],
  dropRememberToken: ['remember_token'],
}

/** Takes note of what a chain of calls on a `Blueprint` of an existing table does. */
export function readBlueprint(table: string, [first, ...modifiers]: readonly Call[], deeds: Deeds): void {
  if (first === undefined) return
  const { method, given } = first
  const put = (into: Set<string>, names: readonly string[]) => {
    for (const name of names) into.add(columnWords(table, name))
    if (names.includes(COMPUTED)) deeds.unread = true
  }
  for (const { method: modifier } of modifiers) {
    if (INDEXES.has(modifier)) deeds.indexes++
    if (modifier === 'constrained') deeds.foreignKeys++
  }
  const added = modifiers.some(modifier => modifier.method === 'change')
    ? deeds.changedColumns
    : deeds.addedColumns
  const names = namesIn(given)
  const always = Object.hasOwn(ALWAYS, method) ? ALWAYS[method] : undefined
  if (always !== undefined) put(method.startsWith('drop') ? deeds.droppedColumns : deeds.addedColumns, always)
  else if (ADDS.has(method)) put(added, [names[0] ?? USUAL[method] ?? COMPUTED])
  else if (MORPHS.test(method)) put(added, morphs(names[0]))
  else if (method === 'addColumn') put(added, [names[1] ?? COMPUTED])
  else if (method === 'foreignIdFor') put(added, [names[0] ?? keyOf(given)])
  else if (method === 'dropColumn') put(deeds.droppedColumns, names.length > 0 ? names : [COMPUTED])
  else if (method.startsWith('dropSoftDeletes')) put(deeds.droppedColumns, [names[0] ?? 'deleted_at'])
  else if (method === 'dropMorphs') put(deeds.droppedColumns, morphs(names[0]))
  else if (method === 'renameColumn')
    deeds.renamedColumns.add(renamed(columnWords(table, names[0] ?? COMPUTED), names[1]))
  else if (method === 'rename') deeds.renamedTables.add(renamed(nameWords(table), names[0]))
  else if (method === 'drop' || method === 'dropIfExists') deeds.droppedTables.add(nameWords(table))
  else if (INDEXES.has(method)) deeds.indexes++
  else if (method === 'foreign') deeds.foreignKeys++
  else if (DROPS_INDEX.has(method)) deeds.droppedIndexes++
  else if (method === 'dropForeign') deeds.droppedForeignKeys++
  else if (/^drop(Constrained)?ForeignId(For)?$/.test(method)) {
    deeds.droppedForeignKeys++
    if (method !== 'dropForeignIdFor') put(deeds.droppedColumns, [names[0] ?? keyOf(given)])
  } else if (!HARMLESS.has(method)) deeds.unread = true
}

export const renamed = (from: string, to: string | undefined): string =>
  `${from} to ${nameWords(to ?? COMPUTED)}`

const columnWords = (table: string, column: string): string =>
  nameWords(table === COMPUTED && column === COMPUTED ? '?' : `${table}.${column}`)

const morphs = (name: string | undefined): readonly string[] =>
  name === undefined ? [COMPUTED] : [`${name}_type`, `${name}_id`]

/** The names that a call was given: strings, or one array of them, and nothing that is computed. */
export function namesIn(given: readonly Token[]): readonly string[] {
  const names: string[] = []
  for (const [at, token] of given.entries()) {
    if (token.kind === 'string' && token.plain && !isMark(given[at + 1], '.') && !isMark(given[at - 1], '.'))
      names.push(token.text)
    else if (!isMark(token, ',', '[', ']', '(', ')') && token.text !== 'array') break
  }
  return names
}

/** `foreignIdFor(User::class)` makes `user_id`. */
function keyOf(given: readonly Token[]): string {
  const [model, , word] = given
  if (model?.kind !== 'word' || word?.text !== 'class') return COMPUTED
  const name = model.text.replace(/^.*\\/, '')
  return `${name.replace(/(?<=[a-z0-9])[A-Z]/g, '_$&').toLowerCase()}_id`
}
