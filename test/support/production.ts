import { existsSync } from 'node:fs'
import { lstat, mkdir, readdir, readFile, readlink, symlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { makeFolder } from './folder.ts'
import { type ActionRun, type Job, runAction } from './runner.ts'
import { makeSite, type Site, type SiteOptions } from './site.ts'
import { type KeyPair, makeKeyPair } from './ssh-keys.ts'
import { type SshServer, type SshServerOptions, startSshServer } from './ssh-server.ts'
import { HERE } from './ssh-shell.ts'
import { type Described, type RunbookDraft, writeRunbook } from './workspace.ts'

/** The repository itself is the action, as for those who use it. */
export const ACTION = resolve(import.meta.dirname, '../..')

/** One machine of the set-up: what it serves and how it is reached. */
export interface Machine {
  readonly name: string
  readonly site: Site
  readonly ssh: SshServer
  /** Every file of `~/.rollbook/shop` with its text, every link with its goal: what runs have left on the host. */
  state(): Promise<Readonly<Record<string, string>>>
  /** Whether anybody holds the lock; the link names a process, so it may well dangle. */
  locked(): Promise<boolean>
}

export interface Production extends AsyncDisposable {
  readonly machines: readonly [Machine, ...Machine[]]
  readonly key: KeyPair
  /** The folder that the action runs in. */
  readonly workspace: string
  /** What a workflow gives for this set-up, whatever the operation. */
  readonly inputs: Readonly<Record<string, string>>
  /** Runs the bundle with the inputs that describe this set-up, and those given. */
  run(inputs?: Readonly<Record<string, string>>, job?: Omit<Job, 'action' | 'inputs'>): Promise<ActionRun>
}

export interface ProductionOptions {
  /** By name of the machine, in the order of the `hosts` input. */
  readonly machines: Readonly<Record<string, SiteOptions>>
  readonly ssh?: SshServerOptions
  /** Describes the set-up by a runbook in the workspace, with checks that don't wait, instead of by inputs. */
  readonly runbook?: (described: Described) => RunbookDraft
}

const everyFile = async (folder: string, below = ''): Promise<Record<string, string>> => {
  const files: Record<string, string> = {}
  if (!existsSync(folder)) return files
  for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
    const name = join(below, entry.name)
    if (entry.isDirectory()) Object.assign(files, await everyFile(folder, name))
    else if (entry.isSymbolicLink()) files[name] = `-> ${await readlink(join(folder, name))}`
    else if (entry.isFile()) files[name] = await readFile(join(folder, name), 'utf8')
  }
  return files
}

/** The folder of the site in every HOME. */
const SITE = 'shop'

const makeMachine = async (name: string, options: SiteOptions, ssh: SshServerOptions): Promise<Machine> => {
  const server = await startSshServer(ssh)
  const site = await makeSite({ ...options, folder: join(server.home, SITE) })
  const app = join(server.home, '.rollbook', 'shop')
  return {
    name,
    site,
    ssh: server,
    state: () => everyFile(app),
    async locked() {
      for (const environment of existsSync(app) ? await readdir(app) : [])
        if (await lstat(join(app, environment, 'lock')).catch(() => undefined)) return true
      return false
    },
  }
}

/** Starts every machine: a site, and the SSH server that leads to it. */
export const makeProduction = async (options: ProductionOptions): Promise<Production> => {
  const key = makeKeyPair('github')
  const ssh = { authorizedKeys: [key.public], ...options.ssh }
  const [first, ...others] = await Promise.all(
    Object.entries(options.machines).map(([name, site]) => makeMachine(name, site, ssh)),
  )
  if (!first) throw new Error('a production of no machines')
  const machines: [Machine, ...Machine[]] = [first, ...others]
  const folder = await makeFolder('production')
  await symlink(HERE, join(folder.path, 'here'))
  const workspace = join(folder.path, 'workspace')
  await mkdir(workspace)
  const hosts = machines.map(({ name, ssh: { port } }) => [name, `deploy@127.0.0.1:${port}`] as const)
  const described = {
    hosts: Object.fromEntries(hosts),
    path: others.length > 0 ? join(folder.path, 'here', SITE) : first.site.path,
    urls: machines.map(({ site }) => site.url),
  }
  if (options.runbook) await writeRunbook(workspace, described, options.runbook(described))
  const inputs = {
    ...(!options.runbook && {
      app: 'shop',
      hosts: hosts.map(([name, address]) => `${name}=${address}`).join('\n'),
      path: described.path,
      smoke: described.urls.map(url => `${url}/healthz`).join('\n'),
    }),
    'ssh-private-key': key.private,
    'known-hosts': machines.map(machine => machine.ssh.knownHostsLine).join('\n'),
    reason: 'checkout answers 500 since 14:02',
  }
  return {
    machines,
    key,
    workspace,
    inputs,
    run: (more = {}, job = {}) =>
      runAction({
        cwd: workspace,
        secrets: [key.private],
        ...job,
        action: ACTION,
        inputs: { ...inputs, ...more },
      }),
    async [Symbol.asyncDispose]() {
      for (const { site, ssh } of machines) {
        await site[Symbol.asyncDispose]()
        await ssh[Symbol.asyncDispose]()
      }
      await folder[Symbol.asyncDispose]()
    },
  }
}
