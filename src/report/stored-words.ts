import type { BackupReport, PrunedLeftReport, PrunedReport, StatusReport, StoredReport } from '../outcome.ts'
import { bytes, count, minute } from './amounts.ts'
import { pruningLeftLines } from './left-words.ts'

/** `1 backup`, `no backups`. */
export const backupsWords = (number: number): string => count(number, 'backup')

/** How it was proved, in a word or two. */
export const PROVED: Readonly<Record<StoredReport['level'], string>> = {
  stream: 'not read back',
  readback: 'read back',
  restore: 'restored and compared',
}

/** `main, whole`, `main, some tables`: dumps of both lie side by side, and only one can bring everything back. */
export function ofWords({ name, part }: Pick<StoredReport, 'name' | 'part'>): string {
  if (part === undefined) return name
  return `${name}, ${part === 'whole' ? 'whole' : 'some tables'}`
}

/** The same of a backup that this run made: `main, 5 tables`, `files`. */
export const madeWords = ({ kind, name, tables }: Pick<BackupReport, 'kind' | 'name' | 'tables'>): string =>
  name === undefined ? kind : `${name}, ${tables === undefined ? 'whole' : count(tables.length, 'table')}`

/** `main, whole, 41.2 MB, 2026-11-20 14:10 UTC, read back`. */
const storedWords = (each: StoredReport): string =>
  [ofWords(each), bytes(each.bytes), minute(each.at), PROVED[each.level]].join(', ')

/** What goes and what stays on each host, before anything of it has gone. */
export function pruningLines(
  hosts: readonly string[],
  all: readonly PrunedReport[],
  left: readonly PrunedLeftReport[] = [],
): string[] {
  const lines = hosts.flatMap(host => {
    const own = all.filter(each => each.host === host)
    if (own.length === 0) return [`${host}: no backups`]
    const sum = beyondWords(own) || 'keep covers all of them'
    return [
      `${host}: ${backupsWords(own.length)}; ${sum}`,
      ...own.map(
        each => `  ${each.goes ? 'goes' : 'stays'}: ${each.path} (${storedWords(each)}): ${each.why}`,
      ),
    ]
  })
  if (all.some(({ goes }) => goes))
    lines.push(
      'A backup goes only when its sha256 is still the one of the list; one that takes more than 10 min to read stays.',
    )
  const told = [...lines, ...pruningLeftLines(hosts, left)]
  return [...all, ...left].some(({ goes }) => goes) ? told : [...told, 'Nothing is to be removed.']
}

/** `keep covers 3 of them no longer (1.2 GB)`; empty when it covers all. */
export function beyondWords(stored: readonly StoredReport[]): string {
  const going = stored.filter(({ goes }) => goes)
  if (going.length === 0) return ''
  return `keep covers ${going.length} of them no longer (${bytes(sizeOf(going))})`
}

export const sizeOf = (stored: readonly StoredReport[]): number =>
  stored.reduce((sum, each) => sum + each.bytes, 0)

/** How long ago it was made when the report was: `3 days`, `5 h`, `12 min`. */
export function age({ at }: StoredReport, now: number): string {
  const minutes = Math.max(0, Math.floor((now - Date.parse(at)) / 60_000))
  if (minutes < 120) return `${minutes} min`
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} days`
}

/** How many backups of one host are listed. */
export const MOST_STORED = 20

/** The backups of each host, for the log and the terminal. */
export function storedLines(status: readonly StatusReport[], now = Date.now()): string[] {
  return status.flatMap(({ host, backups = [] }) => {
    if (backups.length === 0) return []
    const beyond = beyondWords(backups)
    const rest = backups.length - MOST_STORED
    return [
      `${host}: ${backupsWords(backups.length)}, ${bytes(sizeOf(backups))}${beyond && `; ${beyond}: operation: prune removes them`}`,
      ...backups
        .slice(0, MOST_STORED)
        .map(
          each =>
            `  ${ofWords(each)}  ${age(each, now)} old  ${bytes(each.bytes)}  ${PROVED[each.level]}  ${each.path}${each.goes ? '  (keep covers it no longer)' : ''}`,
        ),
      ...(rest > 0 ? [`  … and ${rest} older ones`] : []),
    ]
  })
}
