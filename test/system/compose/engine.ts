import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { docker, runProgram } from '../hosts/docker.ts'
import type { TestHost } from '../hosts/hosts.ts'

/** A container engine of one test host, which a test may end without taking anybody else's containers along. */
export interface Engine extends AsyncDisposable {
  /** Gives it images of the machine's own engine: every version of these. */
  load(...images: readonly string[]): Promise<void>
  /** Ends it in order, as a service manager does; its containers end with it. */
  stop(): Promise<void>
  /** Starts it; containers with a restart policy run again. */
  start(): Promise<void>
}

const ROOT = process.getuid?.() === 0 ? [] : ['sudo', '-n']
const asRoot = (...words: readonly string[]): readonly [string, readonly string[]] => {
  const [program = '', ...rest] = [...ROOT, ...words]
  return [program, rest]
}

// It reads until its input ends, so that no engine outlives the test that began it.
const KEEPER = '"$@" </dev/null & engine=$!; read -r _; kill "$engine"; wait "$engine"'

/**
 * Starts it in the network of the host, so that what it publishes is published there, and nothing of the machine's own
 * engine can be touched: two engines in one network take each other's bridges away.
 *
 * @param folder of the machine, for all that it keeps, and for its socket `docker.sock`.
 */
export const startEngine = async (host: TestHost, folder: string): Promise<Engine> => {
  const container = await docker('ps', '--quiet', '--filter', `publish=${host.sshPort}`)
  const process_ = await docker('inspect', '--format', '{{.State.Pid}}', container)
  const address = `unix://${folder}/docker.sock`
  const words = [
    ...['nsenter', `--net=/proc/${process_}/ns/net`, 'dockerd', '--host', address],
    ...['--data-root', `${folder}/data`, '--exec-root', `${folder}/exec`, '--pidfile', `${folder}/pid`],
    ...['--iptables=false', '--ip6tables=false', '--ip-forward=false', '--ip-masq=false'],
    ...['--bip', '10.212.0.1/24', '--default-address-pool', 'base=10.213.0.0/16,size=24'],
  ]
  let keeper: ChildProcess | undefined
  const start = async (): Promise<void> => {
    keeper = spawn(...asRoot('sh', '-c', KEEPER, 'sh', ...words), {
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
    })
    for (let tries = 0; ; tries += 1) {
      const { code } = await runProgram('docker', ['--host', address, 'version'])
      if (code === 0) return
      if (tries > 300 || keeper.exitCode !== null) throw new Error('the engine of the host does not answer')
      await new Promise(done => setTimeout(done, 100))
    }
  }
  const stop = async (): Promise<void> => {
    if (!keeper) return
    const ended = once(keeper, 'close')
    keeper.stdin?.end()
    await ended
    keeper = undefined
  }
  await start()
  return {
    start,
    stop,
    load: async (...images) => {
      const said = await runProgram('sh', [
        ...['-c', 'address=$1; shift; docker save "$@" | docker --host "$address" load', 'sh', address],
        ...images,
      ])
      if (said.code !== 0) throw new Error(`the images could not be loaded: ${said.stderr}`)
    },
    async [Symbol.asyncDispose]() {
      await stop()
      await runProgram(...asRoot('find', folder, '-mindepth', '1', '-xdev', '-delete'))
    },
  }
}
