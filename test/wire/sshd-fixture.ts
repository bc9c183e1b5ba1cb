import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import type { Host, SshAddress } from '../../src/host/host.ts'

const SSHD = '/usr/sbin/sshd'

/** OpenSSH's own server on a free port of 127.0.0.1, for the user who runs the tests. Needs Debian's openssh-server. */
export async function startSshd(...settings: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'sshd-'))
  const file = (name: string) => join(folder, name)
  const keygen = (name: string, ...options: string[]) =>
    execFileSync('ssh-keygen', ['-q', '-N', '', '-f', file(name), ...options])
  keygen('host_ed25519', '-t', 'ed25519')
  keygen('host_rsa', '-t', 'rsa', '-b', '2048')
  keygen('ours', '-t', 'ed25519')
  keygen('locked', '-t', 'rsa', '-b', '2048', '-N', 'open sesame')
  writeFileSync(
    file('authorized_keys'),
    readFileSync(file('ours.pub'), 'utf8') + readFileSync(file('locked.pub'), 'utf8'),
  )
  const port = await freePort()
  writeFileSync(
    file('config'),
    [
      `ListenAddress 127.0.0.1:${port}`,
      `HostKey ${file('host_ed25519')}`,
      `HostKey ${file('host_rsa')}`,
      `AuthorizedKeysFile ${file('authorized_keys')}`,
      'PidFile none',
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      ...settings,
      '',
    ].join('\n'),
  )
  // Where sshd wants to shut its unprivileged half in; made by the service on a real host.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true })
  const daemon = spawn(SSHD, ['-D', '-e', '-f', file('config')], { stdio: ['ignore', 'ignore', 'pipe'] })
  await lineOf(daemon, 'Server listening')

  const publicLine = (name: string) =>
    readFileSync(file(`${name}.pub`), 'utf8')
      .split(' ')
      .slice(0, 2)
      .join(' ')
  const address: SshAddress = { kind: 'ssh', user: userInfo().username, host: '127.0.0.1', port, via: [] }
  return {
    folder,
    port,
    address,
    host: (via: readonly SshAddress[] = []): Host => ({ name: 'web1', address: { ...address, via } }),
    key: (name: 'ours' | 'locked') => readFileSync(file(name), 'utf8'),
    known: (type: 'ed25519' | 'rsa') => `[127.0.0.1]:${port} ${publicLine(`host_${type}`)}\n`,
    /** As `ssh-keygen -H` writes it. */
    hashed(text: string): string {
      writeFileSync(file('known_hosts'), text)
      execFileSync('ssh-keygen', ['-q', '-H', '-f', file('known_hosts')], { stdio: 'ignore' })
      return readFileSync(file('known_hosts'), 'utf8')
    },
    /** OpenSSH's own agent, with our key in it. */
    async agent() {
      const socket = file('agent')
      const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'inherit'] })
      await lineOf(agent, 'SSH_AUTH_SOCK')
      chmodSync(file('ours'), 0o600)
      execFileSync('ssh-add', ['-q', file('ours')], {
        env: { ...process.env, SSH_AUTH_SOCK: socket },
        stdio: 'ignore',
      })
      return { socket, close: () => stop(agent) }
    },
    async close() {
      await stop(daemon)
      rmSync(folder, { recursive: true })
    },
  }
}

async function lineOf(child: ChildProcess, wanted: string): Promise<void> {
  const gone = once(child, 'exit').then(([code]) => {
    throw new Error(`${child.spawnfile} ended with ${code}`)
  })
  const said: string[] = []
  const lines = createInterface(child.stderr ?? child.stdout ?? Readable.from([]))
  const found = new Promise<void>(resolve => {
    lines.on('line', line => {
      said.push(line)
      if (line.includes(wanted)) resolve()
    })
  })
  await Promise.race([found, gone]).catch((error: unknown) => {
    throw new Error(said.join('\n'), { cause: error })
  })
  gone.catch(() => {})
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill()
  await once(child, 'exit')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
