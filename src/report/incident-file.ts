import type { RunReport } from '../outcome.ts'
import { writeDrill } from './drill/file.ts'
import { changedSomething, incidentMarkdown } from './incident.ts'
import { writePrivateFile } from './private-file.ts'

/**
 * Writes the report of a drill, or the incident report of a run that changed something, as `rollbook-<run>.md`, beside its record. `report` is
 * masked already.
 *
 * @returns its path; empty when there is nothing to report.
 */
export async function writeIncident(report: RunReport, folder: string): Promise<string> {
  if (report.drill) return await writeDrill(report, folder)
  if (!changedSomething(report)) return ''
  return await writePrivateFile(folder, report.run, 'md', incidentMarkdown(report))
}
