import * as v from 'valibot'
import type { Phase } from '../kind/item.ts'
import type { ItemOf } from '../kind/item-of.ts'
import type { Kind } from '../kind/kind.ts'
import { ONCE } from '../kind/patience.ts'
import { list, map, textOf } from '../kind/shape.ts'
import { shownCharacter } from '../runbook/names.ts'

const VERBS = ['reload', 'restart', 'start', 'stop', 'active'] as const

/** What to do with which units, one after the other. */
export interface SystemdValue {
  readonly verb: (typeof VERBS)[number]
  readonly units: readonly string[]
}

/** What is wrong with the name of a unit, such as `php8.4-fpm` or `worker@1.service`. */
export function unitProblem(text: string): string | undefined {
  if (/^[A-Za-z0-9][A-Za-z0-9:_.@-]{0,254}$/.test(text)) return undefined
  if (text === '') return 'The name of a unit is missing.'
  if (/^[-:_.@]/.test(text)) return 'The name of a unit starts with a letter or a digit.'
  const wrong = [...text].find(character => !/[A-Za-z0-9:_.@-]/.test(character))
  if (wrong === undefined) return 'The name of a unit has at most 255 characters.'
  const several = /^[\w.@:-]+([\s,]+[\w.@:-]+)+$/.test(text) ? ' Give each unit an entry of its own.' : ''
  return `A unit such as php8.4-fpm or worker@1.service has no ${wrong === ' ' ? 'space' : shownCharacter(wrong)} in its name.${several}`
}

const units = list(
  textOf('Expected the name of a unit.', unitProblem),
  'Expected a list of units, such as [nginx].',
)

const value = v.pipe(
  map({
    reload: v.optional(units),
    restart: v.optional(units),
    start: v.optional(units),
    stop: v.optional(units),
    active: v.optional(units),
  }),
  v.check(
    given => Object.keys(given).length === 1,
    'Expected exactly one of reload, restart, start, stop (or active, in verify), such as { reload: [nginx] }.',
  ),
  v.transform((given): SystemdValue => {
    const verb = VERBS.find(each => given[each] !== undefined) ?? 'active'
    return { verb, units: given[verb] ?? [] }
  }),
)

type SystemdItem = ItemOf<typeof value>

export const systemd = {
  name: 'systemd',
  phases: ['stop', 'start', 'verify'],
  value,
  options: {},
  says: 'Reloads, restarts, starts or stops units; in `verify`: looks whether they are active.',
  title({ value: { verb, units } }: SystemdItem) {
    return verb === 'active' ? `${units.join(', ')} active` : `${verb} ${units.join(', ')}`
  },
  onHost: {
    shell: new URL('./systemd.sh', import.meta.url),
    steps: ({ value: { verb, units } }: SystemdItem) =>
      units.map(unit => ({
        title: verb === 'active' ? `${unit} active` : `${verb} ${unit}`,
        data: { verb, unit, ...ONCE },
      })),
  },
  problem(item: SystemdItem, phase: Phase) {
    const { verb } = item.value
    if (phase === 'verify') {
      return verb === 'active'
        ? undefined
        : `verify only looks. Use { active: [...] } here, and ${verb} in start.`
    }
    return verb === 'active' ? `active only looks: it belongs to verify, not to ${phase}.` : undefined
  },
} as const satisfies Kind
