import type { Surroundings } from '../operation/listener.ts'
import type { RunReport } from '../outcome.ts'
import type { Api } from './api.ts'
import { commitOfAll, left } from './deployment-words.ts'
import type { Job } from './job.ts'

/** Deployments of one commit that are looked at: a commit that was deployed more often is a rarity. */
const MOST = 5

/** States of a deployment whose job is still at work. */
const UNFINISHED: readonly string[] = ['pending', 'queued', 'waiting', 'in_progress']

/** States of a deployment that is known to be no good already. */
const BAD: readonly string[] = ['failure', 'error']

/**
 * Marks the deployment whose release was left, so that nobody takes it for the live one: the newest one of that commit in
 * that environment. One that GitHub makes for this very job is no deploy, and is told about instead.
 */
export async function markLeft(
  { request }: Api,
  job: Job,
  own: number,
  report: RunReport,
  { notice }: Pick<Surroundings, 'notice'>,
): Promise<void> {
  const { owner, repo } = job
  const standing = left(report)
  const commit = commitOfAll(report, 'fromCommit')
  // The same commit, built twice: it is what is live now.
  if (standing === undefined || commit === undefined || commit === commitOfAll(report, 'toCommit')) return
  const { data: newestFirst } = await request('GET /repos/{owner}/{repo}/deployments', {
    owner,
    repo,
    environment: report.environment,
    // GitHub compares whole ones.
    ...(commit.length === 40 && { sha: commit }),
    per_page: commit.length === 40 ? MOST + 1 : 50,
  })
  const of = newestFirst.filter(({ id, sha }) => id !== own && sha.startsWith(commit)).slice(0, MOST)
  for (const { id } of of) {
    const deployment_id = Number(id)
    const { data: statuses } = await request(
      'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses',
      { owner, repo, deployment_id, per_page: 1 },
    )
    const [latest] = statuses
    // Another job of this run, which has deployed and is over, has made a deployment like any other.
    if (latest !== undefined && isOfThisRun(latest.log_url, job) && UNFINISHED.includes(latest.state)) {
      // A watch may go on in the very job that has deployed: how that ends, GitHub tells by itself.
      if (report.watch === undefined)
        notice(
          `GitHub records a deployment of ${commit.slice(0, 7)} for this very job, which is not what is live: write \`environment: { name: ${report.environment}, deployment: false }\` in the job.`,
        )
      continue
    }
    if (latest !== undefined && BAD.includes(latest.state)) return
    await request('POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
      owner,
      repo,
      deployment_id,
      ...standing,
      log_url: job.log,
      auto_inactive: false,
    })
    return
  }
}

const isOfThisRun = (address: string | undefined, { runId }: Job): boolean =>
  runId !== '' && new RegExp(`/actions/runs/${runId}(/|$)`).test(address ?? '')
