import { Refusal } from '../refusal.ts'

/** What is wrong with one input; never holds a secret. */
export interface InputProblem {
  readonly field: string
  readonly message: string
}

/** Inputs can't be used. Has every problem that was found, not only the first. */
export class BadInput extends Refusal {
  readonly code = 'RB-INPUT'
  readonly problems: readonly InputProblem[]

  constructor(problems: readonly InputProblem[]) {
    const fields = new Set(problems.map(({ field }) => field)).size
    const what = fields === 1 ? 'One input cannot be used' : `${fields} inputs cannot be used`
    super(
      [
        `${what}. No host was contacted, nothing was changed.`,
        ...problems.map(({ field, message }) => `${field}: ${message}`),
      ].join('\n'),
      ['Correct what is named above and run again.'],
    )
    this.problems = problems
  }
}

/** Takes down one problem of one input. */
export type Complain = (field: string, message: string) => void

/** Texts by the name of the input. */
export type Inputs = Readonly<Record<string, string | undefined>>
