import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import ssh2 from 'ssh2'
import { type KeyPair, makeKeyPair } from '../support/ssh-keys.ts'

type Pair = KeyPair

export const makeKey = (): Pair => makeKeyPair()
export const makeRsaKey = (): Pair => ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 })

/** `type base64` of a key, without its comment. */
export const publicLine = (pair: Pair): string => pair.public.split(' ').slice(0, 2).join(' ')
export const wireKey = (pair: Pair): Buffer => Buffer.from(pair.public.split(' ')[1] ?? '', 'base64')

export interface ServerOptions {
  readonly hostKeys: readonly Pair[]
  /** The key that may log in; nobody may without it. */
  readonly lets?: Pair
  /** So many connections are dropped before a word is said, as MaxStartups does. */
  readonly drops?: number
  /** What is done in place of running the command in a real shell. */
  readonly command?: (stream: ssh2.ServerChannel, command: string) => void
  readonly refusesCommands?: boolean
}

export interface TestServer {
  readonly port: number
  /** TCP connections so far. */
  connections(): number
  /** Methods of authentication that were tried, in order, over all connections. */
  readonly methods: readonly string[]
  /** Breaks all connections, without a goodbye. */
  cut(): void
  close(): Promise<void>
}

/** A real SSH server on a free port of 127.0.0.1, which runs commands in the shell of this machine. */
export async function startSshServer(options: ServerOptions): Promise<TestServer> {
  let count = 0
  let drops = options.drops ?? 0
  const methods: string[] = []
  const sockets = new Set<Socket>()
  const server = new ssh2.Server({ hostKeys: options.hostKeys.map(pair => pair.private) }, client => {
    client.on('error', () => {})
    client.on('authentication', context => {
      methods.push(context.method)
      if (options.lets !== undefined && mayEnter(context, options.lets)) context.accept()
      else context.reject()
    })
    client.on('request', (accept, _reject, name) => {
      if (name === 'tcpip-forward') accept?.()
    })
    client.on('tcpip', (accept, reject, { destIP, destPort }) => {
      const inner = connect(destPort, destIP)
      inner.once('error', () => reject())
      inner.once('connect', () => {
        const stream = accept()
        stream.pipe(inner).pipe(stream)
        stream.on('error', () => {})
        inner.on('error', () => stream.end())
      })
    })
    client.on('session', acceptSession => {
      acceptSession().on('exec', (accept, reject, info) => {
        if (options.refusesCommands === true) return reject()
        const run = options.command ?? runInShell
        run(accept(), info.command)
      })
    })
  })
  const front = createServer(socket => {
    count += 1
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    if (drops > 0) {
      drops -= 1
      socket.destroy()
    } else {
      server.injectSocket(socket)
    }
  })
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: (front.address() as AddressInfo).port,
    connections: () => count,
    methods,
    cut,
    async close() {
      cut()
      front.close()
      await once(front, 'close')
    },
  }
}

function mayEnter(context: ssh2.AuthContext, allowed: Pair): boolean {
  if (context.method !== 'publickey' || !context.key.data.equals(wireKey(allowed))) return false
  if (context.signature === undefined) return true
  const key = ssh2.utils.parseKey(allowed.public)
  if (key instanceof Error || Array.isArray(key) || context.blob === undefined) return false
  return key.verify(context.blob, context.signature, context.hashAlgo) === true
}

function runInShell(stream: ssh2.ServerChannel, command: string): void {
  const child = spawn('/bin/sh', ['-c', command])
  stream.pipe(child.stdin)
  child.stdin.on('error', () => {})
  child.stdout.pipe(stream, { end: false })
  child.stderr.pipe(stream.stderr, { end: false })
  child.on('close', code => {
    if (code !== null) stream.exit(code)
    stream.close()
  })
  stream.on('close', () => child.kill('SIGKILL'))
}

/** A line between a client and a server that can go dead: bytes vanish, and neither side hears of it. */
export async function startProxy(to: number) {
  let frozen = false
  const sockets = new Set<Socket>()
  const server = createServer(from => {
    const inner = connect(to, '127.0.0.1')
    for (const [source, sink] of [
      [from, inner],
      [inner, from],
    ] as const) {
      sockets.add(source)
      source.on('error', () => {})
      source.on('data', bytes => {
        if (!frozen) sink.write(bytes)
      })
      source.on('close', () => {
        if (!frozen) sink.destroy()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    freeze() {
      frozen = true
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** A port of 127.0.0.1 that takes connections and does with them what it is told. */
export async function startListener(meet: (socket: Socket) => void) {
  let count = 0
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    count += 1
    sockets.add(socket)
    socket.on('error', () => {})
    meet(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => count,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
