import type { TestHost } from '../hosts/hosts.ts'
import { must } from '../laravel/must.ts'

const SEEN = '/var/tmp/processes'

/** Looks, as root, at the arguments and the environment of every process, over and over. `stop` tells what was seen. */
export const sampleProcesses = async (host: TestHost): Promise<{ stop(): Promise<string> }> => {
  const look = `cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' >>${SEEN}/seen`
  const watching = must(
    host,
    `mkdir ${SEEN}
     until [ -e ${SEEN}/stop ]; do { ${look}; } || :; sleep 0.05; done
     sort -u ${SEEN}/seen; rm -r ${SEEN}`,
  )
  return {
    stop: async () => {
      await must(host, `: >${SEEN}/stop`)
      return watching
    },
  }
}
