import type { HostPlan } from '../engine/plan.ts'
import { ledgerLine } from '../release/ledger.ts'
import type { Choice } from '../release/resolve.ts'
import type { Decision, HostDecision } from './decide.ts'
import type { KindOf } from './rollback.ts'
import type { Setting } from './setting.ts'

type Lines = HostPlan['ledger']
type Move = Pick<Choice, 'from' | 'to' | 'fromCommit' | 'toCommit'>

/**
 * What a host adds to its ledger when the run ends, one way or another; nothing for a drill, which leaves all as it was. Of several components, each tells of its own
 * releases, the leading one last, because the last entry is what is live.
 */
export function ledgerLines(
  setting: Setting,
  decision: Decision,
  own: HostDecision | undefined,
  kindOf: KindOf,
): Lines {
  const [lead, ...others] = [...(own?.choices ?? [])]
  if (own?.alreadyThere || setting.drill !== undefined) return { committed: [], kept: [], undone: [] }
  const along = others.flatMap(([{ kind }, choice]) =>
    choice.alreadyThere || kindOf(kind)?.component?.fixed ? [] : [movedLines(setting, choice)],
  )
  const moved = lead ? lead[1] : { from: decision.from, to: decision.to }
  // Of a lead that is there already, nothing moved.
  const led = moved.from === '' || moved.from === moved.to ? [] : [leadLines(setting, moved)]
  const all = [...along, ...led]
  return {
    committed: all.flatMap(({ committed }) => committed),
    kept: all.flatMap(({ kept }) => kept),
    undone: all.flatMap(({ undone }) => undone),
  }
}

const commonTo = ({ run, rollback, actor, reason }: Setting) => ({
  run,
  rollback: rollback.name,
  ...(actor && { by: actor }),
  ...(reason && { reason }),
})

function movedLines(setting: Setting, { from, to, fromCommit, toCommit }: Move): Lines {
  const common = commonTo(setting)
  const there = { release: to, from, ...(toCommit && { commit: toCommit }), ...common }
  const left = ledgerLine({
    event: 'bad',
    release: from,
    ...(fromCommit && { commit: fromCommit }),
    ...common,
  })
  return {
    committed: [ledgerLine({ event: 'rolled-back', ...there }), left],
    kept: [ledgerLine({ event: 'kept', ...there }), left],
    undone: [
      ledgerLine({
        event: 'undone',
        release: from,
        from: to,
        ...(fromCommit && { commit: fromCommit }),
        ...common,
      }),
    ],
  }
}

/** What the leading component left is what deploys are held from. */
function leadLines(setting: Setting, move: Move): Lines {
  const { hold } = setting.rollback
  const lines = movedLines(setting, move)
  if (hold === 'none') return lines
  const { from, fromCommit } = move
  const held =
    hold === 'all' ? { release: '*' } : { release: from, ...(fromCommit && { commit: fromCommit }) }
  const line = ledgerLine({ event: 'hold', ...held, ...commonTo(setting) })
  return { ...lines, committed: [...lines.committed, line], kept: [...lines.kept, line] }
}
