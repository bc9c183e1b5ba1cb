import { Refusal, type Table } from '../refusal.ts'
import { historyOf } from './history.ts'
import { flawOf, type Mark } from './marks.ts'
import { chronological, type Order } from './order.ts'
import { markOf, type PassedOver, type Pick, releasesTable, type Situation } from './situation.ts'

/** Nothing that is older than the live release can be gone back to. */
export class NoPrevious extends Refusal {
  readonly code = 'RB-NO-PREVIOUS'
}

/** There are releases, and nothing tells which of them came before the live one. */
export class OrderUnknown extends Refusal {
  readonly code = 'RB-ORDER-UNKNOWN'
}

/**
 * `previous`: the release that was live before the live one, by the ledger; where that doesn't know, or knows only what
 * can't be gone back to, the newest one older than the live one. Never one that is bad or half-made.
 *
 * @throws NoPrevious, OrderUnknown
 */
export function pickPrevious(situation: Situation): Pick {
  const { facts, ledger, live, marks } = situation
  const passedOver: PassedOver[] = []
  for (const name of historyOf(ledger, live)) {
    const mark = markOf(situation, name)
    const flaw = mark === undefined ? 'is not on this host any more' : flawOf(mark)
    if (flaw === undefined) return { name, why: `${name} was live before ${live} (ledger)`, passedOver }
    passedOver.push({ name, why: flaw })
  }

  const fit = marks.filter(mark => !mark.live && flawOf(mark) === undefined)
  const order = chronological([...fit.map(mark => mark.release.name), live], facts)
  if (fit.length > 0 && order === undefined) throw orderUnknown(situation, fit)
  const name = order?.names[order.names.indexOf(live) - 1]
  const notTaken = marks.filter(mark => !mark.live && mark.release.name !== name)
  const others = notTaken
    .filter(mark => name === undefined || !isOlder(mark.release.name, name, situation))
    .filter(mark => !passedOver.some(over => over.name === mark.release.name))
    .map(mark => ({ name: mark.release.name, why: flawOf(mark) ?? `is newer than ${live}` }))
  const all = [...passedOver, ...others]
  if (name === undefined || order === undefined) throw noPrevious(situation, all)
  return { name, why: reason(name, live, order), passedOver: all }
}

const isOlder = (name: string, than: string, { facts }: Situation): boolean =>
  chronological([name, than], facts)?.names[0] === name

const reason = (name: string, live: string, { told }: Order): string =>
  `${name} is the newest complete release older than ${live} (order: ${told === 'names' ? 'their names' : told})`

function orderUnknown(situation: Situation, fit: readonly Mark[]): OrderUnknown {
  const { facts, live } = situation
  return new OrderUnknown(
    `Nothing tells which release in ${facts.path}/releases was live before ${live}: the ledger doesn't know, ` +
      'no deploy log names them all, and their names do not count up. Times of change prove nothing.',
    ['Choose a release from the table and give its name as `target`.'],
    releasesTable({ ...situation, marks: fit }),
  )
}

function noPrevious({ facts, live, marks }: Situation, passedOver: readonly PassedOver[]): NoPrevious {
  const others = marks.filter(mark => !mark.live)
  const table: Table = { head: ['release', 'why not'], rows: passedOver.map(({ name, why }) => [name, why]) }
  const bad = others.find(mark => mark.unusable === undefined && mark.bad !== undefined)?.release.name
  const halfMade = others.find(
    mark =>
      mark.unusable !== undefined &&
      mark.bad === undefined &&
      mark.release.type === 'directory' &&
      !mark.release.empty,
  )
  const newer = others.find(mark => flawOf(mark) === undefined)?.release.name
  return new NoPrevious(
    `There is no release to go back to from ${live} in ${facts.path}/releases${
      others.length === 0 ? ': it is the only one' : ''
    }.`,
    [
      ...(bad ? [`A bad release is only gone to by its name, with a warning: \`target: ${bad}\`.`] : []),
      ...(newer ? [`To go forward instead, name the release: \`target: ${newer}\`.`] : []),
      ...(halfMade
        ? [
            `If you know that ${halfMade.release.name} is complete, say so with \`operation: record\`, \`state: good\`, \`target: ${halfMade.release.name}\`; then run the rollback again.`,
          ]
        : []),
      'Otherwise deploy the commit that worked, as a new release.',
    ],
    table.rows.length > 0 ? table : undefined,
  )
}
