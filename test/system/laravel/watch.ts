import type { TestHost } from '../hosts/hosts.ts'
import { must } from './must.ts'

const SEEN = '/tmp/processes-seen'
const CLIENTS = ['mariadb', 'mariadb-dump']

// Found before the real client, looks, and becomes the real client, with the same arguments and environment.
const LOOK_AND_RUN = `#!/bin/sh
cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0\\n' '\\n ' >>${SEEN}
exec "/usr/bin/\${0##*/}" "$@"
`

/**
 * Whenever a database client starts, looks at the arguments and environments of all processes that its user may look
 * at, as a curious colleague on the host could. `stop` tells what was seen.
 */
export const watchProcesses = async (host: TestHost) => {
  const files = CLIENTS.map(client => `/usr/local/bin/${client}`)
  for (const file of files) await host.write(file, LOOK_AND_RUN)
  await must(host, `chmod 0755 ${files.join(' ')} && rm -f ${SEEN}`)
  return { stop: (): Promise<string> => must(host, `cat ${SEEN} && rm -f ${SEEN} ${files.join(' ')}`) }
}
