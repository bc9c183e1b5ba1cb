import type { ItemOf } from '../kind/item-of.ts'
import type { Kind } from '../kind/kind.ts'
import { textOf } from '../kind/shape.ts'
import { nameProblem } from '../runbook/names.ts'

const value = textOf('Expected the name of a list of checks.', nameProblem)

/** The loader puts the items of the list in its place, so nobody after it ever meets this kind. */
type UseItem = ItemOf<typeof value>

export const use = {
  name: 'use',
  phases: ['verify'],
  value,
  options: {},
  says: 'Stands for a named list of `checks`.',
  title({ value }: UseItem) {
    return `checks ${value}`
  },
} as const satisfies Kind
