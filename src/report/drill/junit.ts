import type { DrillReport, DrillStage, RunReport, ScenarioReport } from '../../outcome.ts'
import { duration } from '../amounts.ts'
import { nameOf } from './scenarios.ts'

const STAGES: Readonly<Record<DrillStage, string>> = {
  healthy: 'it serves before',
  break: 'the fault is made',
  broken: 'the fault is seen',
  rollback: 'it is rolled back, and serves',
  restore: 'it is as it was before',
  verify: 'it serves afterwards',
}

/**
 * A drill as JUnit XML, for whatever shows the results of tests: a suite for each scenario, a case for each stage, and one
 * for the target of its duration. `report` is masked already.
 */
export function junitXml(report: RunReport, drill: DrillReport): string {
  const suites = drill.scenarios.map(each => suite(each, report))
  const sum = (of: (suite: Suite) => number) => suites.reduce((all, each) => all + of(each), 0)
  const root = attributes({
    name: `drill ${drill.name} of ${report.app} in ${report.environment}`,
    tests: sum(({ cases }) => cases),
    failures: sum(({ failures }) => failures),
    errors: 0,
    skipped: sum(({ skipped }) => skipped),
    time: report.duration.toFixed(3),
    timestamp: report.started.replace(/(\.\d+)?Z$/, ''),
  })
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${root}>\n${suites.map(({ xml }) => xml).join('')}</testsuites>\n`
}

interface Suite {
  readonly xml: string
  readonly cases: number
  readonly failures: number
  readonly skipped: number
}

interface Case {
  readonly name: string
  readonly seconds: number
  readonly end: 'passed' | 'failed' | 'skipped'
  readonly words: string
}

function suite(scenario: ScenarioReport, { started }: RunReport): Suite {
  const cases = casesOf(scenario)
  const [failures, skipped] = (['failed', 'skipped'] as const).map(
    end => cases.filter(each => each.end === end).length,
  )
  const name = `${scenario.number} ${nameOf(scenario)}`
  const head = attributes({
    name,
    tests: cases.length,
    failures: failures ?? 0,
    errors: 0,
    skipped: skipped ?? 0,
    time: cases.reduce((all, { seconds }) => all + seconds, 0).toFixed(3),
    timestamp: started.replace(/(\.\d+)?Z$/, ''),
  })
  const body = cases.map(each => caseXml(each, scenario)).join('')
  return {
    xml: `  <testsuite${head}>\n${body}  </testsuite>\n`,
    cases: cases.length,
    failures: failures ?? 0,
    skipped: skipped ?? 0,
  }
}

function casesOf(scenario: ScenarioReport): readonly Case[] {
  const { stages, problem, rto, rtoMet, took = 0, result, breaks } = scenario
  const words = problem?.message ?? ''
  if (result === 'not-run' || stages.length === 0)
    return [
      {
        name: 'the scenario',
        seconds: 0,
        end: result === 'not-run' ? 'skipped' : 'failed',
        words,
      },
    ]
  const done = stages.map(
    ({ stage, passed, seconds }): Case => ({
      name: STAGES[stage],
      seconds,
      end: passed ? 'passed' : 'failed',
      words: passed ? '' : words,
    }),
  )
  const missing = (Object.keys(STAGES) as DrillStage[])
    .filter(stage => breaks || (stage !== 'break' && stage !== 'broken'))
    .filter(stage => stage !== 'broken' && !stages.some(each => each.stage === stage))
    .map((stage): Case => ({ name: STAGES[stage], seconds: 0, end: 'skipped', words: '' }))
  const timed: Case[] =
    rto === undefined || rtoMet === undefined
      ? []
      : [
          {
            name: `it takes at most ${duration(rto)}`,
            seconds: 0,
            end: rtoMet ? 'passed' : 'failed',
            words: `It took ${duration(took)}, and its target is ${duration(rto)}.`,
          },
        ]
  const cases = [...done, ...missing, ...timed]
  // What failed between two stages is a failure all the same.
  if (result !== 'failed' || cases.some(({ end }) => end === 'failed')) return cases
  return [...cases, { name: 'the scenario', seconds: 0, end: 'failed', words }]
}

function caseXml({ name, seconds, end, words }: Case, scenario: ScenarioReport): string {
  const head = attributes({
    name,
    classname: `drill.${scenario.rollback}`,
    time: seconds.toFixed(3),
  })
  if (end === 'passed') return `    <testcase${head}/>\n`
  const type =
    end === 'failed' ? attributes({ message: words.split('\n')[0] ?? '', type: typeOf(scenario) }) : ''
  const inner =
    end === 'failed'
      ? `<failure${type}>${written(words)}</failure>`
      : `<skipped${attributes({ message: words })}/>`
  return `    <testcase${head}>${inner}</testcase>\n`
}

const typeOf = ({ problem }: ScenarioReport): string => problem?.code ?? 'RB-RTO-MISSED'

const attributes = (all: Readonly<Record<string, string | number>>): string =>
  Object.entries(all)
    .map(([name, value]) => ` ${name}="${written(String(value))}"`)
    .join('')

/** Text as XML 1.0 can hold it: characters that it has no way to write are left out. */
const written = (text: string): string =>
  text
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML forbids
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replace(/[&<>"'\n\r\t]/g, character => `&#${character.charCodeAt(0)};`)
