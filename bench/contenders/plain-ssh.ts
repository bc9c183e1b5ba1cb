import { timed } from '../process.ts'
import { DEMO } from '../user.ts'
import type { Contender, Route, Run } from './contender.ts'
import { sshConfig } from './ssh-config.ts'

/** What a person would type, in the order in which Rollbook does it, without lock, journal, checks or a way back. */
const SCRIPT = `set -eu
cd ${DEMO}
live=$(readlink current)
live=\${live##*/}
previous=
for release in releases/*; do
  [ "\${release##*/}" = "$live" ] && break
  previous=\${release##*/}
done
[ -n "$previous" ] && [ -d "releases/$previous" ]
ln -s "${DEMO}/releases/$previous" current.new
mv -T current.new current
sync .
[ "$(readlink current)" = "${DEMO}/releases/$previous" ]
`

/** One `ssh` for each host, all at once, each with the whole job in one script. */
export const plainSsh: Contender = {
  name: 'plain ssh',
  says: 'OpenSSH client, one connection and one script per host, in parallel',
  takesTarget: false,
  goesBack: true,
  prepare: route => oneEach(route, SCRIPT),
}

/**
 * What nobody can be faster than who logs in: the servers' part of it is most of what many hosts cost on a machine that
 * is all of these hosts itself.
 */
export const loggingIn: Contender = {
  name: 'logging in',
  says: 'OpenSSH client, one connection per host, in parallel, and nothing done there: the floor',
  takesTarget: false,
  goesBack: false,
  prepare: route => oneEach(route, 'true'),
}

async function oneEach(route: Route, script: string): Promise<() => Promise<Run>> {
  const config = sshConfig(route)
  return async () => {
    const began = performance.now()
    const runs = await Promise.all(
      route.hosts.map(({ address }) => timed('ssh', ['-F', config, address, script])),
    )
    return {
      milliseconds: performance.now() - began,
      exitCode: Math.max(...runs.map(run => run.exitCode)),
      output: runs.map(run => run.output).join(''),
    }
  }
}
