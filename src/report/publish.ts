import { appendFile } from 'node:fs/promises'
import type { RunReport } from '../outcome.ts'
import { annotate } from './annotate.ts'
import { writeJunit } from './drill/file.ts'
import { causes } from './failure-words.ts'
import { writeIncident } from './incident-file.ts'
import type { Log } from './log.ts'
import type { Masker } from './mask.ts'
import { setOutputs } from './outputs.ts'
import { tableLines } from './plain-lines.ts'
import { writeRecord } from './record.ts'
import { summaryMarkdown } from './summary.ts'
import { type Told, toldMarkdown } from './told.ts'

/**
 * Tells GitHub how a run ended: record, report, outputs, summary, and the one annotation that is always made. This is the
 * door at which the report is masked. A part that can't be written is a warning: a rollback that worked stays one.
 *
 * @param folder on the runner, for the record and the report
 * @param plan path of the JSON plan on the runner, or empty
 * @returns the path of the record, empty when it could not be written
 */
export async function publish(
  report: RunReport,
  masker: Masker,
  log: Log,
  { folder, plan }: { readonly folder: string; readonly plan: string },
): Promise<string> {
  const masked = masker.maskDeep(plan === '' ? report : { ...report, planFile: plan })
  const attempt = async <T>(what: string, otherwise: T, act: () => T | Promise<T>): Promise<T> => {
    try {
      return await act()
    } catch (error) {
      log.warning(`${what} could not be written: ${causes(error)}.`)
      return otherwise
    }
  }
  const record = await attempt('The record', '', () => writeRecord(masked, folder))
  const incident = await attempt('The report', '', () => writeIncident(masked, folder))
  const junit = await attempt('The JUnit file', '', () => writeJunit(masked, folder))
  const paths = { record, report: incident, plan, junit }
  const leftOut = await attempt('The outputs', [], () => setOutputs(masked, paths, masker))
  for (const warning of leftOut) log.warning(warning)
  await attempt('The summary', undefined, () => writeSummary(summaryMarkdown(masked)))
  for (const line of tableLines(masked.failure?.table)) log.line(line)
  annotate(masked)
  return record
}

/** Adds to the summary where else it was told of the run. */
export async function publishTold(told: readonly Told[], log: Log): Promise<void> {
  if (told.length === 0) return
  try {
    await writeSummary(toldMarkdown(told))
  } catch (error) {
    log.warning(`The summary could not be written: ${causes(error)}.`)
  }
}

/** Adds to the summary of this step. `core.summary` would keep the text, and write it again, after a failure. */
async function writeSummary(markdown: string): Promise<void> {
  const path = process.env.GITHUB_STEP_SUMMARY
  if (path === undefined || path === '') throw new Error('GITHUB_STEP_SUMMARY is not set')
  await appendFile(path, markdown)
}
