import { createServer } from 'node:http'
import { describe, expect, test } from 'vitest'
import { listen } from '../support/listen.ts'
import { makeProduction, type Production } from '../support/production.ts'
import { HASTY } from '../support/workspace.ts'
import { BROKEN, expectOutcome, on, recordOf, seen } from './story.ts'

interface App extends AsyncDisposable {
  readonly url: string
  readonly port: number
  /** Who asked: `rollbook` is the runner, `curl/…` or `Wget/…` a host. */
  readonly askedBy: Set<string>
}

/** What stands before the site: it answers in JSON with the release that the site serves. */
const startApp = async (release: () => string): Promise<App> => {
  const askedBy = new Set<string>()
  const server = createServer((request, response) => {
    askedBy.add(request.headers['user-agent'] ?? '')
    response.writeHead(request.url === '/teapot' ? 418 : 200, {
      'content-type': 'application/json',
      'x-release': release(),
    })
    response.end(JSON.stringify({ ok: true, release: release(), db: { up: 1 }, says: 'all is well' }))
  })
  const port = await listen(server)
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    askedBy,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

/** One host, the app before it, and checks of it. @param served the release that the app serves whatever is live. */
const withChecks = async (
  items: (app: App) => readonly Readonly<Record<string, unknown>>[],
  served?: string,
): Promise<{ production: Production; app: App } & AsyncDisposable> => {
  let live = (): string => '3'
  const app = await startApp(() => live())
  const production = await makeProduction({
    machines: { web: BROKEN },
    runbook: () => ({ rollback: { verify: items(app) } }),
  })
  live = () => served ?? production.machines[0].site.live()
  return {
    production,
    app,
    async [Symbol.asyncDispose]() {
      await production[Symbol.asyncDispose]()
      await app[Symbol.asyncDispose]()
    },
  }
}

const withCheck = (item: (app: App) => Readonly<Record<string, unknown>>, served?: string) =>
  withChecks(app => [item(app)], served)

const FULL = {
  status: 200,
  json: { ok: true, db: { up: 1 }, release: '$ROLLBOOK_TO' },
  text: 'all is well',
  header: { 'X-Release': '$ROLLBOOK_TO', 'content-type': 'json' },
}

describe('what proves a release', () => {
  test.each(['runner', 'host'])('status, JSON, text, header and version, seen from the %s', async from => {
    await using story = await withCheck(({ url }) => ({ http: `${url}/`, from, expect: FULL, ...HASTY }))
    const run = await story.production.run()
    expectOutcome(run, 'rolled-back')
    const asked = [...story.app.askedBy].map(agent => (agent === 'rollbook' ? 'runner' : 'host'))
    expect(new Set(asked)).toEqual(new Set([from]))
    if (from === 'runner')
      expect(recordOf(run).checks).toMatchObject([{ status: 'passed', proof: 'version' }])
  })

  test('a host is looked from by its name, too', async () => {
    await using story = await withCheck(({ url }) => ({ http: `${url}/`, from: 'web', ...HASTY }))
    expectOutcome(await story.production.run(), 'rolled-back')
    expect([...story.app.askedBy]).not.toContain('rollbook')
    expect(story.app.askedBy.size).toBe(1)
  })
})

const UNWANTED = {
  status: {},
  text: { expect: { text: 'all is lost' } },
  json: { expect: { json: { db: { up: 2 } } } },
  header: { expect: { header: { 'x-release': '4' } } },
  failing: { expect: { failing: true } },
}

test.each(['runner', 'host'])('seen from the %s, nothing passes that is not as wanted', async from => {
  await using story = await withChecks(({ url }) =>
    Object.entries(UNWANTED).map(([what, wanted]) => ({
      http: `${url}${what === 'status' ? '/teapot' : '/'}`,
      as: what,
      from,
      ...wanted,
      attempts: 1,
      consecutive: 1,
    })),
  )
  const run = await story.production.run()
  expectOutcome(run, 'restored')
  expect(await seen(story.production.machines)).toEqual(on(story.production.machines, '3'))
  const { checks } = recordOf(run)
  const looked = checks.filter(check => !check.title.includes('back again'))
  expect(Object.fromEntries(looked.map(({ title, status }) => [title, status]))).toEqual(
    Object.fromEntries(Object.keys(UNWANTED).map(what => [what, 'failed'])),
  )
})

test.each(['runner', 'host'])(
  'seen from the %s, a server that goes on with the release that was left does not pass for the other one',
  async from => {
    const check = (app: App) => ({
      http: app.url,
      from,
      expect: { json: { release: '$ROLLBOOK_TO' } },
      ...HASTY,
    })
    await using story = await withCheck(check, '3')
    const run = await story.production.run()
    expectOutcome(run, 'restored')
    expect(run.log.join('\n')).toMatch(/release.*2/)
  },
)

describe('ports and alternatives', () => {
  test.each([
    ['an address, from the runner', (port: number) => ({ tcp: `127.0.0.1:${port}` })],
    ['an address, from the host', (port: number) => ({ tcp: `127.0.0.1:${port}`, from: 'host' })],
    ['a port alone: the host looks at itself', (port: number) => ({ tcp: port })],
  ])('tcp: %s', async (_, item) => {
    await using story = await withCheck(({ port }) => ({ ...item(port), ...HASTY }))
    expectOutcome(await story.production.run(), 'rolled-back')
  })

  test.each(['runner', 'host'])('tcp: where nobody listens, seen from the %s', async from => {
    await using story = await withCheck(() => ({ tcp: '127.0.0.1:9', from, attempts: 1, consecutive: 1 }))
    expectOutcome(await story.production.run(), 'restored')
  })

  test.each(['runner', 'host'])('any: the second alternative will do, seen from the %s', async from => {
    await using story = await withCheck(({ url }) => ({
      any: [
        { http: `${url}/teapot`, from, ...HASTY },
        { http: `${url}/`, from, ...HASTY },
      ],
    }))
    expectOutcome(await story.production.run(), 'rolled-back')
  })

  test('any: none will do', async () => {
    await using story = await withCheck(({ url }) => ({
      any: [
        { http: `${url}/teapot`, from: 'host', attempts: 1, consecutive: 1 },
        { tcp: 9, attempts: 1 },
      ],
    }))
    const run = await story.production.run()
    expectOutcome(run, 'restored')
    expect(run.log.join('\n')).toContain('418')
  })
})

test('a check that warns: the rollback stands, and the summary says what was seen', async () => {
  await using story = await withCheck(({ url }) => ({
    http: `${url}/teapot`,
    severity: 'warn',
    attempts: 1,
    consecutive: 1,
  }))
  const run = await story.production.run()
  expectOutcome(run, 'rolled-back')
  expect(recordOf(run).checks).toMatchObject([{ status: 'warned' }])
  expect(run.summary).toContain('418')
})
