import type { Surroundings } from '../operation/listener.ts'
import type { Standing } from './deployment-words.ts'
import { jobOf } from './job.ts'

/** What the step after this one gets to know, and under which name. */
const NAME = 'deployment'

/** The last word about a deployment, which has to be said even if this process can't. */
interface LastWord extends Standing {
  readonly deployment_id: number
  readonly log_url: string
  readonly environment_url?: string
}

export const keep = ({ keep }: Pick<Surroundings, 'keep'>, word: LastWord): void => {
  const { deployment_id, state, description, log_url, environment_url } = word
  keep(NAME, JSON.stringify({ deployment_id, state, description, log_url, environment_url }))
}

export const keepNothing = ({ keep }: Pick<Surroundings, 'keep'>): void => keep(NAME, '')

/**
 * After the step: a deployment that nobody has told the end of gets the one that was kept for it.
 *
 * @param kept as it was kept; empty when there is nothing to say.
 * @returns whether anything was said.
 * @throws what the API throws.
 */
export async function endKeptDeployment(
  kept: string,
  token: string | undefined,
  variables: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  const job = jobOf(token, variables)
  if (kept === '' || job === undefined) return false
  const word: LastWord = JSON.parse(kept)
  const { openApi } = await import('./api.ts')
  const { request } = openApi(job.token, job.apiUrl)
  await request('POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
    owner: job.owner,
    repo: job.repo,
    ...word,
  })
  return true
}
