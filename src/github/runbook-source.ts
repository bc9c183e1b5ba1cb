import { Refusal } from '../refusal.ts'
import { openApi } from './api.ts'
import { apiUrlOf, type Job, repositoryOf } from './job.ts'
import { troubleOf } from './trouble.ts'

/** The runbook is neither in the workspace nor to be had from GitHub. */
export class RunbookNotFound extends Refusal {
  readonly code = 'RB-RUNBOOK-NOT-FOUND'
}

/** Where a repository's files are read from. */
type Repository = Pick<Job, 'owner' | 'repo' | 'apiUrl' | 'token'>

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
  const repository = repositoryOf(variables)
  if (repository === undefined || !token) {
    throw new RunbookNotFound(`There is no runbook at ${path}. Nothing was changed.`, [
      'Check the repository out before this step, or give the input token.',
      'Or describe the set-up with the inputs hosts and path.',
    ])
  }
  return await readFromRepository({ ...repository, apiUrl: apiUrlOf(variables), token }, path)
}

async function readFromRepository(repository: Repository, path: string): Promise<string> {
  const { owner, repo, apiUrl, token } = repository
  try {
    const { data } = await openApi(token, apiUrl).request('GET /repos/{owner}/{repo}/contents/{path}', {
      owner,
      repo,
      path,
      headers: { accept: 'application/vnd.github.raw+json' },
    })
    if (typeof data === 'string') return data
    throw new RunbookNotFound(`${path} in ${owner}/${repo} is not a file. Nothing was changed.`, [
      'Give the path of the runbook with the input runbook.',
    ])
  } catch (error) {
    if (error instanceof Refusal) throw error
    throw notFound(repository, path, error)
  }
}

function notFound({ owner, repo }: Repository, path: string, error: unknown): RunbookNotFound {
  const { status } = troubleOf(error)
  const said = status === 0 ? 'GitHub did not answer' : `GitHub says ${status}`
  return new RunbookNotFound(
    `The runbook ${path} is not in the workspace, and could not be read from ${owner}/${repo} (${said}). Nothing was changed.`,
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
