import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type Described, describedApi } from './github-api-description.ts'
import { listen } from './listen.ts'

type Keys = Readonly<Record<string, unknown>>

/** What was asked, and by whom. */
export interface Asked {
  /** `POST /repos/{owner}/{repo}/deployments`. */
  readonly route: string
  readonly parameters: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly body: Keys
  readonly authorization: string
}

export interface Answer {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface Deployment {
  readonly id: number
  readonly sha: string
  readonly environment: string
  readonly task: string
  /** Oldest first. */
  readonly statuses: Keys[]
}

export interface Issue {
  readonly number: number
  title: string
  body: string
  readonly labels: readonly string[]
  readonly state: 'open' | 'closed'
  /** How a person who opened it belongs to the repository; opened by a job when left out. */
  readonly author?: 'OWNER' | 'MEMBER' | 'NONE'
  readonly comments: string[]
}

/** GitHub's API on this machine, for one repository. */
export interface FakeApi extends AsyncDisposable {
  readonly url: string
  readonly asked: readonly Asked[]
  /** Oldest first. */
  readonly deployments: Deployment[]
  readonly issues: Issue[]
  /** `<commit or number>: <text>`. */
  readonly comments: readonly string[]
  /** How the deployment of a commit stands. */
  standing(sha: string): string | undefined
  /** What was asked, in order, without the reading. */
  readonly written: readonly string[]
}

export interface FakeOptions {
  /** Answers in place of the fake; `silence` never answers. */
  readonly instead?: (asked: Asked) => Answer | 'silence' | undefined
  /** Whose description holds: `api.github.com`, or `ghes-3.17`. */
  readonly description?: string
  readonly deployments?: readonly Deployment[]
  readonly issues?: readonly Issue[]
  /** Pull requests of any commit, by number, and whether each was merged. */
  readonly pulls?: Readonly<Record<number, boolean>>
}

/** GitHub wants a second between two writes, and three between two that notify people; its client keeps to that. */
export const PATIENT = { timeout: 60_000 }

export const notPermitted = (accepted = ''): Answer => ({
  status: 403,
  body: { message: 'Resource not accessible by integration', status: '403' },
  headers: accepted === '' ? {} : { 'x-accepted-github-permissions': accepted },
})

/**
 * Starts it. What it is asked, and what it answers, is held against the description that GitHub publishes; what breaks
 * it is thrown when the fake is disposed of.
 */
export const startFakeApi = async (options: FakeOptions = {}): Promise<FakeApi> => {
  const description = describedApi(options.description)
  const faults: string[] = []
  const asked: Asked[] = []
  const deployments = [...(options.deployments ?? [])]
  const issues = [...(options.issues ?? [])]
  const comments: string[] = []
  let ids = 1000

  const made = (example: string, more: Keys): Keys => ({ ...description.example(example), ...more })
  const statusOf = (status: Keys): Keys => made('deployment-status', status)
  const deploymentOf = ({ id, sha, environment, task }: Deployment): Keys =>
    made('deployment-simple-example', { id, sha, ref: sha, environment, task })
  const issueOf = ({ number, title, body, labels, state, author }: Issue): Keys =>
    made('issue', {
      number,
      title,
      body,
      labels,
      state,
      html_url: `https://github.com/acme/shop/issues/${number}`,
      pull_request: undefined,
      user: { ...(description.example('issue').user as Keys), type: author === undefined ? 'Bot' : 'User' },
      author_association: author ?? 'NONE',
    })

  const byRoute: Readonly<Record<string, (asked: Asked) => Answer>> = {
    'POST /repos/{owner}/{repo}/deployments': ({ body }) => {
      ids += 1
      const one: Deployment = {
        id: ids,
        sha: String(body.ref),
        environment: String(body.environment),
        task: String(body.task),
        statuses: [],
      }
      deployments.push(one)
      return { status: 201, body: deploymentOf(one) }
    },
    'GET /repos/{owner}/{repo}/deployments': ({ query }) => {
      const found = deployments.filter(
        each => each.environment === query.environment && (query.sha === undefined || each.sha === query.sha),
      )
      return { status: 200, body: found.reverse().map(deploymentOf) }
    },
    'POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses': ({ parameters, body }) => {
      const one = deployments.find(({ id }) => String(id) === parameters.deployment_id)
      if (one === undefined) return { status: 404, body: { message: 'Not Found' } }
      if (String(body.description ?? '').length > 140)
        return { status: 422, body: { message: 'Validation Failed', documentation_url: '' } }
      one.statuses.push(body)
      return { status: 201, body: statusOf({ state: body.state }) }
    },
    'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses': ({ parameters }) => {
      const one = deployments.find(({ id }) => String(id) === parameters.deployment_id)
      return { status: 200, body: [...(one?.statuses ?? [])].reverse().slice(0, 1).map(statusOf) }
    },
    'GET /repos/{owner}/{repo}/issues': ({ query }) => ({
      status: 200,
      body: issues
        .filter(({ state, labels }) => state === query.state && wants(query.labels, labels))
        .reverse()
        .map(issueOf),
    }),
    'POST /repos/{owner}/{repo}/issues': ({ body }) => {
      const one: Issue = {
        number: issues.length + 1,
        title: String(body.title),
        body: String(body.body),
        labels: Array.isArray(body.labels) ? body.labels.map(String) : [],
        state: 'open',
        comments: [],
      }
      issues.push(one)
      return { status: 201, body: issueOf(one) }
    },
    'PATCH /repos/{owner}/{repo}/issues/{issue_number}': ({ parameters, body }) => {
      const one = issues.find(({ number }) => String(number) === parameters.issue_number)
      if (one === undefined) return { status: 404, body: { message: 'Not Found' } }
      if (typeof body.title === 'string') one.title = body.title
      if (typeof body.body === 'string') one.body = body.body
      return { status: 200, body: issueOf(one) }
    },
    'POST /repos/{owner}/{repo}/issues/{issue_number}/comments': ({ parameters, body }) => {
      issues
        .find(({ number }) => String(number) === parameters.issue_number)
        ?.comments.push(String(body.body))
      comments.push(`${parameters.issue_number}: ${String(body.body)}`)
      return { status: 201, body: made('issue-comment', { body: body.body }) }
    },
    'POST /repos/{owner}/{repo}/commits/{commit_sha}/comments': ({ parameters, body }) => {
      comments.push(`${parameters.commit_sha}: ${String(body.body)}`)
      return { status: 201, body: made('commit-comment', { body: body.body }) }
    },
    'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls': () => {
      const pulls = Object.entries(options.pulls ?? {}).map(([number, merged]) =>
        made('pull-request-simple-items', {
          number: Number(number),
          requested_teams: [],
          merged_at: merged ? '2026-11-19T09:00:00Z' : null,
        }),
      )
      return { status: 200, body: pulls }
    },
  }

  const answerTo = (one: Asked): Answer | 'silence' =>
    options.instead?.(one) ?? byRoute[one.route]?.(one) ?? { status: 404, body: { message: 'Not Found' } }

  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://fake')
    const method = (request.method ?? 'GET').toLowerCase()
    const found = description.find(method, pathname)
    if (found === undefined) {
      faults.push(
        `GitHub has no ${method.toUpperCase()} ${pathname}, or the excerpt of its description lacks it: scripts/github-api.mts`,
      )
      response.writeHead(404).end()
      return
    }
    const body = await bodyOf(request)
    const one = toAsked(found, searchParams, body, request)
    asked.push(one)
    const answer = answerTo(one)
    if (answer !== 'silence') give(response, answer)
    // Afterwards, because it takes its time, and whoever asks waits only so long.
    setImmediate(() => {
      faults.push(...found.faultsOfRequest(searchParams, body))
      if (answer !== 'silence') faults.push(...faultsOf(answer, found))
    })
  })
  const url = `http://127.0.0.1:${await listen(server)}`
  return {
    url,
    asked,
    deployments,
    issues,
    comments,
    standing: sha =>
      deployments
        .findLast(each => each.sha === sha)
        ?.statuses.at(-1)
        ?.state?.toString(),
    get written() {
      return asked
        .filter(({ route }) => !route.startsWith('GET '))
        .map(({ route, body }) => wordsOf(route, body))
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
      await new Promise(resolve => setImmediate(resolve))
      if (faults.length > 0) throw new Error(`GitHub would not have understood this:\n${faults.join('\n')}`)
    },
  }
}

const wants = (labels: string | undefined, has: readonly string[]): boolean =>
  labels === undefined || labels.split(',').every(each => has.includes(each))

/** `deployments`, `statuses success`, `issues`, `comments`. */
const wordsOf = (route: string, { state }: Keys): string =>
  `${route.split('/').at(-1)}${state === undefined ? '' : ` ${String(state)}`}`

const bodyOf = async (request: IncomingMessage): Promise<unknown> => {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  return text === '' ? undefined : JSON.parse(text)
}

const toAsked = (
  { route, parameters }: Described,
  query: URLSearchParams,
  body: unknown,
  request: IncomingMessage,
): Asked => ({
  route,
  parameters,
  query: Object.fromEntries(query),
  body: typeof body === 'object' && body !== null ? { ...body } : {},
  authorization: request.headers.authorization ?? '',
})

const give = (response: ServerResponse, { status, body, headers = {} }: Answer): void => {
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
    .end(body === undefined ? '' : JSON.stringify(body))
}

/** What JSON leaves out is not there. */
const faultsOf = ({ status, body }: Answer, { faultsOfAnswer }: Described): string[] =>
  body === undefined ? [] : faultsOfAnswer(status, JSON.parse(JSON.stringify(body)))
