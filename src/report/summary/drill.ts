import type { RunReport } from '../../outcome.ts'
import { checklists } from '../drill/checklists.ts'
import { problems, rtoTable, timesTable } from '../drill/scenarios.ts'
import { trend } from '../drill/trend.ts'
import { details, list } from '../markdown.ts'

/** What a drill measured, against its targets. */
export function drillTimes({ drill }: RunReport): string {
  if (drill === undefined || drill.scenarios.length === 0) return ''
  const wrong = problems(drill.scenarios)
  return [
    rtoTable(drill.scenarios),
    ...(wrong.length > 1 ? [list(wrong)] : []),
    details('The parts of each scenario, with their times', timesTable(drill.scenarios)),
  ].join('\n\n')
}

/** How this drill compares with those before. */
export const drillTrend = ({ drill, started }: RunReport): string =>
  drill === undefined || drill.scenarios.length === 0 ? '' : `**Trend**\n\n${trend(drill, started)}`

/** What is ticked, and what is left to people. */
export const drillChecklists = (report: RunReport): string =>
  report.drill === undefined || report.drill.scenarios.length === 0
    ? ''
    : details('Checklists: before, during and after', checklists(report, report.drill))
