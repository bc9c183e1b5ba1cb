import * as v from 'valibot'
import { PHASES } from '../kind/item.ts'
import type { HostPlan } from './plan.ts'

const texts = v.array(v.string())
const STEP = v.object({
  number: v.pipe(v.number(), v.integer(), v.minValue(1)),
  kind: v.string(),
  phase: v.picklist(PHASES),
  title: v.string(),
  data: v.record(v.string(), v.string()),
  in: v.optional(v.string()),
  timeout: v.number(),
  severity: v.picklist(['fail', 'warn']),
  secrets: texts,
  inner: v.boolean(),
  position: v.object({ file: v.string(), line: v.number(), column: v.number() }),
})
const PLAN = v.object({
  host: v.string(),
  stateFolder: v.string(),
  run: v.string(),
  app: v.string(),
  environment: v.string(),
  rollback: v.string(),
  from: v.string(),
  to: v.string(),
  reason: v.string(),
  url: v.string(),
  hosts: v.number(),
  onLostContact: v.picklist(['keep', 'undo', 'decide']),
  silence: v.number(),
  ledger: v.object({ committed: texts, kept: texts, undone: texts }),
  steps: v.array(STEP),
})

/** Reads the plan of an earlier run back from its host; undefined when it is cut or isn't one. Used only to tell. */
export function readPlan(lines: readonly string[]): HostPlan | undefined {
  try {
    const read = v.safeParse(PLAN, JSON.parse(lines.join('\n')))
    return read.success ? read.output : undefined
  } catch {
    return undefined
  }
}
