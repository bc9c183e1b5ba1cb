import * as core from '@actions/core'
import { isGreen, type RunReport } from '../outcome.ts'
import { ANNOTATION_LENGTH } from './log.ts'
import { neutralise, neutraliseTitle } from './neutralise.ts'
import { verdict } from './verdict.ts'

/**
 * The one annotation that every run ends with: an error when the step is red, else a notice. It doesn't set the
 * exit status. `report` is masked already.
 */
export function annotate(report: RunReport): void {
  const { title, message } = finalWords(report)
  const say = isGreen(report.outcome) ? core.notice : core.error
  say(message, { title })
}

/** Title and message of the last annotation; on the command line they are the last lines. */
export function finalWords(report: RunReport): { title: string; message: string } {
  const { failure } = report
  const said = [failure?.message ?? '', ...(failure?.remedy ?? []).map(remedy => `→ ${remedy}`)]
  if (failure !== undefined) said.push(`(${failure.code}, run ${report.run})`)
  const message = neutralise(said.filter(part => part !== '').join('\n'), { lines: 40 }).join('\n')
  const title = neutraliseTitle(`${report.app} · ${report.environment} ${verdict(report).words}`)
  return { title, message: (message || title).slice(0, ANNOTATION_LENGTH).toWellFormed() }
}
