import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { quote } from '../../src/host/quote.ts'
import { runAction } from '../../test/support/runner.ts'
import { APP_PATH, layApplication } from '../../test/system/app.ts'
import { type Fleet, startHosts } from '../../test/system/hosts/hosts.ts'
import { startLoad } from '../../test/system/load.ts'
import { lnLoop, ourLoop } from './link.ts'

const ACTION = resolve(import.meta.dirname, '../..')
/** Loads for each host, of two clients each. */
const LOADS = 4

export interface Asked {
  readonly name: string
  readonly requests: number
  /** How often the link went somewhere else meanwhile. */
  readonly switches: number
  /** What failed, by its words. */
  readonly failed: Readonly<Record<string, number>>
  readonly seconds: number
}

type Hosts = Fleet<['web-1', 'web-2']>

/** Requests to nginx on two Debian hosts: during real rollbacks and their undos, and during loops of flips. */
export async function askDuring(requests: number, tell: (asked: Asked) => void): Promise<readonly Asked[]> {
  await using hosts: Hosts = await startHosts(['web-1', 'web-2'])
  const all: Asked[] = []
  const told = (asked: Asked) => {
    tell(asked)
    all.push(asked)
  }
  told(
    await during('rollbacks and their undos, `nginx` reloaded each time', hosts, requests, journeys(hosts)),
  )
  told(await during('the switch of Rollbook alone, again and again', hosts, requests, loops(hosts, ours)))
  told(await during('`busybox ln -nfs`, again and again', hosts, requests, loops(hosts, busyboxLn)))
  return all
}

/** Something that switches, until it is stopped. @returns how often it did */
type Switching = (enough: () => boolean) => Promise<number>

async function during(name: string, hosts: Hosts, wanted: number, switching: Switching): Promise<Asked> {
  for (const host of hosts) await layApplication(host, { releases: ['1', '2', '3'], live: '3', broken: [] })
  const began = performance.now()
  const loads = hosts.flatMap(host =>
    Array.from({ length: LOADS }, () => startLoad(`http://127.0.0.1:${host.httpPort}/version.json`)),
  )
  const switches = await switching(() => loads.reduce((sum, load) => sum + load.sofar(), 0) >= wanted)
  const results = await Promise.all(loads.map(load => load.stop()))
  const failed: Record<string, number> = {}
  for (const { failures } of results)
    for (const words of failures) {
      const [short = ''] = /^\d+|^.{1,40}/.exec(words) ?? []
      failed[short] = (failed[short] ?? 0) + 1
    }
  const requests = results.reduce((sum, each) => sum + each.requests, 0)
  return { name, requests, switches, failed, seconds: (performance.now() - began) / 1000 }
}

const inputsOf = (hosts: Hosts) => ({
  app: 'shop',
  hosts: hosts.map(host => `${host.name}=deploy@127.0.0.1:${host.sshPort}`).join('\n'),
  path: APP_PATH,
  reload: 'nginx\ndemo-app',
  smoke: hosts.map(host => `http://127.0.0.1:${host.httpPort}/healthz`).join('\n'),
  'ssh-private-key': hosts[0].privateKey,
  'known-hosts': hosts.map(host => host.knownHosts).join('\n'),
})

/** There and back with the bundle. */
const journeys =
  (hosts: Hosts): Switching =>
  async enough => {
    let switches = 0
    while (!enough()) {
      for (const operation of ['rollback', 'undo']) {
        const run = await runAction({ action: ACTION, inputs: { ...inputsOf(hosts), operation } })
        const wanted = operation === 'rollback' ? 'rolled-back' : 'undone'
        if (run.outputs.outcome !== wanted) throw new Error(`${operation}: ${run.log.join('\n')}`)
        switches += hosts.length
      }
    }
    return switches
  }

const SYMLINK = readFileSync(new URL('../../src/component/symlink.sh', import.meta.url), 'utf8')
const ours = ourLoop(APP_PATH, SYMLINK)
const busyboxLn = lnLoop(APP_PATH, 'busybox ln')

const GOING = '/tmp/switching'

/** The same lines of shell on every host until there have been requests enough. */
const loops =
  (hosts: Hosts, script: string): Switching =>
  async enough => {
    const until = `touch ${GOING}; sh -c ${quote(script)} & while [ -e ${GOING} ]; do sleep 0.1; done; kill $!`
    const said = hosts.map(host => host.run(until, 'deploy'))
    while (!enough()) await sleep(100)
    for (const host of hosts) await host.run(`rm ${GOING}`)
    return (await Promise.all(said)).reduce((sum, { stdout }) => sum + stdout.split('\n').length - 1, 0)
  }
