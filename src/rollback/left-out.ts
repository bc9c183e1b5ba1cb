import { ConnectTimeout, HungUp, Stalled, Unreachable } from '../host/contact.ts'
import { PHASES } from '../kind/item.ts'
import { Refusal, withoutReassurance } from '../refusal.ts'
import { causes } from '../report/failure-words.ts'
import type { Chronicle } from './chronicle.ts'
import type { Unreached } from './look.ts'
import type { Setting } from './setting.ts'

/** A host may be missing, and the rollback has a step for it alone. */
class NotWithoutThisHost extends Refusal {
  readonly code = 'RB-NOT-WITHOUT-THIS-HOST'
}

/**
 * Whether a run may go on without a host. Only one of which nothing is heard: one that hangs up, speaks no SSH, shows
 * another key or does not let us in, now or ever, is there, perhaps serves, and something is wrong with it.
 */
export const mayBeMissing = ({ environment }: Setting, { host, error }: Unreached): boolean =>
  environment.allowMissing?.includes(host) === true &&
  (error instanceof ConnectTimeout || error instanceof Unreachable) &&
  !(error instanceof Stalled || error instanceof HungUp)

/**
 * Tells of the hosts that the run goes on without.
 *
 * @throws NotWithoutThisHost when one of them has a step of its own, which nobody else would do.
 */
export function leaveOut(setting: Setting, missing: readonly Unreached[], chronicle: Chronicle): void {
  for (const { host, error } of missing) {
    const own = PHASES.flatMap(phase => setting.rollback.phases[phase]).find(({ on }) => on === host)
    if (own)
      throw new NotWithoutThisHost(
        `${host} can't be reached. It may be missing (\`allow-missing\`), but “${own.kind}” on line ${own.position.line} is for it alone. Nothing was changed.`,
        [`Bring ${host} back, or take \`on: ${host}\` out of the runbook.`],
      )
    const why = withoutReassurance(causes(error))
    chronicle.host(host, {
      state: 'left-out',
      message: `Left out, because it could not be reached and \`allow-missing\` names it. Nobody knows what is live there, and it has no hold: before it serves again, run the same rollback once more. ${why}`,
    })
    chronicle.warning(
      `${host} could not be reached and was left out, as \`allow-missing\` says: it still has what it had.`,
    )
  }
}
