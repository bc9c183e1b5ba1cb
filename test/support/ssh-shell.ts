import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import type { ServerChannel } from 'ssh2'
import { kill, killProcessesWith, processesWith } from './processes.ts'

/**
 * The HOME of whoever looks (on Linux). Hosts that share one disk can still have "the same" absolute path each for
 * itself: every command has its HOME open as this file descriptor, which is too large a number for a POSIX shell to
 * close or to use by accident.
 */
export const HERE = '/dev/fd/19'
const HERE_DESCRIPTOR = 19

/** What a server does to the output of a command before the client sees it. */
export interface Wire {
  /** Told each piece of stdout or stderr before it is sent; false keeps it back. */
  sends(piece: Buffer): boolean
  /** True sends every byte in a packet of its own. */
  readonly splits: boolean
  readonly hidesExitStatus: boolean
}

/** Shells of one "host"; each leads its own process group and outlives its connection, as with sshd. */
export interface Shells {
  run(command: string | undefined, channel: ServerChannel, wire: Wire): void
  /** Process ids of whatever the host has running, however it detached itself (on Linux; elsewhere group leaders). */
  processes(): number[]
  /** Kills all of them. */
  kill(): void
  /** Kills all of them and starts no more. */
  close(): void
}

const forward = (from: Readable, onto: Writable, wire: Wire): void => {
  from.on('data', (piece: Buffer) => {
    if (!wire.sends(piece)) return
    const packets = wire.splits ? Array.from(piece, byte => Buffer.of(byte)) : [piece]
    const full = packets.map(packet => onto.write(packet)).includes(false)
    if (!full) return
    from.pause()
    onto.once('drain', () => from.resume())
  })
}

const connect = (child: ChildProcess, channel: ServerChannel, wire: Wire): void => {
  const { stdin, stdout, stderr } = child
  if (!stdin || !stdout || !stderr) throw new Error('a command without pipes')
  // Writing to a command that has ended, or to a client that has gone, is nobody's mistake here.
  for (const stream of [stdin, channel, channel.stderr]) stream.on('error', () => {})
  channel.pipe(stdin)
  forward(stdout, channel, wire)
  forward(stderr, channel.stderr, wire)
  channel.on('close', () => {
    stdin.end()
    stdout.destroy()
    stderr.destroy()
  })
  child.on('exit', (code, signal) => {
    if (wire.hidesExitStatus) return
    if (signal) channel.exit(signal.replace(/^SIG/, ''), false, '')
    else channel.exit(code ?? 255)
  })
  child.on('close', () => channel.end())
}

const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** @param id tells the processes of this host from those of the others on the same machine. */
export const makeShells = (id: string, home: string, env: Readonly<Record<string, string>>): Shells => {
  const mark = `TEST_HOST=${id}`
  const leaders = new Set<number>()
  const linux = process.platform === 'linux'
  const here = openSync(home, 'r')
  const unused = Array<'ignore'>(HERE_DESCRIPTOR - 3).fill('ignore')
  return {
    run(command, channel, wire) {
      const child = spawn('/bin/sh', command === undefined ? [] : ['-c', command], {
        cwd: home,
        stdio: ['pipe', 'pipe', 'pipe', ...unused, here],
        detached: true,
        env: {
          HOME: home,
          PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
          SHELL: '/bin/sh',
          ...env,
          TEST_HOST: id,
        },
      })
      if (child.pid !== undefined) leaders.add(child.pid)
      connect(child, channel, wire)
    },
    processes: () => (linux ? processesWith(mark) : [...leaders].filter(alive)),
    kill() {
      if (linux) killProcessesWith(mark)
      else for (const leader of leaders) kill(-leader)
    },
    close() {
      this.kill()
      closeSync(here)
    },
  }
}
