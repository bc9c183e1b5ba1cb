import type { Phase } from '../kind/item.ts'

/** What is looked at before anything is touched, in the order in which a person goes through it. */
export const CHECKLIST = [
  'target',
  'why',
  'releases',
  'changes',
  'migrations',
  'disk',
  'locks',
  'approvals',
  'reason',
] as const
export type ChecklistTopic = (typeof CHECKLIST)[number]

/** One line of the checklist. A topic may have several, such as one for each host. */
export interface ChecklistReport {
  readonly what: ChecklistTopic
  /** A sentence without its full stop, in which backticks mark names. */
  readonly said: string
  /** What it is about, a line each; a stranger's text, such as the subjects of commits. */
  readonly items?: readonly string[]
}

export interface PlannedStep {
  readonly host: string
  readonly number: number
  readonly phase: Phase
  readonly kind: string
  readonly title: string
  /** What the functions of the kind would be given. */
  readonly data: Readonly<Record<string, string>>
  /** What would take it back, in words. */
  readonly undo: string
  /** An alternative inside the step before it: it runs only when that one tries it. */
  readonly inner?: true
}

/** The functions `<kind>_ready`, `_state`, `_do` and `_undo`, as they run on a host. */
export interface ScriptReport {
  readonly kind: string
  readonly text: string
}
