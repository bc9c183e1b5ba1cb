type Variables = Readonly<Record<string, string | undefined>>

/** The job of GitHub that this process is, as far as the API has to know it. */
export interface Job {
  readonly owner: string
  readonly repo: string
  /** `https://api.github.com`, or the API of a GitHub Enterprise Server. */
  readonly apiUrl: string
  readonly token: string
  /** Page of the repository, without a slash at its end. */
  readonly page: string
  /** Page of this workflow run; empty where it has none. */
  readonly log: string
  /** Number of this workflow run; empty where it has none. */
  readonly runId: string
}

/** The job that this process runs in; undefined on a terminal, and without a token. */
export function jobOf(token: string | undefined, variables: Variables): Job | undefined {
  const repository = repositoryOf(variables)
  if (variables.GITHUB_ACTIONS !== 'true' || !token || repository === undefined) return undefined
  const { GITHUB_SERVER_URL = 'https://github.com', GITHUB_RUN_ID: runId = '' } = variables
  const page = `${GITHUB_SERVER_URL.replace(/\/+$/, '')}/${repository.owner}/${repository.repo}`
  return {
    ...repository,
    apiUrl: apiUrlOf(variables),
    token,
    page,
    log: runId === '' ? '' : `${page}/actions/runs/${runId}`,
    runId,
  }
}

/** GITHUB_REPOSITORY in its two parts. */
export function repositoryOf({ GITHUB_REPOSITORY = '' }: Variables): Pick<Job, 'owner' | 'repo'> | undefined {
  const [owner, repo] = GITHUB_REPOSITORY.split('/')
  return owner && repo ? { owner, repo } : undefined
}

/** Where the API of this job is. */
export const apiUrlOf = ({ GITHUB_API_URL }: Variables): string =>
  (GITHUB_API_URL || 'https://api.github.com').replace(/\/+$/, '')
