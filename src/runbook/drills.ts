import * as v from 'valibot'
import type { Item, Later, Position } from '../kind/item.ts'
import { laterPhases } from '../kind/later.ts'
import { MODIFIERS } from '../kind/modifiers.ts'
import { line, list, map, named, script, textOf } from '../kind/shape.ts'
import { releaseNameProblem } from '../release/name.ts'
import { type Draft, entriesOf, propertyOf } from './draft.ts'
import { expandUse } from './expand.ts'
import { parseItem } from './item.ts'
import { nameProblem } from './names.ts'
import { hint } from './nearest.ts'
import type { Path, Report, Source } from './problem.ts'

/** One rollback that a drill tries, and the fault that it is to repair. */
export interface Scenario {
  readonly title?: string | undefined
  readonly rollback: string
  readonly target: string
  /** A `run` item that makes the fault; without one, the rollback is a planned one. */
  readonly breaks?: Item | undefined
  /** The checks that see the fault; every one has to pass before the rollback begins. */
  readonly broken: readonly Item[]
  /** What stands in it that this version can't run yet. */
  readonly later: readonly Later[]
  readonly position: Position
}

/** By name, in the order of the file. */
export type Drills = Readonly<Record<string, readonly Scenario[]>>

const targetProblem = (text: string): string | undefined => {
  const problem = releaseNameProblem(text)
  return problem === undefined ? undefined : `Expected previous, last-good or a release. This ${problem}.`
}

/** The section `drills`. @param check what a check may look like. */
export const drillsSchema = <C extends v.GenericSchema>(check: C) =>
  named(
    nameProblem,
    list(
      map({
        rollback: textOf('Expected the name of a rollback.', nameProblem),
        target: v.optional(textOf('Expected previous, last-good or a release.', targetProblem), 'previous'),
        as: v.optional(line),
        break: v.optional(script),
        on: MODIFIERS.on,
        in: MODIFIERS.in,
        timeout: MODIFIERS.timeout,
        env: MODIFIERS.env,
        broken: v.optional(check),
      }),
      'Expected a list of scenarios, such as [{ rollback: release }].',
      50,
    ),
  )

type Given = v.InferOutput<ReturnType<typeof drillsSchema<v.GenericSchema>>>

export type { Given as GivenDrills }

/** Keys that say how `break` runs. */
const OF_BREAK = ['on', 'in', 'timeout', 'env']

/** Reports what names nothing, and what means nothing without a `break`. Reads the raw value, as the file has it. */
export function reportDrills(value: unknown, source: Source, report: Report): void {
  const rollbacks = entriesOf(value, 'rollbacks').map(([name]) => name)
  const hosts = entriesOf(value, 'environments').flatMap(([, each]) =>
    entriesOf(each, 'hosts').map(([name]) => name),
  )
  for (const [name, scenarios] of entriesOf(value, 'drills')) {
    if (!Array.isArray(scenarios)) continue
    scenarios.forEach((scenario, at) => {
      const path: Path = ['drills', name, at]
      const missing = (key: string, among: readonly string[], what: string) => {
        const given = propertyOf(scenario, key)
        if (typeof given === 'string' && !among.includes(given))
          report([...path, key], `There is no ${what} called ${JSON.stringify(given)}.${hint(given, among)}`)
      }
      missing('rollback', rollbacks, 'rollback')
      missing('on', [...new Set(hosts)], 'host')
      const broken = propertyOf(scenario, 'broken')
      if (broken !== undefined) parseItem(broken, 'verify', [...path, 'broken'], source, report)
      if (propertyOf(scenario, 'break') !== undefined) return
      if (broken !== undefined)
        report([...path, 'broken'], 'Without "break" nothing is broken that could be seen.', 'key')
      for (const key of OF_BREAK)
        if (propertyOf(scenario, key) !== undefined)
          report([...path, key], `This says how "break" runs, and there is none.`, 'key')
    })
  }
}

/** The section as everything behind the loader knows it; it is known to be right. */
export function readDrills(given: Given | undefined, checks: Draft['checks'], source: Source): Drills {
  return Object.fromEntries(
    Object.entries(given ?? {}).map(([name, scenarios]) => [
      name,
      scenarios.map((scenario, at) => scenarioOf(scenario, ['drills', name, at], checks, source)),
    ]),
  )
}

function scenarioOf(
  given: Given[string][number],
  path: Path,
  checks: Draft['checks'],
  source: Source,
): Scenario {
  const position = source.position(path)
  const seen =
    given.broken === undefined
      ? undefined
      : parseItem(given.broken, 'verify', [...path, 'broken'], source, () => {})
  const broken = expandUse([seen], checks)
  return {
    title: given.as,
    rollback: given.rollback,
    target: given.target,
    ...(given.break !== undefined && {
      breaks: {
        kind: 'run',
        value: given.break,
        options: {},
        on: given.on,
        as: `break: ${firstLine(given.break)}`,
        timeout: given.timeout,
        // What a rollback repairs is not taken back by a script as well.
        undo: '',
        severity: 'fail',
        in: given.in,
        env: given.env ?? [],
        position: source.position([...path, 'break']),
      },
    }),
    broken,
    later: broken.flatMap(item =>
      laterPhases(item.kind).includes('verify')
        ? [{ kind: item.kind, position: item.position }]
        : (item.later ?? []),
    ),
    position,
  }
}

function firstLine(text: string): string {
  const [first = '', ...more] = text.trim().split('\n')
  return first.length > 60 ? `${first.slice(0, 59)}…` : more.length > 0 ? `${first} …` : first
}
