import { CHECKLIST, type ChecklistReport } from '../outcome.ts'

const WIDEST = Math.max(...CHECKLIST.map(what => what.length))

/** One entry of the checklist in a log: its topic in a column of its own, what it is about below it. */
export const checklistLines = ({ what, said, items = [] }: ChecklistReport): string[] => [
  `${what.padEnd(WIDEST)}  ${said}`,
  ...items.map(item => `${' '.repeat(WIDEST)}    ${item}`),
]

/** The entries in the order of the checklist, whenever each became known. */
export const inOrder = (entries: readonly ChecklistReport[]): ChecklistReport[] =>
  entries.toSorted((one, two) => CHECKLIST.indexOf(one.what) - CHECKLIST.indexOf(two.what))
