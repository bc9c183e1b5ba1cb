import type { RunReport } from '../../outcome.ts'
import { writePrivateFile } from '../private-file.ts'
import { junitXml } from './junit.ts'
import { drillMarkdown } from './report.ts'

/**
 * Writes the report of a drill as `rollbook-<run>.md`, beside its record. `report` is masked already.
 *
 * @returns its path; empty when there was no drill
 */
export const writeDrill = async (report: RunReport, folder: string): Promise<string> =>
  report.drill ? await writePrivateFile(folder, report.run, 'md', drillMarkdown(report, report.drill)) : ''

/** The same for `rollbook-<run>.xml`, in the format of JUnit. */
export const writeJunit = async (report: RunReport, folder: string): Promise<string> =>
  report.drill ? await writePrivateFile(folder, report.run, 'xml', junitXml(report, report.drill)) : ''
