import { getOctokit } from '@actions/github'
import { Refusal } from '../refusal.ts'

/** The runbook is neither in the workspace nor to be had from GitHub. */
export class RunbookNotFound extends Refusal {
  readonly code = 'RB-RUNBOOK-NOT-FOUND'
}

/** Where a repository's files are read from. */
interface Repository {
  readonly owner: string
  readonly name: string
  /** `https://api.github.com`, or the API of a GitHub Enterprise Server. */
  readonly apiUrl: string
  readonly token: string
}

/**
 * Reads a file of the workflow's repository at the default branch, so that a rollback job needs no checkout.
 *
 * @param variables the environment of a job: GITHUB_REPOSITORY and GITHUB_API_URL
 * @throws RunbookNotFound with GitHub's own status, and the permission that is missing when that is it.
 */
export async function fetchRunbook(
  path: string,
  token: string | undefined,
  variables: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const [owner, name] = (variables.GITHUB_REPOSITORY ?? '').split('/')
  if (!owner || !name || !token) {
    throw new RunbookNotFound(`There is no runbook at ${path}. Nothing was changed.`, [
      'Check the repository out before this step, or give the input token.',
      'Or describe the set-up with the inputs hosts and path.',
    ])
  }
  const apiUrl = variables.GITHUB_API_URL ?? 'https://api.github.com'
  return await readFromRepository({ owner, name, apiUrl, token }, path)
}

async function readFromRepository(repository: Repository, path: string): Promise<string> {
  const { owner, name, apiUrl, token } = repository
  const octokit = getOctokit(token, { baseUrl: apiUrl })
  try {
    const { data } = await octokit.request('GET /repos/{owner}/{repo}/contents/{path}', {
      owner,
      repo: name,
      path,
      headers: { accept: 'application/vnd.github.raw+json' },
      request: { signal: AbortSignal.timeout(15_000) },
    })
    if (typeof data === 'string') return data
    throw new RunbookNotFound(`${path} in ${owner}/${name} is not a file. Nothing was changed.`, [
      'Give the path of the runbook with the input runbook.',
    ])
  } catch (error) {
    if (error instanceof Refusal) throw error
    throw notFound(repository, path, error)
  }
}

function notFound({ owner, name }: Repository, path: string, error: unknown): RunbookNotFound {
  const status = statusOf(error)
  const said = status === 0 ? 'GitHub did not answer' : `GitHub says ${status}`
  return new RunbookNotFound(
    `The runbook ${path} is not in the workspace, and could not be read from ${owner}/${name} (${said}). Nothing was changed.`,
    [
      `Put it there: ${path} on the default branch; or give hosts and path as inputs and do without one.`,
      'When GitHub is down, check the repository out before this step, or use the command line.',
      ...(status === 403 || status === 404 ? ['The job needs the permission: contents: read'] : []),
      ...(status === 401 ? ['Leave the input token out: then it is the one of the job.'] : []),
    ],
    undefined,
    { cause: error },
  )
}

/** 0 when there was no answer: octokit gives such errors the status 500, but no response. */
function statusOf(error: unknown): number {
  if (typeof error !== 'object' || error === null) return 0
  const answered = 'response' in error && error.response !== undefined
  return answered && 'status' in error ? Number(error.status) : 0
}
