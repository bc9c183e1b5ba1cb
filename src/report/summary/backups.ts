import type { BackupReport, RunReport } from '../../outcome.ts'
import { bytes, count } from '../amounts.ts'
import { code, details, list, text } from '../markdown.ts'
import { madeWords } from '../stored-words.ts'

/** What can be restored from, and whether it was read back. */
export function backups({ backups: all }: RunReport): string {
  if (all.length === 0) return ''
  const only = all.length === 1 ? all[0] : undefined
  if (only !== undefined) return `**Backup** – ${line(only)}`
  const total = bytes(all.reduce((sum, backup) => sum + backup.bytes, 0))
  const unread = all.filter(backup => !backup.verified)
  const shown = list(all.slice(0, 300).map(line))
  if (all.length <= 6) return `**Backups**\n\n${shown}`
  const warning = unread.length === 0 ? 'all read back' : `${unread.length} not read back`
  const rest = all.length > 300 ? `\n\n… and ${count(all.length - 300, 'more backup')}, in the record.` : ''
  return details(`${count(all.length, 'backup')}, ${total}, ${warning}`, shown + rest)
}

const line = (backup: BackupReport): string =>
  [
    `${text(madeWords(backup))} on ${text(backup.host)}, ${bytes(backup.bytes)}`,
    PROVED[backup.level],
    code(backup.path),
    `sha256 ${code(backup.sha256.slice(0, 12))}…`,
  ].join(' · ')

const PROVED: Readonly<Record<BackupReport['level'], string>> = {
  stream: '⚠️ **not read back**',
  readback: 'read back',
  restore: 'read back, restored and compared',
}
