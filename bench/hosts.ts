import { execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  rmSync,
} from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Account, DEMO, deployAccount } from './user.ts'

/** The SSH servers listen here; the latency proxy, for the same addresses, elsewhere. */
export const SSH_PORT = 2224
/** By milliseconds of round trip. */
export const DISTANT_PORTS: Readonly<Record<number, number>> = { 30: 2225, 150: 2226 }

/** Where a host is reached at that distance. @throws for a distance that no proxy stands for */
export function portAt(rtt: number): number {
  const port = rtt === 0 ? SSH_PORT : DISTANT_PORTS[rtt]
  if (port === undefined) throw new Error(`no proxy is ${rtt} ms away`)
  return port
}

/** A "host": an SSH server on an address of the loopback, with a /srv/demo, a home and a boot id that only it sees. */
export interface BenchHost {
  readonly name: string
  readonly address: string
  /** Where its /srv/demo and its home are for everybody else. */
  readonly demo: string
  readonly home: string
  readonly account: Account
  /** Process id of its SSH server. */
  readonly pid: number
}

/** Hosts, and what a client needs to get in. */
export interface Hosts extends AsyncDisposable {
  readonly list: readonly BenchHost[]
  /** A folder for whatever contenders need, gone afterwards. */
  readonly folder: string
  readonly keyFile: string
  readonly knownHostsFile: string
  /** Returns when nothing runs on any host any more but its SSH server. @throws after ten seconds */
  settle(): Promise<void>
}

const CONFIG = `
UsePAM yes
PasswordAuthentication no
KbdInteractiveAuthentication no
PrintMotd no
PidFile none
`

/**
 * Starts so many hosts. Needs root, for mount namespaces. The end of the scope ends them and removes their files, and so
 * does the end of the process, whatever the reason.
 */
export async function startHosts(count: number): Promise<Hosts> {
  const account = deployAccount()
  const madeDemo = !existsSync(DEMO)
  mkdirSync(DEMO, { recursive: true })
  mkdirSync('/run/sshd', { recursive: true })
  const folder = mkdtempSync('/srv/rollbook-bench-')
  chmodSync(folder, 0o755)
  const keyFile = join(folder, 'key')
  const knownHostsFile = join(folder, 'known_hosts')
  const publicKey = keyPair(keyFile)

  const list: BenchHost[] = []
  const clean = () => {
    for (const { pid } of list.splice(0)) process.kill(pid)
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    if (madeDemo && existsSync(DEMO)) rmdirSync(DEMO)
  }
  process.once('exit', clean)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

  const known: string[] = []
  for (let number = 1; number <= count; number += 1) {
    const address = `127.0.0.${10 + number}`
    const place = join(folder, `h${number}`)
    const [demo, home] = [join(place, 'demo'), join(place, 'home')]
    for (const path of [demo, home, join(home, '.ssh')]) {
      mkdirSync(path, { recursive: true })
      chownSync(path, account.uid, account.gid)
    }
    await writeFile(join(home, '.ssh/authorized_keys'), `${publicKey}\n`)
    const hostKey = keyPair(join(place, 'host_key'))
    for (const port of [SSH_PORT, ...Object.values(DISTANT_PORTS)])
      known.push(`[${address}]:${port} ${hostKey}`)
    const listen = `ListenAddress ${address}:${SSH_PORT}\nHostKey ${place}/host_key\n`
    await writeFile(join(place, 'sshd_config'), listen + CONFIG)
    // By it Rollbook knows whether two names are one machine.
    await writeFile(join(place, 'boot_id'), `${randomUUID()}\n`)
    list.push({ name: `h${number}`, address, demo, home, account, pid: await startServer(place, account) })
  }
  await writeFile(knownHostsFile, `${known.join('\n')}\n`)

  return {
    list,
    folder,
    keyFile,
    knownHostsFile,
    async settle() {
      for (let tries = 0; list.some(busy); tries += 1) {
        if (tries === 1000) throw new Error('something still runs on a host, ten seconds after the run')
        await sleep(10)
      }
    },
    async [Symbol.asyncDispose]() {
      clean()
      process.off('exit', clean)
    },
  }
}

/** An Ed25519 key pair at `file`. @returns the public half, type and key */
function keyPair(file: string): string {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', file])
  return readFileSync(`${file}.pub`, 'utf8').trim()
}

/**
 * `unshare`, `sh` and `setpriv` become the server, so that its process id is that of the child. It ends when we do, even
 * when we are killed.
 */
async function startServer(place: string, account: Account): Promise<number> {
  const script = `mount --bind "$1/demo" "$2" && mount --bind "$1/home" "$3" &&
    mount --bind "$1/boot_id" /proc/sys/kernel/random/boot_id &&
    exec setpriv --pdeathsig TERM /usr/sbin/sshd -D -E "$1/log" -f "$1/sshd_config"`
  const child = spawn('unshare', ['-m', 'sh', '-c', script, 'sshd', place, DEMO, account.home], {
    stdio: 'inherit',
  })
  const log = () => (existsSync(join(place, 'log')) ? readFileSync(join(place, 'log'), 'utf8') : '')
  await once(child, 'spawn')
  for (let tries = 0; !log().includes('listening'); tries += 1) {
    if (child.exitCode !== null || tries === 500 || child.pid === undefined)
      throw new Error(`an SSH server did not start: ${log()}`)
    await sleep(10)
  }
  if (child.pid === undefined) throw new Error('unreachable')
  return child.pid
}

/** Is there any process in the mount namespace of a host, besides its server? */
function busy(host: BenchHost): boolean {
  const here = namespace(host.pid)
  if (here === undefined) throw new Error(`the SSH server of ${host.name} has ended`)
  return readdirSync('/proc').some(
    name => /^\d+$/.test(name) && Number(name) !== host.pid && namespace(Number(name)) === here,
  )
}

function namespace(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/mnt`)
  } catch {
    return undefined
  }
}
