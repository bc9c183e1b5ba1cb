import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { NodeSSH } from 'node-ssh'
import ssh2 from 'ssh2'
import { formatAddress } from './address.ts'
import type { Channel, ChannelEvents, OpenChannel } from './channel.ts'
import { type Stage, said, setback, traits } from './contact.ts'
import { COURIER_COMMAND } from './courier.ts'
import { dial } from './dial.ts'
import type { SshAddress } from './host.ts'
import { HostKeyCheck } from './host-key.ts'
import { type KnownHosts, parseKnownHosts } from './known-hosts.ts'
import { type Auth, type Login, readLogin } from './login.ts'
import { type Session, startSession } from './session.ts'

export interface SshOptions {
  /** Text in known_hosts format. */
  readonly knownHosts: string
  /** Where they were looked for; undefined for the input of that name. */
  readonly knownHostsFile?: string | undefined
  readonly auth: Auth | undefined
  /** For everything until the courier runs, tries and jump hosts included. */
  readonly connectSeconds: number
  /** Between two signs of life that are asked for; after three without an answer the connection is lost. */
  readonly keepaliveSeconds: number
  /** Told once for each line of `knownHosts` that cannot be used. */
  readonly warn?: ((message: string) => void) | undefined
}

/** Tries to connect, as long as nobody asked us who we are. */
const TRIES = 3
const KEEPALIVES = 3

/**
 * Opens channels over SSH: one connection, one command, per host. The only importer of node-ssh and ssh2.
 *
 * @throws at once, before any connection: what `parseKnownHosts` and `readLogin` throw.
 */
export function sshOpener(options: SshOptions): OpenChannel {
  const known = parseKnownHosts(options.knownHosts, options.knownHostsFile)
  for (const { line, problem } of known.warnings)
    options.warn?.(`\`known-hosts\` line ${line} is ignored: ${problem}`)
  const login = readLogin(options.auth, ssh2.utils.parseKey)
  return async (host, greeting, events) => {
    if (host.address.kind !== 'ssh') throw new TypeError(`${host.name} is not reached with SSH`)
    return new Way(options, known, login, events).open(host.name, host.address, greeting)
  }
}

/** One connection of the way to a host. */
interface Leg {
  readonly ssh: NodeSSH
  readonly client: ssh2.Client
  close(): void
}

/** The way to one host: through its jump hosts, each checked and logged in to by itself, to a courier. */
class Way {
  readonly #options: SshOptions
  readonly #known: KnownHosts
  readonly #login: Login<ssh2.ParsedKey>
  readonly #events: ChannelEvents
  readonly #time: AbortSignal
  readonly #legs: Leg[] = []
  #place = ''
  #stage: Stage = 'reach'
  #broken: string | undefined
  #session: Session | undefined

  constructor(options: SshOptions, known: KnownHosts, login: Login<ssh2.ParsedKey>, events: ChannelEvents) {
    this.#options = options
    this.#known = known
    this.#login = login
    this.#events = events
    this.#time = AbortSignal.timeout(options.connectSeconds * 1000)
  }

  async open(name: string, address: SshAddress, greeting: string): Promise<Channel> {
    try {
      for (const jump of address.via) {
        this.#place = `jump host ${formatAddress(jump)} on the way to ${name}`
        this.#legs.push(await this.#reach(jump))
      }
      this.#place = `${name} (${formatAddress(address)})`
      const leg = await this.#reach(address)
      this.#legs.push(leg)
      this.#stage = 'courier'
      const session = await this.#within(this.#startCourier(leg.client))
      session.channel.send(greeting)
      return session.channel
    } catch (error) {
      this.#hangUp()
      throw this.#setback(error).refusal
    }
  }

