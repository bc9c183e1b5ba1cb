import type { HostPlan, Step } from '../engine/plan.ts'
import { readShells } from '../engine/shell.ts'
import { ONCE } from '../kind/patience.ts'
import type { PlannedStep, ScriptReport } from '../outcome.ts'
import { type KindOf, shellOf } from '../rollback/rollback.ts'

/** The steps of a plan as people see them: with their data, and with what would take each of them back. */
export const plannedSteps = (plans: readonly HostPlan[], kindOf: KindOf): PlannedStep[] =>
  plans.flatMap(({ host, steps }) =>
    steps.map(step => ({
      host,
      number: step.number,
      phase: step.phase,
      kind: step.kind,
      title: step.title,
      data: dataOf(step),
      undo: undoWords(step, kindOf),
      ...(step.inner && { inner: true as const }),
    })),
  )

/** The functions of each kind that the steps use, once. */
export function plannedScripts(plans: readonly HostPlan[], kindOf: KindOf): ScriptReport[] {
  const kinds = [...new Set(plans.flatMap(({ steps }) => steps.map(({ kind }) => kind)))]
  return kinds.map(kind => ({ kind, text: readShells(shellOf(kind, kindOf)) }))
}

/** Only checks look more than once: elsewhere the patience of a step says nothing. */
function dataOf({ data, phase, inner }: Step): Record<string, string> {
  const looksOnce = Object.entries(ONCE).every(([name, once]) => data[name] === once)
  const patience = phase !== 'verify' || inner || looksOnce ? Object.keys(ONCE) : []
  return Object.fromEntries(
    Object.entries(data)
      .filter(([name, value]) => value !== '' && name !== 'proof' && !patience.includes(name))
      .map(([name, value]) => [
        name,
        name === 'every' && value === ONCE.every ? 'with growing pauses' : value,
      ]),
  )
}

/** As `engine/program/journey.sh` goes back: the way there, with the switch turned round. */
function undoWords({ phase, kind, data }: Step, kindOf: KindOf): string {
  switch (phase) {
    case 'backup':
      return 'nothing: the backup is kept'
    case 'stop':
    case 'start':
      return 'the same again, on the way back'
    case 'switch':
      return kindOf(kind)?.onHost?.back?.(data) ?? `${kind}_undo`
    case 'verify':
      return 'nothing: it only looks'
    case 'resume':
      return 'nothing: it runs when everything is verified'
    case 'diagnose':
      return 'nothing: it runs only when something failed'
  }
}
