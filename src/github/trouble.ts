import { causes } from '../report/failure-words.ts'
import type { Job } from './job.ts'

/** Why GitHub did not do what it was asked. */
export interface Trouble {
  /** Of its answer; 0 when there was none. */
  readonly status: number
  /** What it says, in its words. */
  readonly message: string
  /** It was asked too much lately. */
  readonly limited: boolean
  /** The permissions that it says it wants, as they stand in a workflow: `deployments: write`. */
  readonly wants: readonly string[]
}

export function troubleOf(error: unknown): Trouble {
  const response = fieldOf(error, 'response')
  // Octokit gives the status 500 to what was never answered.
  const status = response === undefined ? 0 : Number(fieldOf(response, 'status') ?? fieldOf(error, 'status'))
  const headers = fieldOf(response, 'headers')
  const message = fieldOf(fieldOf(response, 'data'), 'message')
  return {
    status,
    message: typeof message === 'string' ? message : causes(error),
    limited:
      status === 429 ||
      (status === 403 &&
        (fieldOf(headers, 'x-ratelimit-remaining') === '0' || fieldOf(headers, 'retry-after') !== undefined)),
    wants: wantsOf(fieldOf(headers, 'x-accepted-github-permissions')),
  }
}

/** Whether the token lacks a permission: nothing is broken, and one line in the workflow mends it. */
export const lacksPermission = ({ status, limited }: Trouble): boolean => status === 403 && !limited

/** What went wrong, in words that go on after "the deployment could not be told: ". */
export function troubleWords(trouble: Trouble, { owner, repo }: Pick<Job, 'owner' | 'repo'>): string {
  const { status, message, limited } = trouble
  if (limited) return `GitHub was asked too much lately (${status}), and wants to be left alone for a while`
  switch (status) {
    case 0:
      return `GitHub could not be asked: ${message}`
    case 401:
      return 'GitHub does not know the token (401); leave the input token out, then it is that of the job'
    case 404:
      return `GitHub says 404: there is no such thing in ${owner}/${repo}, or the token may not see it`
    default:
      return `GitHub says ${status}: ${message}`
  }
}

/**
 * One sentence with the YAML that lets it be told, for a notice.
 *
 * @param what was not told, for example `This rollback is not on the page of deployments`
 */
export const permissionWords = (what: string, { wants, message }: Trouble, otherwise: string): string =>
  `${what}, because the token of the job may not do it: add \`${wants.length === 0 ? otherwise : wants.join(', ')}\` below \`permissions:\` of the job; a workflow that you call can't be given it, so copy its template. (GitHub's words: ${message})`

/** `issues=write; pull_requests=write` are two ways, of which the first is as good as any. */
function wantsOf(header: unknown): string[] {
  if (typeof header !== 'string') return []
  return (header.split(';')[0] ?? '').split(',').flatMap(each => {
    const [, name, level] = /^\s*([a-z_]{1,40})=(read|write)\s*$/.exec(each) ?? []
    return name === undefined ? [] : [`${name.replaceAll('_', '-')}: ${level}`]
  })
}

const fieldOf = (of: unknown, name: string): unknown =>
  typeof of === 'object' && of !== null ? Reflect.get(of, name) : undefined
