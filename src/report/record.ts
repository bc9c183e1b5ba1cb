import type { RunReport } from '../outcome.ts'
import { writePrivateFile } from './private-file.ts'

/**
 * Writes the record of a run as `rollbook-<run>.json`, readable by its owner alone; `docs/record.md` describes it.
 * `report` is masked already.
 *
 * @param folder on the runner; made when it isn't there
 * @returns the path of the record
 */
export const writeRecord = (report: RunReport, folder: string): Promise<string> =>
  writePrivateFile(folder, report.run, 'json', `${JSON.stringify(report, null, 2)}\n`)
