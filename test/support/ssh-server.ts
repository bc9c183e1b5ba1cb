import { randomUUID } from 'node:crypto'
import { realpath } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import ssh2, { type Session } from 'ssh2'
import { makeFolder } from './folder.ts'
import { startLatencyProxy } from './latency-proxy.ts'
import { listen } from './listen.ts'
import { authenticate, forwardPorts } from './ssh-access.ts'
import { type KeyPair, makeKeyPair, parseKey } from './ssh-keys.ts'
import { makeShells, type Wire } from './ssh-shell.ts'

/** What can go wrong on the way to a host. May be changed at any time; counts from then on. */
export interface Faults {
  /**
   * The connection is dropped instead of sending more than so many bytes of one command's output, or instead of
   * sending the first piece for which the function (told all output so far) says so.
   */
  dropAfter?: number | ((output: string) => boolean)
  /** After `dropAfter` has dropped a connection, the server lets nobody in again. */
  staysAway?: boolean
  refuseSession?: boolean
  refuseExec?: boolean | ((command: string) => boolean)
  /** Commands end without a word about their exit status. */
  noExitStatus?: boolean
  /** Every byte of output in a packet of its own. */
  splitOutput?: boolean
}

export interface SshServerOptions {
  /** `deploy` unless given. */
  readonly users?: readonly string[]
  /** Lines of `authorized_keys`; unless given, that of the server's own `clientKey`. */
  readonly authorizedKeys?: readonly string[]
  /** Private keys of the host; one fresh Ed25519 key unless given. */
  readonly hostKeys?: readonly string[]
  /** HOME of the host, kept afterwards; a fresh folder that `close` removes unless given. */
  readonly root?: string
  /** More for the environment of commands, e.g. a PATH with stand-ins before the real tools. */
  readonly env?: Readonly<Record<string, string>>
  /** What the login scripts of the user do before each command, as `.bashrc` does it under bash. */
  readonly loginScript?: string
  /** Milliseconds each way. */
  readonly latency?: number
  readonly faults?: Faults
}

export interface SshCounts {
  connections: number
  channels: number
  /** Methods that clients tried, `none` included, in order. */
  authAttempts: string[]
  /** Commands as they came; `undefined` is a login shell. */
  commands: (string | undefined)[]
}

/** An SSH server in this process, with a shell that is real: a "host" with a HOME of its own. */
export interface SshServer extends AsyncDisposable {
  readonly port: number
  readonly home: string
  readonly knownHostsLine: string
  /** A key that may log in, when no `authorizedKeys` were given. */
  readonly clientKey: KeyPair
  readonly counts: SshCounts
  readonly faults: Faults
  /** Ends every connection without a word; what was started on the host goes on. */
  drop(): void
  /** The same, and nobody is let in until `comeBack`. */
  leave(): void
  comeBack(): void
  /** Process ids of what runs on the host. */
  processes(): number[]
  /** Kills them, as when the power of the host fails. */
  killProcesses(): void
  close(): Promise<void>
}

/** Starts a server on a free port of 127.0.0.1. */
export const startSshServer = async (options: SshServerOptions = {}): Promise<SshServer> => {
  const own = options.root === undefined ? await makeFolder('host') : undefined
  const home = await realpath(options.root ?? own?.path ?? '')
  const clientKey = makeKeyPair('client')
  const hostKeys = options.hostKeys ?? [makeKeyPair('host').private]
  const users = options.users ?? ['deploy']
  const authorized = (options.authorizedKeys ?? [clientKey.public]).map(parseKey)
  const faults: Faults = { ...options.faults }
  const login = options.loginScript === undefined ? [] : [options.loginScript]
  const counts: SshCounts = { connections: 0, channels: 0, authAttempts: [], commands: [] }
  const shells = makeShells(randomUUID(), home, {
    USER: users[0] ?? '',
    LOGNAME: users[0] ?? '',
    ...options.env,
  })
  /** By the port that the client came from. */
  const sockets = new Map<number, Socket>()
  let away = false

  const wireOf = (socket: Socket): Wire => {
    let output = ''
    return {
      sends(piece) {
        output += piece.toString('latin1')
        const { dropAfter } = faults
        const drops =
          typeof dropAfter === 'function' ? dropAfter(output) : output.length > (dropAfter ?? Infinity)
        if (drops) socket.destroy()
        if (drops && faults.staysAway) away = true
        return !drops
      },
      get splits() {
        return faults.splitOutput === true
      },
      get hidesExitStatus() {
        return faults.noExitStatus === true
      },
    }
  }
  const serve = (session: Session, socket: Socket): void => {
    session.on('exec', (accept, reject, { command }) => {
      counts.commands.push(command)
      const { refuseExec } = faults
      if (typeof refuseExec === 'function' ? refuseExec(command) : refuseExec) reject()
      else shells.run([...login, command].join('\n'), accept(), wireOf(socket))
    })
    session.on('shell', accept => {
      counts.commands.push(undefined)
      shells.run(undefined, accept(), wireOf(socket))
    })
  }
  const protocol = new ssh2.Server({ hostKeys: [...hostKeys] }, (client, { port: from }) => {
    const socket = sockets.get(from)
    if (!socket) return
    client.on('error', () => {})
    client.on('authentication', context => {
      counts.authAttempts.push(context.method)
      authenticate(context, users, authorized)
    })
    client.on('session', (accept, reject) => {
      counts.channels++
      if (faults.refuseSession) reject()
      else serve(accept(), socket)
    })
    forwardPorts(client)
  })
  // A door of our own, because ssh2 doesn't give its sockets away.
  const door = createServer({ noDelay: true }, socket => {
    counts.connections++
    const from = socket.remotePort
    if (away || from === undefined) {
      socket.destroy()
      return
    }
    sockets.set(from, socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(from))
    protocol.injectSocket(socket)
  })
  const doorPort = await listen(door)
  const proxy = options.latency
    ? await startLatencyProxy({ to: doorPort, delay: options.latency })
    : undefined
  const port = proxy?.port ?? doorPort

  const server: SshServer = {
    port,
    home,
    clientKey,
    counts,
    faults,
    knownHostsLine: hostKeys
      .map(parseKey)
      .map(key => `[127.0.0.1]:${port} ${key.type} ${key.getPublicSSH().toString('base64')}`)
      .join('\n'),
    drop() {
      for (const socket of sockets.values()) socket.destroy()
    },
    leave() {
      away = true
      server.drop()
    },
    comeBack() {
      away = false
    },
    processes: () => shells.processes(),
    killProcesses: () => shells.kill(),
    async close() {
      const closed = new Promise(resolve => door.close(resolve))
      server.drop()
      shells.close()
      await closed
      await proxy?.close()
      await own?.[Symbol.asyncDispose]()
    },
    [Symbol.asyncDispose]: () => server.close(),
  }
  return server
}
