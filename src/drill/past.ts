import * as v from 'valibot'
import type { DrillReport, PastDrill } from '../outcome.ts'
import { startOfRun } from '../release/run-id.ts'

const word = v.pipe(v.string(), v.maxLength(100))
const LINE = v.object({
  at: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(99_999_999_999)),
  drill: word,
  run: word,
  outcome: word,
  scenarios: v.pipe(
    v.array(
      v.object({
        rollback: word,
        result: word,
        took: v.exactOptional(v.pipe(v.number(), v.minValue(0))),
        rto: v.exactOptional(v.pipe(v.number(), v.minValue(0))),
      }),
    ),
    v.maxLength(50),
  ),
})

/** What is kept of a drill, behind `{"at":<seconds>,` that the host puts in front. ASCII, and short enough for one line. */
export function drillLine(drill: DrillReport, run: string, outcome: string): string {
  const scenarios = drill.scenarios.map(({ rollback, result, took, rto }) => ({
    rollback,
    result,
    took,
    rto,
  }))
  const json = JSON.stringify({ drill: drill.name, run, outcome, scenarios: scenarios.slice(0, 25) })
  return json.slice(1)
}

/** Reads what a host remembers of one drill; lines that are cut or foreign say nothing. The oldest first. */
export function readPast(lines: readonly string[], name: string): readonly PastDrill[] {
  return lines.flatMap(line => {
    const read = v.safeParse(LINE, parsed(line))
    if (!read.success || read.output.drill !== name) return []
    const { at, run, outcome, scenarios } = read.output
    // The line was written when the drill was over; the drill that reads it is told by when it began.
    return [{ at: startOfRun(run) ?? new Date(at * 1000).toISOString(), run, outcome, scenarios }]
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
