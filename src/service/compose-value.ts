import * as v from 'valibot'
import type { ItemOf } from '../kind/item-of.ts'
import { list, map, textOf } from '../kind/shape.ts'
import { pathProblem } from '../runbook/paths.ts'
import { fileProblem, serviceProblem } from './compose-names.ts'

/** What can be done with services, in the order in which it is done. */
export const VERBS = ['stop', 'build', 'restart', 'start'] as const
export type Verb = (typeof VERBS)[number]

/** What to do with which services of a Compose project. */
export interface ComposeValue extends Readonly<Record<Verb, readonly string[]>> {
  readonly path: string
  readonly file: string | undefined
}

const services = list(
  textOf('Expected the name of a service.', serviceProblem),
  'Expected a list of services, such as [web].',
  50,
)

export const value = v.pipe(
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
  v.transform(
    ({ path, file, stop = [], build = [], restart = [], start = [] }): ComposeValue => ({
      path,
      file,
      stop,
      build,
      restart,
      start,
    }),
  ),
)

export type ComposeItem = ItemOf<typeof value>

/** Each service that anything is done with, once. */
export const servicesOf = (given: ComposeValue): readonly string[] => [
  ...new Set(VERBS.flatMap(verb => given[verb])),
]

/** Seconds that it may take when the runbook does not say: a build may have to compile, everything else waits for services to be healthy. */
export const secondsFor = ({ build }: ComposeValue): number => (build.length > 0 ? 900 : 180)
