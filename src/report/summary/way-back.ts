import type { RunReport } from '../../outcome.ts'
import { alert, code, prose, text } from '../markdown.ts'
import { commands } from './commands.ts'
import { unconfirmed } from './headline.ts'

/** What else the reader must know: the hold on deploys. */
export function hold({ hold: held, from }: RunReport): string {
  if (held === undefined) return ''
  const all = held.release === '*'
  const commit = held.commit === undefined || held.commit === '' ? 'it' : code(held.commit.slice(0, 7))
  const what = all
    ? `Release ${text(from)} is marked bad and **every** deploy is on hold.`
    : `Release ${text(held.release)} is marked bad and deploys of ${commit} are on hold.`
  return alert('NOTE', [
    `${what} Lift the hold: ${code('operation: record')}, ${code('state: free')}, ${code(`target: ${held.release}`)}, with a reason: ${form('lift-hold.yml')}.`,
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
  const { outcome, operation, from, run, undo } = report
  const back = from === '' ? '**Back**' : `**Back to ${text(from)}**`
  if (outcome === 'undone' && from !== '')
    return `${back} – run Rollbook with ${code('operation: rollback')} and ${code(`target: ${from}`)}: ${form('rollback.yml')}.`
  if (outcome !== 'rolled-back' || operation !== 'rollback') return ''
  const workflow = `run Rollbook with ${code('operation: undo')} and ${code(`run-id: ${run}`)}`
  if (undo.length === 0) return `${back} – ${workflow}: ${form('operations.yml')}.`
  return `${back} – ${workflow} (${form('operations.yml')}), or by hand:\n\n${commands(undo)}`
}

/** Whatever workflow this was: not each has every operation, and of the templates one has. */
const form = (template: string): string => `the template ${code(template)} has a form for it`
