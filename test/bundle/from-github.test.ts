import { readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { listen } from '../support/listen.ts'
import { makeProduction, type Production } from '../support/production.ts'
import { BROKEN, connections, expectOutcome, expectRefusedUnseen, on, recordOf, seen } from './story.ts'

const TOKEN = 'ghs_0123456789abcdefghijklmnopqrstuvwxyz'

interface GitHub extends AsyncDisposable {
  readonly url: string
  /** `GET /path as <authorization>` of each request. */
  readonly asked: string[]
}

/** GitHub's API, as far as one file goes. */
const startGitHub = async (
  answer: (response: ServerResponse, request: IncomingMessage) => void,
): Promise<GitHub> => {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} as ${request.headers.authorization}`)
    answer(response, request)
  })
  const url = `http://127.0.0.1:${await listen(server)}`
  return {
    url,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

/** A job without a checkout: the runbook is taken out of the workspace, and its text given back. */
const withoutCheckout = async (): Promise<{ production: Production; text: string }> => {
  const production = await makeProduction({ machines: { web: BROKEN }, runbook: () => ({}) })
  const file = join(production.workspace, '.github/rollbook.yml')
  const text = await readFile(file, 'utf8')
  await rm(file)
  return { production, text }
}

const asJob = (url: string) => ({ github: { api_url: url, token: TOKEN } })

test('without a checkout, the runbook of the default branch is read with the token of the job', async () => {
  const { production: made, text } = await withoutCheckout()
  await using production = made
  await using github = await startGitHub(response => {
    response.writeHead(200, { 'content-type': 'application/vnd.github.raw+json; charset=utf-8' }).end(text)
  })
  const run = await production.run({}, asJob(github.url))
  expectOutcome(run, 'rolled-back')
  expect(await seen(production.machines)).toEqual(on(production.machines, '2'))
  expect(github.asked.map(decodeURIComponent)).toEqual([
    `GET /repos/acme/shop/contents/.github/rollbook.yml as token ${TOKEN}`,
  ])
  expect(run.log.join('\n')).not.toContain(TOKEN)
})

test('a runbook that is wrong there is refused with its line, as one of the workspace would be', async () => {
  const { production: made, text } = await withoutCheckout()
  await using production = made
  await using github = await startGitHub(response => {
    response.writeHead(200, { 'content-type': 'application/vnd.github.raw+json; charset=utf-8' })
    response.end(text.replace('rollbacks:', 'rollbakcs:'))
  })
  const run = await production.run({}, asJob(github.url))
  expectRefusedUnseen(run)
  expect(recordOf(run).failure?.message).toMatch(/\.github\/rollbook\.yml:\d+:1\b.*rollbacks/s)
})

// One waits for GitHub until its time is up, so that all wait together.
describe.concurrent('GitHub does not hand it out', () => {
  const says = (status: number) => (response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ message: `no\n::error::taken over`, status: String(status) }))
  }
  const ofFolder = (response: ServerResponse): void => {
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end('[{"name":"rollbook.yml","type":"file"}]')
  }

  test.each<[string, (response: ServerResponse) => void, RegExp, RegExp]>([
    ['404', says(404), /GitHub says 404/, /permission: contents: read/],
    ['403', says(403), /GitHub says 403/, /permission: contents: read/],
    ['401', says(401), /GitHub says 401/, /Leave the input token out/],
    ['503', says(503), /GitHub says 503/, /GitHub is down/],
    ['a folder', ofFolder, /is not a file/, /path of the runbook/],
    ['no answer', () => {}, /GitHub did not answer/, /GitHub is down/],
    ['an end in the middle', response => response.destroy(), /GitHub did not answer/, /GitHub is down/],
  ])('%s: one sentence, what to do, and no connection to a host', async (_, answer, said, remedy) => {
    const { production: made } = await withoutCheckout()
    await using production = made
    await using github = await startGitHub(answer)
    const run = await production.run({}, asJob(github.url))
    expectRefusedUnseen(run)
    const { failure } = recordOf(run)
    expect(failure?.code).toBe('RB-RUNBOOK-NOT-FOUND')
    expect(failure?.message).toMatch(said)
    expect(failure?.remedy.join('\n')).toMatch(remedy)
    expect(run.rawLog.join('\n')).not.toContain('taken over')
    expect(connections(production.machines)).toBe(0)
  })
})

describe('what lies between the releases', () => {
  const OLD = '1111111111111111111111111111111111111111'
  const LIVE = '2222222222222222222222222222222222222222'

  /** A job without a checkout, whose releases name their commits. */
  const withCommits = async (): Promise<Production> => {
    const production = await makeProduction({ machines: { web: BROKEN } })
    const { path } = production.machines[0].site
    for (const [release, commit] of [
      ['1', OLD],
      ['2', OLD],
      ['3', LIVE],
    ])
      await writeFile(join(path, 'releases', release ?? '', 'REVISION'), `${commit}\n`)
    return production
  }
  const compared = (ahead: number, behind: number, subjects: readonly string[]) =>
    JSON.stringify({
      ahead_by: ahead,
      behind_by: behind,
      commits: subjects.map((message, at) => ({ sha: `${at}abcdef0`.padEnd(40, '0'), commit: { message } })),
    })
  const changesOf = (run: Parameters<typeof recordOf>[0]) =>
    recordOf(run).checklist?.filter(({ what }) => what === 'changes')

  test('is asked of GitHub where the workspace does not know it, and named newest first', async () => {
    await using production = await withCommits()
    await using github = await startGitHub(response => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(compared(2, 0, ['Split orders\n\nAnd why', 'Add channel']))
    })
    const run = await production.run({ operation: 'plan' }, asJob(github.url))
    expectOutcome(run, 'planned')
    expect(github.asked).toEqual([
      `GET /repos/acme/shop/compare/${OLD}...${LIVE}?per_page=100 as token ${TOKEN}`,
    ])
    expect(changesOf(run)).toEqual([
      {
        what: 'changes',
        said: '2 lacks 2 commits that 3 has',
        items: ['1abcdef Add channel', '0abcdef Split orders'],
      },
    ])
  })

  test('of a release that is newer is asked the other way round', async () => {
    await using production = await withCommits()
    const answers = [compared(0, 1, []), compared(1, 0, ['The new one'])]
    await using github = await startGitHub(response => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(answers.shift())
    })
    const run = await production.run({ operation: 'plan' }, asJob(github.url))
    expect(changesOf(run)).toMatchObject([
      { said: '2 has 1 commit that 3 lacks', items: ['0abcdef The new one'] },
    ])
  })

  test.each([
    [404, /GitHub does not know both of them/],
    [403, /GitHub wants the permission contents: read/],
    [500, /GitHub did not answer/],
  ])('is one quiet line when GitHub says %i', async (status, said) => {
    await using production = await withCommits()
    await using github = await startGitHub(response => {
      response.writeHead(status, { 'content-type': 'application/json' }).end('{"message":"::error::no"}')
    })
    const run = await production.run({}, asJob(github.url))
    expectOutcome(run, 'rolled-back')
    expect(changesOf(run)).toHaveLength(1)
    expect(changesOf(run)?.[0]?.said).toMatch(said)
    expect(recordOf(run).warnings).toEqual([])
  })
})
