import type { Item } from '../kind/item.ts'
import { toolOf } from '../migrations/table.ts'
import type { Migrations } from '../runbook/runbook.ts'
import { moveOf } from './ask-migrations.ts'
import type { Decision } from './decide.ts'
import type { Setting } from './setting.ts'

/** Seconds: a migration that copies a large table takes its time, and must not be cut in the middle. */
const TIMEOUT = 1800

/**
 * The setting with `forward: true` as steps in front of `start`: on one host, because the database is one. They stand in
 * the plan like any other.
 */
export function withForward(setting: Setting, decision: Decision): Setting {
  const { rollback } = setting
  const items = rollback.migrations.flatMap(of => (of.forward ? forwardItem(setting, decision, of) : []))
  if (items.length === 0) return setting
  const start = [...items, ...rollback.phases.start]
  return { ...setting, rollback: { ...rollback, phases: { ...rollback.phases, start } } }
}

function forwardItem(setting: Setting, decision: Decision, of: Migrations): Item[] {
  const moves = [...decision.hosts].flatMap(([host, own]) => {
    const move = moveOf(own, of)
    return move ? [{ host, ...move }] : []
  })
  // Who reaches the database for its backup reaches it for this, too.
  const near = setting.rollback.phases.backup.flatMap(({ kind, on }) =>
    (kind === 'database' || kind === 'postgres') && on ? [on] : [],
  )
  const chosen = moves.find(({ host }) => near.includes(host)) ?? moves[0]
  const step = chosen && toolOf(of).forward?.(of, chosen.path)
  if (chosen === undefined || step === undefined) return []
  return [
    {
      kind: 'run',
      value: step.script,
      options: {},
      on: chosen.host,
      as: 'apply the migrations that the database lacks (none on the way back)',
      timeout: TIMEOUT,
      severity: 'fail',
      in: step.in,
      env: [],
      position: of.position,
    },
  ]
}