  /** Connecting can be repeated without harm until we say who we are: `setback` knows what is worth it. */
  async #reach(address: SshAddress): Promise<Leg> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#connect(address)
      } catch (error) {
        const { refusal, again } = this.#setback(error)
        if (!again || tries === TRIES) throw refusal
        // Some way apart, and not in step with the other hosts of the run: MaxStartups drops at random.
        const pause = 2 ** tries * (100 + Math.random() * 100)
        await sleep(pause, undefined, { signal: this.#time }).catch(() => {
          throw refusal
        })
      }
    }
  }

  async #connect(address: SshAddress): Promise<Leg> {
    this.#stage = 'reach'
    const socket = await this.#within(this.#socketTo(address))
    this.#stage = 'handshake'
    const check = new HostKeyCheck(this.#known, address, this.#place)
    const ssh = new NodeSSH()
    const ready = ssh.connect({
      sock: socket,
      username: address.user,
      algorithms: { serverHostKey: check.algorithms },
      hostVerifier: check.accepts,
      // A list of its own, so that ssh2 does not ask with `none` first, which costs a round trip.
      authHandler: [this.#login.method(address.user)],
      keepaliveInterval: this.#options.keepaliveSeconds * 1000,
      keepaliveCountMax: KEEPALIVES,
      // Our own clock runs over the whole way.
      readyTimeout: 0,
    })
    const client = ssh.connection
    if (client === null) throw new Error('node-ssh has made no connection')
    this.#listen(client, this.#place)
    client.once('handshake', () => {
      this.#stage = 'authentication'
    })
    const close = () => {
      client.end()
      // On a dead line nobody answers to a goodbye.
      const dead = setTimeout(() => socket.destroy(), 500).unref()
      client.once('close', () => clearTimeout(dead))
    }
    try {
      await this.#within(ready)
      return { ssh, client, close }
    } catch (error) {
      socket.destroy()
      throw check.refusal ?? error
    }
  }

  #socketTo(address: SshAddress): Promise<Duplex> {
    const before = this.#legs.at(-1)
    return before === undefined
      ? dial(address.host, address.port, this.#time)
      : before.ssh.forwardOut('127.0.0.1', 0, address.host, address.port)
  }

  /**
   * node-ssh takes its listener off when it is connected, and an error that nobody listens to ends the process.
   * https://github.com/steelbrain/node-ssh/issues/421
   */
  #listen(client: ssh2.Client, place: string): void {
    client.on('error', error => {
      const silent = traits(error).level === 'client-timeout'
      const seconds = this.#options.keepaliveSeconds * KEEPALIVES
      this.#break(silent ? `${place} did not answer for ${seconds} s` : `${place} broke off: ${said(error)}`)
    })
    client.on('close', () => this.#break(`${place} closed the connection`))
  }

  #break(reason: string): void {
    if (this.#stage !== 'courier') return
    this.#broken ??= reason
    this.#session?.lost(reason)
  }

  /** The session starts within the callback: a command can end in the same packet in which it starts. */
  #startCourier(client: ssh2.Client): Promise<Session> {
    return new Promise((resolve, reject) => {
      client.exec(COURIER_COMMAND, (error, stream) => {
        if (error !== undefined) return reject(error)
        if (this.#time.aborted) return stream.close()
        this.#session = startSession(stream, this.#events, () => this.#hangUp())
        resolve(this.#session)
      })
    })
  }

  #hangUp(): void {
    for (const leg of this.#legs.splice(0).reverse()) leg.close()
  }

  #setback(error: unknown) {
    return setback(error, {
      place: this.#place,
      stage: this.#stage,
      identity: this.#login.says,
      expired: this.#time.aborted ? this.#options.connectSeconds : undefined,
      broken: this.#broken,
    })
  }

  #within<T>(promise: Promise<T>): Promise<T> {
    const time = this.#time
    return new Promise((resolve, reject) => {
      const expire = () => reject(new Error('no answer'))
      if (time.aborted) expire()
      time.addEventListener('abort', expire, { once: true })
      promise.then(resolve, reject).finally(() => time.removeEventListener('abort', expire))
    })
  }
}
