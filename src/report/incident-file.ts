import type { RunReport } from '../outcome.ts'
import { changedSomething, incidentMarkdown } from './incident.ts'
import { writePrivateFile } from './private-file.ts'

/**
 * Writes the incident report of a run that changed something as `rollbook-<run>.md`, beside its record. `report` is
 * masked already.
 *
 * @returns its path; empty when there is nothing to report.
 */
export async function writeIncident(report: RunReport, folder: string): Promise<string> {
  if (!changedSomething(report)) return ''
  return await writePrivateFile(folder, report.run, 'md', incidentMarkdown(report))
}
