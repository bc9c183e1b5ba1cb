import { type Baseline, owedAfterUndo } from './baseline.ts'
import type { RunnerCheck } from './runner-check.ts'
import { beforeSwitch } from './variables.ts'

/**
 * The checks as they hold while some hosts serve the one release and some the other: an answer of either is right, and
 * nothing heavy is done to servers that are in the middle of it. What failed before the switch says nothing until all
 * have been switched, because the hosts that make it fail may not have had their turn.
 */
export const whileBothServe = (
  checks: readonly RunnerCheck[],
  baseline: readonly Baseline[],
): readonly RunnerCheck[] =>
  owedAfterUndo(checks, baseline).map(check => ({
    ...check,
    probe: async glance => {
      const verdict = await check.probe(glance)
      if (verdict.passed) return verdict
      const before = await check.probe({ ...glance, variables: beforeSwitch(glance.variables) })
      return before.passed ? before : verdict
    },
  }))
