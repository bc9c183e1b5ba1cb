import * as v from 'valibot'
import type { Item } from '../kind/item.ts'
import type { Kind } from '../kind/kind.ts'
import { list } from '../kind/shape.ts'
import type { Surroundings } from '../kind/surroundings.ts'
import { run } from '../step/run.ts'
import { http } from './http.ts'
import { patienceOnHost } from './look.ts'
import { anyCheck, type RunnerCheck } from './runner-check.ts'
import { tcp } from './tcp.ts'

const HOLDS: readonly Kind[] = [http, tcp, run]

/** The loader has read the alternatives as the items that they are. */
type AnyItem = Item & { readonly value: readonly Item[] }

const placeOf = (item: Item): string => kindOf(item)?.looksFrom?.(item) ?? 'host'

const kindOf = (item: Item): Kind | undefined => HOLDS.find(kind => kind.name === item.kind)

const title = ({ value }: AnyItem): string =>
  `any of: ${value.map(item => item.as ?? kindOf(item)?.title(item)).join(', ')}`

export const any = {
  name: 'any',
  phases: ['verify'],
  value: list(v.unknown(), 'Expected a list of http, tcp or run items, of which one has to pass.', 20),
  options: {},
  holds: HOLDS,
  says: 'Passes when one of several checks does.',
  title,
  looksFrom: ({ value: [first] }: AnyItem) => (first ? placeOf(first) : 'host'),
  onHost: {
    shell: new URL('./any.sh', import.meta.url),
    steps: ({ value }: AnyItem) => [{ data: patienceOnHost(value[0]?.options ?? {}), inner: value }],
  },
  fromRunner(item: AnyItem, place): RunnerCheck {
    const alternatives = item.value.flatMap(each => kindOf(each)?.fromRunner?.(each, place) ?? [])
    return anyCheck({ title: item.as ?? title(item), severity: item.severity, options: {} }, alternatives)
  },
  problem({ value }: AnyItem) {
    return new Set(value.map(placeOf)).size > 1
      ? 'The alternatives look from different places. Give each the same "from".'
      : undefined
  },
  misfit({ value }: AnyItem, surroundings: Surroundings) {
    return value
      .map(item => kindOf(item)?.misfit?.(item, surroundings))
      .find(problem => problem !== undefined)
  },
} as const satisfies Kind
