import type { ScenarioReport } from '../../outcome.ts'
import { duration } from '../amounts.ts'
import { prose, table, text } from '../markdown.ts'

/** How a scenario ended, in a few words. */
export function resultWords({ result, rtoMet, back }: ScenarioReport): string {
  if (result === 'not-run') return 'not tried'
  if (back === false) return 'not back'
  if (result === 'failed') return 'failed'
  return rtoMet === false ? 'too slow' : 'passed'
}

const SIGNS: Readonly<Record<string, string>> = {
  passed: '✅',
  'too slow': '❌',
  failed: '❌',
  'not back': '🛑',
  'not tried': '–',
}

export const nameOf = ({ title, rollback }: ScenarioReport): string =>
  title === undefined ? rollback : `${title} (${rollback})`

/** Whether a rollback kept to its target, in words for a cell. */
function targetWords({ took, rto, rtoMet }: ScenarioReport): string {
  if (took === undefined) return 'not measured'
  if (rto === undefined) return 'no target'
  return rtoMet === false ? '❌ missed' : '✅ met'
}

const time = (seconds: number | undefined): string => (seconds === undefined ? '–' : duration(seconds))

/** Target and time of each rollback: what the drill is for. */
export const rtoTable = (all: readonly ScenarioReport[]): string =>
  table(
    ['rollback', 'target (RTO)', 'took', 'kept?', 'scenario'],
    all.map(each => [
      text(nameOf(each), 100),
      time(each.rto),
      time(each.took),
      targetWords(each),
      `${SIGNS[resultWords(each)]} ${resultWords(each)}`,
    ]),
  )

/** How long each part of each scenario took. */
export const timesTable = (all: readonly ScenarioReport[]): string =>
  table(
    ['scenario', 'fault seen after', 'decided in', 'restored in', 'went', 'brought back by'],
    all.map(each => [
      `${each.number} ${text(nameOf(each), 100)}`,
      each.breaks ? time(each.detect) : 'nothing was broken',
      time(each.decide),
      time(each.restore),
      each.from === '' && each.to === '' ? '–' : `${text(each.from, 60)} → ${text(each.to, 60)}`,
      backWords(each),
    ]),
  )

const WAYS = { rollback: 'the rollback', undo: 'its undo', name: 'a rollback to what was live' } as const

function backWords({ back, broughtBackBy }: ScenarioReport): string {
  if (back === undefined) return 'nothing was changed'
  if (!back) return '**not as it was**'
  return broughtBackBy.length === 0
    ? 'nothing more: it was as before'
    : broughtBackBy.map(way => WAYS[way]).join(', ')
}

/** What went wrong, a line for each scenario with a problem. */
export const problems = (all: readonly ScenarioReport[]): string[] =>
  all.flatMap(({ number, rollback, problem }) =>
    problem === undefined
      ? []
      : [`Scenario ${number} (${text(rollback, 100)}): ${prose(problem.message, 1000)}`],
  )
