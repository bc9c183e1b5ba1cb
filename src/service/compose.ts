import * as v from 'valibot'
import type { Phase } from '../kind/item.ts'
import type { ItemOf } from '../kind/item-of.ts'
import type { Kind } from '../kind/kind.ts'
import { list, map, textOf } from '../kind/shape.ts'
import { pathProblem } from '../runbook/paths.ts'
import { fileProblem, serviceProblem } from './compose-names.ts'

const VERBS = ['stop', 'start', 'restart', 'build'] as const

/** What to do with which services of a Compose project. */
export interface ComposeValue {
  readonly path: string
  readonly file: string | undefined
  readonly verb: (typeof VERBS)[number]
  readonly services: readonly string[]
}

const services = list(
  textOf('Expected the name of a service.', serviceProblem),
  'Expected a list of services, such as [web].',
  50,
)

const value = v.pipe(
  map({
    path: textOf('Expected the absolute path of a Compose project, such as /srv/app.', pathProblem),
    file: v.optional(textOf('Expected the name of a Compose file.', fileProblem)),
    stop: v.optional(services),
    start: v.optional(services),
    restart: v.optional(services),
    build: v.optional(services),
  }),
  v.check(
    given => VERBS.filter(verb => given[verb] !== undefined).length === 1,
    'Expected exactly one of stop, start, restart and build, such as { path: /srv/app, restart: [web] }.',
  ),
  v.transform((given): ComposeValue => {
    const verb = VERBS.find(each => given[each] !== undefined) ?? 'start'
    return { path: given.path, file: given.file, verb, services: given[verb] ?? [] }
  }),
)

type ComposeItem = ItemOf<typeof value>

/** Seconds: a build may have to compile; the other verbs wait for services to be healthy. */
const PATIENCE = { stop: '180', start: '180', restart: '180', build: '900' } as const

export const compose = {
  name: 'compose',
  phases: ['stop', 'start'],
  value,
  options: {},
  says: 'Stops, starts, restarts or builds services of a Compose project, and waits until they are healthy.',
  title({ value: { verb, services, path } }: ComposeItem) {
    return `${verb} ${services.join(', ')} in ${path}`
  },
  onHost: {
    shell: [new URL('./compose-engine.sh', import.meta.url), new URL('./compose.sh', import.meta.url)],
    steps: ({ value: { path, file, verb, services }, timeout }: ComposeItem) => [
      {
        data: {
          folder: path,
          file: file ?? '',
          verb,
          services: services.join(' '),
          project: '',
          patience: timeout === undefined ? PATIENCE[verb] : '',
        },
      },
    ],
  },
  problem({ value: { verb } }: ComposeItem, phase: Phase) {
    if (phase === 'stop')
      return verb === 'stop' ? undefined : `In stop, services are stopped. Use ${verb} in start.`
    return verb === 'stop' ? 'A service that is stopped in start stays stopped. Use stop in stop.' : undefined
  },
} as const satisfies Kind
