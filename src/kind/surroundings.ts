import type { Host } from '../host/host.ts'

/** What an item meets in the environment that was asked for. */
export interface Surroundings {
  readonly url?: string | undefined
  readonly hosts: readonly Host[]
}
