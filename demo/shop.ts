import { mkdir, readlink, realpath, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { listen } from '../test/support/listen.ts'

/** What a release can do: each is a file of its own, as a deploy leaves it. */
interface Release {
  checkout(): { readonly total: string }
}

export interface Answer {
  readonly status: number
  readonly body: string
}

export interface Shop {
  /** The folder with `releases/` and `current`. */
  readonly folder: string
  readonly url: string
  get(path: string): Promise<Answer>
  /** The release that `current` names. */
  live(): Promise<string>
  close(): Promise<void>
}

const BASKET = `const basket = [{ name: 'tea', cents: 350 }, { name: 'cup', cents: 900 }]
const sum = basket.reduce((cents, item) => cents + item.cents, 0)
`

/** The whole shop, three times. The third is the one that nobody tried without a voucher. */
const RELEASES: Readonly<Record<string, string>> = {
  1: `${BASKET}
export const checkout = () => ({ total: (sum / 100).toFixed(2) })
`,
  2: `${BASKET}
const shipping = 490
export const checkout = () => ({ total: ((sum + shipping) / 100).toFixed(2) })
`,
  3: `${BASKET}
const shipping = 490
let voucher
export const checkout = () => ({ total: ((sum + shipping - voucher.cents) / 100).toFixed(2) })
`,
}

const isRelease = (module: unknown): module is Release =>
  typeof module === 'object' &&
  module !== null &&
  'checkout' in module &&
  typeof module.checkout === 'function'

/** Answers from whatever `current` is at this moment: a shop that is never restarted. */
const answer = async (folder: string, path: string): Promise<Answer> => {
  const home = await realpath(join(folder, 'current'))
  const release = basename(home)
  try {
    const module: unknown = await import(pathToFileURL(join(home, 'shop.mjs')).href)
    if (!isRelease(module)) throw new Error('this release has no checkout')
    const { total } = module.checkout()
    const body = path === '/healthz' ? { status: 'ok', release } : { shop: `release ${release}`, total }
    return { status: 200, body: JSON.stringify(body) }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const status = path === '/healthz' || path === '/' ? 500 : 404
    return { status, body: JSON.stringify({ status: 'failing', release, error: reason }) }
  }
}

/** Deploys three releases into `folder`, makes the third one live, and serves the shop on 127.0.0.1. */
export const openShop = async (folder: string): Promise<Shop> => {
  for (const [name, source] of Object.entries(RELEASES)) {
    await mkdir(join(folder, 'releases', name), { recursive: true })
    await writeFile(join(folder, 'releases', name, 'shop.mjs'), source)
  }
  await symlink('releases/3', join(folder, 'current'))

  const server = createServer(async (request, response) => {
    const { status, body } = await answer(folder, request.url ?? '/')
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  })
  const url = `http://127.0.0.1:${await listen(server)}`

  return {
    folder,
    url,
    async get(path) {
      const response = await fetch(`${url}${path}`, { headers: { connection: 'close' } })
      return { status: response.status, body: await response.text() }
    },
    live: async () => basename(await readlink(join(folder, 'current'))),
    async close() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
