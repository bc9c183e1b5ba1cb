import * as v from 'valibot'
import type { ItemOf } from '../kind/item-of.ts'
import type { Kind } from '../kind/kind.ts'
import { line, textOf, whole } from '../kind/shape.ts'
import { pathProblem } from '../runbook/paths.ts'

const value = textOf('Expected the absolute path of a log file.', pathProblem)
const options = { lines: v.optional(whole(1, 10_000), 100), matching: v.optional(line) }

type TailItem = ItemOf<typeof value, typeof options>

export const tail = {
  name: 'tail',
  phases: ['diagnose'],
  value,
  options,
  says: 'Puts the last lines of a file into the record when something failed; with `matching`, those of them that have this text, in large or small letters.',
  title({ value, options: { lines, matching } }: TailItem) {
    const last = `last ${lines} lines of ${value}`
    return matching === undefined ? last : `“${matching}” in the ${last}`
  },
  onHost: {
    shell: new URL('./tail.sh', import.meta.url),
    steps: ({ value, options: { lines, matching = '' } }: TailItem) => [
      { data: { path: value, lines: String(lines), matching } },
    ],
  },
} as const satisfies Kind
