import type { RunReport } from '../../outcome.ts'
import { amountsWords, leftName, olderWords } from '../left-words.ts'
import { code, details, prose, table, text } from '../markdown.ts'

/** What runs left on each host besides backups. */
export function statusLeft({ status = [] }: RunReport): string {
  return status
    .filter(({ left = [] }) => left.length > 0)
    .slice(0, 20)
    .map(({ host, left = [] }) => {
      const older = olderWords(left)
      const hint = older === '' ? '' : `; ${prose(`${older}: \`operation: prune\` removes them`)}`
      return `**Left by runs** on ${text(host)}: ${text(amountsWords(left))}${hint}`
    })
    .join('\n\n')
}

/** What `prune` removed besides backups, and what it left and why. */
export function prunedLeft({ prunedLeft: all = [] }: RunReport): string {
  const rows = (of: typeof all): string =>
    table(
      ['host', 'what', 'why'],
      of
        .slice(0, 300)
        .map(each => [
          text(each.host),
          code(leftName(each), 300),
          each.fate === 'failed' ? '⚠️ it could not be removed' : prose(each.why),
        ]),
    )
  const gone = all.filter(({ fate }) => fate === 'removed')
  const kept = all.filter(({ fate }) => fate !== 'removed')
  return [
    gone.length === 0 ? '' : `**Removed of old runs** – ${text(amountsWords(gone))}\n\n${rows(gone)}`,
    kept.length === 0 ? '' : details(`Kept of runs: ${amountsWords(kept)}`, rows(kept)),
  ]
    .filter(part => part !== '')
    .join('\n\n')
}
