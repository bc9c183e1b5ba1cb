import type { DrillReport, RecoveryReport, RunReport } from '../../outcome.ts'
import { bytes, count, duration, minute, named } from '../amounts.ts'
import { toFillIn } from '../incident/marked.ts'
import { code, list, prose, table, text } from '../markdown.ts'
import { headlineWords } from '../verdict.ts'
import { checklists } from './checklists.ts'
import { nameOf, problems, resultWords, rtoTable, timesTable } from './scenarios.ts'
import { trend } from './trend.ts'

/** What is longer than this is in the record. */
const MOST_ROWS = 40

/**
 * The report of a drill as Markdown, filled in as far as the drill knows, with marked places for what only people can
 * write. `report` is masked already; nothing else in it is trusted. Pure.
 */
export function drillMarkdown(report: RunReport, drill: DrillReport): string {
  const subject = [report.app, report.environment].map(part => text(part, 100)).join(' · ')
  return `${[
    `# Drill report: ${subject}`,
    `Written by run ${code(report.run, 100)} from what it measured. Places that only people can fill in begin with **To fill in**.`,
    '## Basics',
    basics(report, drill),
    '## Results',
    results(report, drill),
    rtoTable(drill.scenarios),
    timesTable(drill.scenarios),
    recovery(drill),
    '### Problems',
    list(problemsOf(drill)),
    '## Checklists',
    checklists(report, drill),
    '## Trend',
    trend(drill, report.started),
    '## Improvements',
    improvements(drill),
    '## Next drill',
    next(report, drill),
  ]
    .filter(part => part !== '')
    .join('\n\n')}\n`
}

const rows = (all: readonly (readonly [string, string])[]): string => table(['', ''], all)

const basics = (report: RunReport, { name, scenarios }: DrillReport): string =>
  rows([
    ['Date', minute(report.started)],
    ['Drill', `${text(name, 100)}: ${scenarios.map(each => text(nameOf(each), 100)).join(', ')}`],
    ['Environment', `${text(report.environment, 100)}, on ${text(named(report.hosts)) || 'its hosts'}`],
    [
      'People',
      `${report.actor === '' ? '' : `${text(`@${report.actor.replace(/^@/, '')}`, 100)}. `}${toFillIn('who else took part.')}`,
    ],
    ['Why', report.reason.trim() === '' ? toFillIn('why now.') : text(report.reason, 1000)],
  ])

function results(report: RunReport, { scenarios }: DrillReport): string {
  const passed = scenarios.filter(each => resultWords(each) === 'passed').length
  const slowest = scenarios.flatMap(({ took }) => took ?? [])
  return rows([
    ['Took', duration(report.duration)],
    ['Outcome', `${text(report.outcome)}: ${text(headlineWords(report), 300)}`],
    ['Scenarios', `${passed} of ${count(scenarios.length, 'scenario')} passed`],
    ['Slowest rollback', slowest.length === 0 ? 'none was measured' : duration(Math.max(...slowest))],
  ])
}

function restoredWords(each: DrillReport['scenarios'][number]): string {
  if (resultWords(each) === 'not tried' || each.took === undefined) return 'Not restored in this drill'
  const there = 'Restored beside the live database, put in its place'
  return each.back === true ? `${there}, and taken back` : `${there}, and **not taken back**`
}

/** What each backup that was brought back holds, and what would be lost with it. */
function recovery({ scenarios }: DrillReport): string {
  const all = scenarios.flatMap(each => each.recovery.map(found => ({ each, found })))
  return all
    .map(({ each, found }) =>
      [
        `### The backup of ${text(found.name, 100)}`,
        `${restoredWords(each)}: ${code(found.path, 300)}, ${bytes(found.bytes)}. It was ${duration(found.ageSeconds)} old, so that is what would have been lost (measured RPO).`,
        rowsTable(found),
      ]
        .filter(part => part !== '')
        .join('\n\n'),
    )
    .join('\n\n')
}

const rowsTable = ({ rows: all }: RecoveryReport): string =>
  all.length === 0
    ? ''
    : table(
        ['table', 'rows in the backup', 'rows live'],
        all
          .slice(0, MOST_ROWS)
          .map(({ table: name, backup, live }) => [
            code(name, 100),
            String(backup),
            live === undefined ? '–' : String(live),
          ]),
      )

function problemsOf({ scenarios }: DrillReport): string[] {
  const found = problems(scenarios)
  const late = scenarios
    .filter(({ rtoMet }) => rtoMet === false)
    .map(
      each =>
        `${text(nameOf(each), 100)} took ${duration(each.took ?? 0)}, and its target is ${duration(each.rto ?? 0)}.`,
    )
  return found.length + late.length === 0 ? ['None was met.'] : [...found, ...late]
}

/** Where the drill itself can say what to begin with, it does. */
function improvements({ scenarios }: DrillReport): string {
  const remedies = [...new Set(scenarios.flatMap(({ problem }) => problem?.remedy ?? []))]
  const unseen = scenarios.filter(({ breaks, detect, problem }) => breaks && detect === undefined && !problem)
  const untimed = scenarios.filter(({ rto, result }) => rto === undefined && result === 'passed')
  const hints = [
    ...remedies.map(each => prose(each, 600)),
    ...unseen.map(
      each =>
        `${text(nameOf(each), 100)}: give it ${code('broken')}, so that the fault is seen before it is repaired.`,
    ),
    ...untimed.map(each => `${text(nameOf(each), 100)}: give it an ${code('rto')}, so that it is measured.`),
  ]
  return [
    ...(hints.length > 0 ? [list(hints.slice(0, 30))] : []),
    `- **Scripts.** ${toFillIn('what to make faster or safer.')}`,
    `- **Process.** ${toFillIn('what to do otherwise next time.')}`,
    `- **Documents.** ${toFillIn('what was missing or wrong.')}`,
    `- **Training.** ${toFillIn('what somebody did not know.')}`,
  ].join('\n')
}

function next({ started }: RunReport, { name, scenarios }: DrillReport): string {
  const open = scenarios.filter(each => resultWords(each) !== 'passed').map(each => text(nameOf(each), 100))
  return rows([
    ['Date', `${monthLater(started)} ${toFillIn('confirm it, or choose another.')}`],
    ['Drill', text(name, 100)],
    ['Look at', open.length === 0 ? toFillIn('what to look at.') : open.join(', ')],
  ])
}

/** `2026-12-21`, a month after; the last of a month where the next one is shorter. */
export function monthLater(iso: string): string {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return ''
  const day = date.getUTCDate()
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 2, 0)).getUTCDate()
  const month = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, Math.min(day, last)))
  return month.toISOString().slice(0, 10)
}
