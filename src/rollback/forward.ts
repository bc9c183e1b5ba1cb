import { quote } from '../host/quote.ts'
import type { Item } from '../kind/item.ts'
import { artisanIn } from '../migrations/question.ts'
import type { LaravelMigrations } from '../runbook/runbook.ts'
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

function forwardItem(setting: Setting, decision: Decision, of: LaravelMigrations): Item[] {
  const moves = [...decision.hosts].flatMap(([host, own]) => {
    const move = moveOf(own, of)
    return move ? [{ host, ...move }] : []
  })
  // Who reaches the database for its backup reaches it for this, too.
  const near = setting.rollback.phases.backup.flatMap(({ kind, on }) =>
    (kind === 'database' || kind === 'postgres') && on ? [on] : [],
  )
  const chosen = moves.find(({ host }) => near.includes(host)) ?? moves[0]
  if (chosen === undefined) return []
  const { folder, file } = artisanIn(of.artisan)
  return [
    {
      kind: 'run',
      value: scriptFor(chosen.path, file),
      options: {},
      on: chosen.host,
      as: 'apply the migrations that the database lacks (none on the way back)',
      timeout: TIMEOUT,
      severity: 'fail',
      in: `${chosen.path}/current${folder && `/${folder}`}`,
      env: [],
      position: of.position,
    },
  ]
}

/**
 * `start` runs once more on the way back, where the release that was left is live again: whatever it has not applied so
 * far, nobody asked for.
 */
const scriptFor = (path: string, artisan: string): string =>
  [
    `live=$(readlink -f ${quote(`${path}/current`)})`,
    `target=$(readlink -f ${quote(`${path}/releases`)}/"$ROLLBOOK_TO")`,
    'if [ "$live" != "$target" ]; then',
    '  echo "$ROLLBOOK_TO is not live: on the way back no migration is applied."',
    '  exit 0',
    'fi',
    `php ${quote(artisan)} migrate --force --no-interaction`,
    '',
  ].join('\n')
