import { Refusal } from '../refusal.ts'
import type { Decision } from './decide.ts'
import type { Setting } from './setting.ts'

/** Somebody has deployed or rolled back since it was decided what is to be left. */
class LiveMoved extends Refusal {
  readonly code = 'RB-LIVE-MOVED'
}

/**
 * Who decides long before it is done speaks of what was live then: to go back from anything else would take away what
 * somebody has mended.
 *
 * @throws LiveMoved
 */
export function refuseMoved({ leaving }: Setting, { from }: Decision): void {
  if (leaving === undefined || from === leaving) return
  throw new LiveMoved(`\`${leaving}\` was watched, and \`${from}\` is live by now. Nothing was changed.`, [
    'Somebody has deployed or rolled back meanwhile: look at what serves now, and watch that.',
  ])
}
