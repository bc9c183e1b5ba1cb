import type { RunReport, StoredReport } from '../../outcome.ts'
import { bytes } from '../amounts.ts'
import { code, details, prose, table, text } from '../markdown.ts'
import { age, backupsWords, beyondWords, MOST_STORED, ofWords, PROVED, sizeOf } from '../stored-words.ts'

/** What earlier runs backed up on each host, the newest first. */
export function statusBackups({ status = [], started }: RunReport): string {
  return status
    .filter(({ backups = [] }) => backups.length > 0)
    .slice(0, 20)
    .map(({ host, backups = [] }) => {
      const rest = backups.length - MOST_STORED
      const more = rest > 0 ? `\n\n… and ${rest} older ones, in the record.` : ''
      const beyond = beyondWords(backups)
      const hint = beyond === '' ? '' : `\n\n${prose(`${beyond}; \`operation: prune\` removes them.`)}`
      const rows = backups
        .slice(0, MOST_STORED)
        .map(each => [
          ...cells(each, Date.parse(started)),
          code(`${each.sha256.slice(0, 12)}…`),
          each.goes ? 'no longer' : 'yes',
        ])
      const head = ['of', 'age', 'size', 'proved', 'file', 'sha256', 'covered by keep']
      return `**Backups** on ${text(host)}: ${backups.length}, ${bytes(sizeOf(backups))}\n\n${table(head, rows)}${more}${hint}`
    })
    .join('\n\n')
}

/** What `prune` removed, and what it left and why. */
export function pruned({ pruned: all = [], started }: RunReport): string {
  if (all.length === 0) return ''
  const now = Date.parse(started)
  const gone = all.filter(({ fate }) => fate === 'removed')
  const kept = all.filter(({ fate }) => fate !== 'removed')
  const removed =
    gone.length === 0
      ? ''
      : `**Removed** – ${backupsWords(gone.length)}, ${bytes(sizeOf(gone))}\n\n${table(
          ['host', 'of', 'age', 'size', 'proved', 'file'],
          gone.slice(0, 300).map(each => [text(each.host), ...cells(each, now)]),
        )}`
  const left =
    kept.length === 0
      ? ''
      : details(
          `Kept: ${backupsWords(kept.length)}, ${bytes(sizeOf(kept))}`,
          table(
            ['host', 'of', 'age', 'size', 'proved', 'file', 'why'],
            kept
              .slice(0, 300)
              .map(each => [
                text(each.host),
                ...cells(each, now),
                each.fate === 'failed' ? '⚠️ it could not be removed' : prose(each.why),
              ]),
          ),
        )
  return [removed, left].filter(part => part !== '').join('\n\n')
}

const cells = (each: StoredReport, now: number): string[] => [
  text(ofWords(each)),
  `${age(each, now)}`,
  bytes(each.bytes),
  each.level === 'stream' ? `⚠️ ${PROVED.stream}` : PROVED[each.level],
  code(each.path, 300),
]
