import type { Position } from '../kind/item.ts'
import { Refusal } from '../refusal.ts'

/** Keys and indices that lead from the top of the runbook to a value. */
export type Path = readonly (string | number)[]

/** One thing that is wrong in a runbook: where, under which key, and a sentence or two that never hold a secret. */
export interface Problem {
  readonly position: Position
  /** `rollbacks.release.switch[1].run`; empty for the file as a whole. */
  readonly field: string
  readonly message: string
}

/** Where the values of a runbook come from: for messages only. */
export interface Source {
  /** Of a value, or of the key in front of it; of the nearest thing around it when there is no such value. */
  position(path: Path, of?: 'key' | 'value'): Position
  /** A plain value as it was written (`012`, not 10), when that is known. */
  written(path: Path): string | undefined
}

/** Takes note of a problem; the loader goes on, so that all of them are told at once. */
export type Report = (path: Path, message: string, of?: 'key' | 'value') => void

export const fieldOf = (path: Path): string =>
  path.map((part, at) => (typeof part === 'number' ? `[${part}]` : at === 0 ? part : `.${part}`)).join('')

const MOST = 50

/** A runbook can't be used. Has every problem that was found, not only the first. */
export class RunbookInvalid extends Refusal {
  readonly code = 'RB-RUNBOOK'
  readonly problems: readonly Problem[]

  constructor(file: string, found: readonly Problem[]) {
    const problems = inOrder(found)
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
    const lines = problems.slice(0, MOST).map(told)
    if (problems.length > MOST) lines.push(`… and ${problems.length - MOST} more`)
    super([`${file} has ${count}. No host was contacted, nothing was changed.`, ...lines].join('\n'), [
      `Correct ${file} and run again.`,
    ])
    this.problems = problems
  }
}

const told = ({ position: { file, line, column }, field, message }: Problem): string =>
  `${file}:${line}:${column} ${field === '' ? '' : `${field}: `}${message}`

/** By place, and only the first word on each: later passes see the echo of what an earlier one has named better. */
function inOrder(problems: readonly Problem[]): readonly Problem[] {
  const first = new Map<string, Problem>()
  for (const problem of problems) {
    const place = `${problem.position.line}:${problem.position.column}:${problem.field}`
    if (!first.has(place)) first.set(place, problem)
  }
  return [...first.values()].sort(
    ({ position: a }, { position: b }) => a.line - b.line || a.column - b.column,
  )
}
