import { readlinkSync } from 'node:fs'
import { mkdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import { basename, join } from 'node:path'
import { makeFolder } from './folder.ts'
import { listen } from './listen.ts'

export interface SiteOptions {
  /** Names, oldest first. */
  readonly releases: readonly string[]
  /** What `current` points to. */
  readonly live: string
  /** Releases whose `/healthz` answers 500. */
  readonly broken?: readonly string[]
  /** Releases whose `/healthz` never answers. */
  readonly stalled?: readonly string[]
  /** Where to make it, kept afterwards; a fresh folder unless given. */
  readonly folder?: string
}

/** A folder with `releases/` and `current`, and a server that serves whatever `current` is when it is asked. */
export interface Site extends AsyncDisposable {
  /** The folder with `releases/` and `current`. */
  readonly path: string
  readonly url: string
  /** The release that `current` names, without looking whether it serves; empty when `current` is no link. */
  live(): string
  /** The release that answers `GET /`, or the status when it isn't 200. */
  serves(): Promise<string>
  /** Status of `GET /healthz`. */
  health(): Promise<number>
  /** Settles once somebody asks a stalled release for its health: a check is under way and can't end. */
  readonly stall: Promise<void>
  /** Is called before each answer about the health of the named release; for whoever interferes at a bad moment. */
  onHealth(release: string, interfere: () => Promise<void>): void
}

interface Answer {
  readonly status: number
  readonly text: string
}

const fillRelease = async (folder: string, name: string, health: string, age: number): Promise<void> => {
  const release = join(folder, 'releases', name)
  await mkdir(release, { recursive: true })
  await writeFile(join(release, 'VERSION'), name)
  await writeFile(join(release, 'health'), health)
  // Deployed ten minutes apart.
  const deployed = Date.now() / 1000 - age * 600
  await utimes(release, deployed, deployed)
}

const linkOf = (path: string): string => {
  try {
    return basename(readlinkSync(join(path, 'current')))
  } catch {
    return ''
  }
}

const ask = async (url: string): Promise<Answer> => {
  const response = await fetch(url, { headers: { connection: 'close' } })
  return { status: response.status, text: await response.text() }
}

/** Makes a site and serves it on a free port of 127.0.0.1. */
export const makeSite = async (options: SiteOptions): Promise<Site> => {
  const own = options.folder === undefined ? await makeFolder('site') : undefined
  const path = options.folder ?? own?.path ?? ''
  const healthOf = (name: string): string => {
    if (options.stalled?.includes(name)) return 'never'
    return options.broken?.includes(name) ? '500' : '200'
  }
  for (const [index, name] of options.releases.entries())
    await fillRelease(path, name, healthOf(name), options.releases.length - index)
  await symlink(`releases/${options.live}`, join(path, 'current'))

  const interferences = new Map<string, () => Promise<void>>()
  const stall = Promise.withResolvers<void>()
  const read = (name: string): Promise<string> => readFile(join(path, 'current', name), 'utf8')
  const answerHealth = async (response: ServerResponse): Promise<void> => {
    const [version, health] = await Promise.all([read('VERSION'), read('health')])
    await interferences.get(version)?.()
    if (health === 'never') stall.resolve()
    else response.writeHead(Number(health)).end(`${version}\n`)
  }
  const server = createServer(async (request, response) => {
    try {
      if (request.url === '/healthz') await answerHealth(response)
      else response.end(await read('VERSION'))
    } catch {
      response.writeHead(503).end('there is no release\n')
    }
  })
  const url = `http://127.0.0.1:${await listen(server)}`

  return {
    path,
    url,
    live: () => linkOf(path),
    async serves() {
      const { status, text } = await ask(url)
      return status === 200 ? text : String(status)
    },
    health: async () => (await ask(`${url}/healthz`)).status,
    stall: stall.promise,
    onHealth: (release, interfere) => interferences.set(release, interfere),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
      await own?.[Symbol.asyncDispose]()
    },
  }
}
