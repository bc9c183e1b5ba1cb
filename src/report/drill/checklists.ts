import type { CheckReport, DrillReport, RunReport, ScenarioReport } from '../../outcome.ts'
import { count, duration } from '../amounts.ts'

type Line = readonly [done: boolean, said: string]

const list = (title: string, lines: readonly Line[]): string =>
  [`**${title}**`, '', ...lines.map(([done, said]) => `- [${done ? 'x' : ' '}] ${said}`)].join('\n')

const every = (all: readonly ScenarioReport[], holds: (each: ScenarioReport) => boolean): boolean =>
  all.length > 0 && all.every(holds)

const stagePassed = ({ stages }: ScenarioReport, name: string): boolean =>
  stages.some(({ stage, passed }) => stage === name && passed)

/** How fast it was, in the words of its loads; the slowest of them counts. */
function speed(loads: readonly CheckReport[]): string {
  if (loads.length === 0) return 'It is fast enough (no check of the kind load)'
  const slowest = (name: 'mean' | 'p95') => Math.max(0, ...loads.map(({ load }) => load?.[name] ?? 0))
  return `It is fast enough: ${count(loads.length, 'load')}, mean at most ${duration(slowest('mean'))}, p95 at most ${duration(slowest('p95'))}`
}

/**
 * The checklists of before, during and after: ticked is what the drill has seen itself; what only people can know is left
 * open.
 */
export function checklists(report: RunReport, { scenarios }: DrillReport): string {
  const { backups } = report
  const checks = scenarios.flatMap(each => each.checks)
  const loads = checks.filter(({ load }) => load !== undefined)
  const passed = every(scenarios, ({ result }) => result === 'passed')
  const back = every(scenarios, each => each.back !== false)
  const problems = scenarios.filter(({ problem, rtoMet }) => problem !== undefined || rtoMet === false).length
  return [
    list('Before', [
      [
        every(scenarios, each => stagePassed(each, 'healthy')),
        'The environment answers, and its checks pass',
      ],
      [
        every(scenarios, each => stagePassed(each, 'rollback')),
        'Every rollback can run: each host was prepared',
      ],
      [
        backups.length > 0 && backups.every(({ verified }) => verified),
        backups.length === 0
          ? 'Backups are whole (no rollback of this drill makes one)'
          : `Backups are whole: ${count(backups.length, 'backup')} made and read back`,
      ],
      [false, 'Monitoring works'],
      [false, 'The team knows of the drill'],
    ]),
    list('During', [
      [passed, 'Every rollback ran to its end'],
      [every(scenarios, each => stagePassed(each, 'rollback')), 'The system was in order afterwards'],
      [
        checks.length > 0 && checks.every(({ status }) => status === 'passed'),
        `It does what it should: ${count(checks.length, 'check')}`,
      ],
      [loads.length > 0 && loads.every(({ status }) => status === 'passed'), speed(loads)],
      [false, 'Monitoring showed what happened'],
    ]),
    list('After', [
      [back, 'Everything is as it was before, and its checks pass'],
      [true, 'The drill is on record: this report, and the JSON record'],
      [
        problems === 0,
        problems === 0 ? 'No problem was met' : `Each of ${count(problems, 'problem')} is understood`,
      ],
      [false, 'What is to be improved is clear'],
      [false, 'The team has talked it over'],
    ]),
  ].join('\n\n')
}
