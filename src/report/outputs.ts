import * as core from '@actions/core'
import type { RunReport } from '../outcome.ts'
import type { Masker } from './mask.ts'

const NAMES = [
  'outcome',
  'run-id',
  'from',
  'to',
  'duration',
  'rto-met',
  'backups',
  'record',
  'report',
  'plan',
  'junit',
  'decision',
] as const
type Outputs = Record<(typeof NAMES)[number], string>

/** Paths on the runner; empty for a file that was not written. */
interface Paths {
  readonly record: string
  readonly report: string
  readonly plan: string
  readonly junit?: string
}

const HONEST_NEGATIVE: Outputs = {
  outcome: 'refused',
  'run-id': '',
  from: '',
  to: '',
  duration: '',
  'rto-met': '',
  backups: '[]',
  record: '',
  report: '',
  plan: '',
  junit: '',
  decision: '',
}

/** Sets every output to what is true when nothing more is heard of this run. To be called before anything else. */
export function beginOutputs(): void {
  for (const name of NAMES) core.setOutput(name, HONEST_NEGATIVE[name])
}

/** Once hosts are told to switch, nothing more being heard means that what is live is not known. */
export function beginSwitching(run: string): void {
  core.setOutput('outcome', 'unknown')
  core.setOutput('run-id', run)
}

/**
 * Upgrades the outputs to what the run came to. An output that holds a secret is set to its honest negative instead:
 * the runner would drop it at the end of the job anyway, without a word.
 *
 * @returns a warning for each output that was left out
 */
export function setOutputs(report: RunReport, paths: Paths, masker: Masker): readonly string[] {
  const warnings: string[] = []
  const values = outputsOf(report, paths)
  for (const name of NAMES) {
    // The outcome is one of our own words.
    const leaks = name !== 'outcome' && masker.holds(values[name])
    if (leaks) warnings.push(leftOut(name))
    core.setOutput(name, leaks ? HONEST_NEGATIVE[name] : values[name])
  }
  return warnings
}

const outputsOf = (report: RunReport, paths: Paths): Outputs => ({
  outcome: report.outcome,
  'run-id': report.run,
  from: report.from,
  to: report.to,
  duration: report.duration.toFixed(3),
  'rto-met': report.rtoMet === undefined ? '' : String(report.rtoMet),
  backups: JSON.stringify(report.backups.map(({ level: _, name: __, tables: ___, ...backup }) => backup)),
  record: paths.record,
  report: paths.report,
  plan: paths.plan,
  junit: paths.junit ?? '',
  decision: report.watch?.decision ?? '',
})

const leftOut = (name: string): string =>
  `The output ${name} is left empty because it holds the value of a secret. Keep hosts, users, ports, paths and release names in variables, not in secrets.`
