import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { quote } from '../../../src/host/quote.ts'
import { listen } from '../../support/listen.ts'
import { cgroupFolder } from './cgroup.ts'
import { docker, runProgram, type Said } from './docker.ts'

export const IMAGE = 'rollbook-test-host:ready'
const BOOT_MS = 60_000

/** A real Debian in a container: systemd, sshd, nginx, and a user `deploy` who may reload services. */
export interface TestHost {
  readonly name: string
  /** On 127.0.0.1; the same after `start`. */
  readonly sshPort: number
  readonly httpPort: number
  /** This host's keys as lines of known_hosts, one for each type, each ending with a line feed. */
  readonly knownHosts: string
  /** A key that `deploy` accepts: its text, and its file for programs that want one. */
  readonly privateKey: string
  readonly keyFile: string
  /** Runs a POSIX script on the host past sshd, as root unless another user is named. */
  run(script: string, user?: string): Promise<Said>
  /** Writes a file as root, with the folders on the way. */
  write(path: string, content: string): Promise<void>
  /** Shuts down in order, as `poweroff` does. */
  stop(): Promise<void>
  /** Gone at once, as when the power fails. */
  kill(): Promise<void>
  /** Boots again after `stop` or `kill`, with the same disk, the same ports and a new boot id. */
  start(): Promise<void>
  /** Frozen: connections stay open and nothing answers. */
  pause(): Promise<void>
  unpause(): Promise<void>
}

// The engine could choose a port itself, but would choose another one after `start`.
const freePort = async (): Promise<number> => {
  const server = createServer()
  const port = await listen(server)
  await new Promise(done => server.close(done))
  return port
}

const waitForBoot = async (container: string): Promise<void> => {
  const deadline = Date.now() + BOOT_MS
  const ask = (...args: string[]) => runProgram('docker', ['exec', container, 'systemctl', ...args])
  for (;;) {
    const { stdout, stderr } = await ask('is-system-running', '--wait')
    const state = stdout.trim()
    if (state === 'running') return
    if (state === 'degraded' || Date.now() > deadline) {
      const failed = await ask('--failed', '--no-legend')
      const log = await runProgram('docker', ['logs', '--tail', '20', container])
      throw new Error(
        `a test host did not boot: ${state} ${stderr}\n${failed.stdout}\n${log.stdout}${log.stderr}`,
      )
    }
    // Until the bus is there, systemctl fails at once.
    await new Promise(done => setTimeout(done, 100))
  }
}

/**
 * Boots one host that lets `deploy` in with the key in `keyFile`.
 *
 * @param options more words for `docker run`.
 * @returns when systemd says `running`.
 */
export const bootHost = async (
  name: string,
  keyFile: string,
  labels: readonly string[],
  options: readonly string[] = [],
): Promise<TestHost> => {
  const [sshPort, httpPort] = await Promise.all([freePort(), freePort()])
  const container = await docker(
    ...['run', '--detach', '--pull', 'never', '--hostname', name, '--env', 'container=docker'],
    ...labels.flatMap(label => ['--label', label]),
    // What systemd needs, and no more: --privileged is refused on some machines.
    ...['--cap-add', 'SYS_ADMIN', '--cap-add', 'NET_ADMIN'],
    ...['--security-opt', 'seccomp=unconfined', '--security-opt', 'apparmor=unconfined'],
    ...['--tmpfs', '/run', '--tmpfs', '/run/lock', '--tmpfs', '/tmp'],
    ...['--cgroupns', 'host', '--volume', `${cgroupFolder()}:/sys/fs/cgroup:rw`],
    ...['--publish', `127.0.0.1:${sshPort}:22`, '--publish', `127.0.0.1:${httpPort}:80`, ...options, IMAGE],
  )
  await waitForBoot(container)

  const run = (script: string, user = 'root', input?: string): Promise<Said> =>
    runProgram('docker', ['exec', '--interactive', '--user', user, container, 'sh', '-c', script], input)
  const mustRun = async (script: string, input?: string): Promise<string> => {
    const said = await run(script, 'root', input)
    if (said.code !== 0) throw new Error(`${name}: ${script}: exit ${said.code}: ${said.stderr.trim()}`)
    return said.stdout
  }
  await mustRun(
    'cat >/home/deploy/.ssh/authorized_keys && chown deploy: /home/deploy/.ssh/authorized_keys',
    await readFile(`${keyFile}.pub`, 'utf8'),
  )
  const address = `[127.0.0.1]:${sshPort}`
  return {
    name,
    sshPort,
    httpPort,
    knownHosts: await mustRun(`awk '{ print "${address}", $1, $2 }' /etc/ssh/ssh_host_*_key.pub`),
    privateKey: await readFile(keyFile, 'utf8'),
    keyFile,
    run: (script, user) => run(script, user),
    write: async (path, content) => {
      await mustRun(`mkdir -p "$(dirname ${quote(path)})" && cat >${quote(path)}`, content)
    },
    stop: async () => {
      await docker('stop', '-t', '20', container)
    },
    kill: async () => {
      await docker('kill', container)
    },
    start: async () => {
      await docker('start', container)
      await waitForBoot(container)
    },
    pause: async () => {
      await docker('pause', container)
    },
    unpause: async () => {
      await docker('unpause', container)
    },
  }
}
