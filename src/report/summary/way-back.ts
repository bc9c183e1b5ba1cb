import type { RunReport } from '../../outcome.ts'
import { alert, code, prose, text } from '../markdown.ts'
import { commands } from './commands.ts'
import { unconfirmed } from './headline.ts'

/** What else the reader must know: the hold on deploys. */
export function hold({ hold: held }: RunReport): string {
  if (held === undefined) return ''
  const commit = held.commit === undefined || held.commit === '' ? 'it' : code(held.commit.slice(0, 7))
  return alert('NOTE', [
    `Release ${text(held.release)} is marked bad and deploys of ${commit} are on hold. Lift the hold: *operation* ${code('record')}, *state* ${code('free')}, *target* ${code(held.release)}, with a reason.`,
  ])
}

/** Everything that was not as it should be but did not stop the run. */
export function warnings(report: RunReport): string {
  const said = [...report.warnings, unconfirmed(report)].filter(line => line !== '')
  if (said.length === 0) return ''
  const shown = said.slice(0, 20).map(line => prose(line, 600))
  return alert(
    'WARNING',
    said.length > 20 ? [...shown, `… and ${said.length - 20} more, in the record.`] : shown,
  )
}

/** How to take back what this run did. */
export function wayBack(report: RunReport): string {
  const { outcome, undo } = report
  if (outcome !== 'rolled-back' && (outcome !== 'undone' || undo.length === 0)) return ''
  const back = report.from === '' ? '**Back**' : `**Back to ${text(report.from)}**`
  const workflow = `run this workflow with *operation* ${code('undo')} and *run-id* ${code(report.run)}`
  if (undo.length === 0) return `${back} – ${workflow}.`
  return `${back} – ${workflow}, or by hand:\n\n${commands(undo)}`
}
