import { Refusal } from '../refusal.ts'
import { flawOf } from './marks.ts'
import { markOf, type PassedOver, type Pick, type Situation } from './situation.ts'
import { provenReleases } from './standing.ts'

/** No release that is on the host is on record as good. */
export class NothingProven extends Refusal {
  readonly code = 'RB-NOTHING-PROVEN'
}

/**
 * `last-good`: the release that the ledger proved last and that is still whole; it may be the live one.
 *
 * @throws NothingProven
 */
export function pickLastGood(situation: Situation): Pick {
  const { facts, ledger, live } = situation
  const passedOver: PassedOver[] = []
  for (const name of provenReleases(ledger)) {
    const mark = markOf(situation, name)
    const flaw = mark === undefined ? 'is not on this host any more' : flawOf(mark)
    if (flaw === undefined)
      return { name, why: `${name} is the last one on record as good (ledger)`, passedOver }
    passedOver.push({ name, why: flaw })
  }
  throw new NothingProven(
    `No release in ${facts.path}/releases is on record as good, so there is no last good one.`,
    [
      'Say which release worked with `operation: record`, `state: good`, `target: <release>`; deploys should end with it.',
      `Or use \`target: previous\`, which needs no record, or the name of a release; ${live} is live.`,
    ],
    passedOver.length === 0
      ? undefined
      : { head: ['release', 'why not'], rows: passedOver.map(({ name, why }) => [name, why]) },
  )
}
