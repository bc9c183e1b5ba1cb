import type { HostFacts } from './facts.ts'

/** What stands in `REVISION` of a release on a host, if that says anything. */
export const commitOf = ({ symlinks }: HostFacts, release: string): string | undefined =>
  symlinks.flatMap(({ releases }) => releases).find(({ name }) => name === release)?.revision
