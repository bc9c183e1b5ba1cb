import type { Session } from '../engine/conversation.ts'
import { ContactLost } from '../engine/no-answer.ts'
import type { Item } from '../kind/item.ts'
import type { MigrationFacts } from '../migrations/facts.ts'
import { toolOf } from '../migrations/table.ts'
import type { Move } from '../migrations/tool.ts'
import { Refusal } from '../refusal.ts'
import type { Choice } from '../release/resolve.ts'
import type { Migrations } from '../runbook/runbook.ts'
import type { Decision, HostDecision } from './decide.ts'
import type { Looked } from './look.ts'
import type { Setting } from './setting.ts'

/** What all hosts that will switch know of some migrations. */
export interface AskedMigrations {
  readonly of: Migrations
  readonly facts: readonly MigrationFacts[]
}

/** The connection broke before anything was changed. */
class ContactLostBefore extends Refusal {
  readonly code = 'RB-CONTACT-LOST-BEFORE'
}

/** Asks every host that will switch about the migrations of the rollback, all at once. Changes nothing. */
export async function askMigrations(
  { rollback }: Pick<Setting, 'rollback'>,
  looked: readonly Looked[],
  decision: Decision,
): Promise<readonly AskedMigrations[]> {
  if (decision.unchanged) return []
  return await Promise.all(
    rollback.migrations.map(async of => {
      const facts = await Promise.all(
        looked.map(async ({ session, facts: { host } }) => {
          const move = moveOf(decision.hosts.get(host), of)
          return move ? [await ask(session, host, of, move)] : []
        }),
      )
      return { of, facts: facts.flat() }
    }),
  )
}

/** How a host switches the application whose migrations these are; undefined when it stays where it is. */
export function moveOf(own: HostDecision | undefined, of: Migrations): Move | undefined {
  const choices: readonly (readonly [Item, Choice])[] = [...(own?.choices ?? [])]
  for (const [item, { from, to, alreadyThere }] of choices) {
    const path = toolOf(of).movedBy(item, of)
    if (path !== undefined && of.paths.includes(path) && !alreadyThere) return { path, from, to }
  }
  return undefined
}

async function ask(session: Session, host: string, of: Migrations, move: Move): Promise<MigrationFacts> {
  const tool = toolOf(of)
  try {
    return tool.facts(host, move, await session.ask([tool.question(of, move)]))
  } catch (error) {
    if (!(error instanceof ContactLost)) throw error
    throw new ContactLostBefore(
      `Contact with ${host} was lost while it told of its migrations: ${error.reason}. Nothing was changed.`,
      ['Look at the network between here and that host, and run it again.'],
      undefined,
      { cause: error },
    )
  }
}
