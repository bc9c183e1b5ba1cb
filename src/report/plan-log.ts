import type { RunReport } from '../outcome.ts'
import { count } from './amounts.ts'
import { hostNames } from './by-host.ts'
import type { Log } from './log.ts'
import { plannedPhases } from './planned.ts'

/** Prints a plan: a group for each phase with its steps, their data and what takes them back, then each script once. */
export function logPlan(
  log: Log,
  {
    planned = [],
    plannedChecks = [],
    scripts = [],
  }: Pick<RunReport, 'planned' | 'plannedChecks' | 'scripts'>,
): void {
  for (const { phase, steps } of plannedPhases(planned)) {
    log.phase(`Would ${phase}: ${count(steps.length, 'step')}`)
    for (const { hosts, what } of steps) {
      const names = hostNames(hosts)
      log.step(names, 'started', what.inner ? `or: ${what.title}` : what.title)
      log.output(names, [
        ...Object.entries(what.data).flatMap(([name, value]) => dataLines(name, value)),
        `undo: ${what.undo}`,
      ])
    }
  }
  if (plannedChecks.length > 0) {
    log.phase(`Would look from the runner: ${count(plannedChecks.length, 'check')}`)
    for (const title of plannedChecks) log.line(title)
  }
  for (const { kind, text } of scripts) {
    log.phase(`Script of ${kind}`)
    log.line(text)
  }
}

/** `link: /srv/app/current`; a value of several lines stands below its name. */
function dataLines(name: string, value: string): string[] {
  const lines = value.replace(/\n+$/, '').split('\n')
  return lines.length === 1 ? [`${name}: ${lines[0]}`] : [`${name}:`, ...lines.map(line => `  ${line}`)]
}
