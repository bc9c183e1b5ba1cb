import type { Phase } from '../kind/item.ts'
import type { Kind } from '../kind/kind.ts'
import { joinCompose } from './compose-join.ts'
import { type ComposeItem, secondsFor, servicesOf, VERBS, value } from './compose-value.ts'

export const compose = {
  name: 'compose',
  phases: ['stop', 'start'],
  value,
  options: {},
  says: 'Stops, starts, restarts or builds services of a Compose project, and waits until they are healthy.',
  title({ value: given }: ComposeItem) {
    const done = VERBS.filter(verb => given[verb].length > 0)
    const [first = 'start'] = done
    const same = done.every(verb => given[verb].join() === given[first].join())
    const words = same
      ? `${done.join(' and ')} ${given[first].join(', ')}`
      : done.map(verb => `${verb} ${given[verb].join(', ')}`).join('; ')
    return `${words} in ${given.path}`
  },
  join: joinCompose,
  onHost: {
    shell: [new URL('./compose-engine.sh', import.meta.url), new URL('./compose.sh', import.meta.url)],
    timeout: (item: ComposeItem) => secondsFor(item.value),
    steps: ({ value: given }: ComposeItem) => [
      {
        data: {
          folder: given.path,
          file: given.file ?? '',
          services: servicesOf(given).join(' '),
          ...Object.fromEntries(VERBS.map(verb => [verb, given[verb].join(' ')])),
          anew: [...new Set([...given.build, ...given.restart])].join(' '),
          project: '',
        },
      },
    ],
  },
  // What is built takes the name of what ran, which is kept for the way back.
  leaves: () => ({
    name: 'images',
    shell: new URL('../leaving/kept-images.sh', import.meta.url),
    about: [],
  }),
  problem({ value: given }: ComposeItem, phase: Phase) {
    const [verb] = VERBS.filter(each => given[each].length > 0)
    if (phase === 'stop')
      return verb === 'stop' ? undefined : `In stop, services are stopped. Use ${verb} in start.`
    return verb === 'stop' ? 'A service that is stopped in start stays stopped. Use stop in stop.' : undefined
  },
} as const satisfies Kind
