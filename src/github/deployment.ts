import { setTimeout as sleep } from 'node:timers/promises'
import type { FindListeners, Listener, Surroundings } from '../operation/listener.ts'
import type { RunHeading } from '../outcome.ts'
import { short } from '../report/verdict.ts'
import { markLeft } from './deployed.ts'
import { commitOfAll, cutOff, ended, isProduction, purpose, taskOf, underWay } from './deployment-words.ts'
import { type Job, jobOf } from './job.ts'
import { keep, keepNothing } from './kept-deployment.ts'
import { lacksPermission, permissionWords, troubleOf, troubleWords } from './trouble.ts'

const STATUS = 'POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses'

/**
 * Milliseconds that a run has lasted when it begins to be in progress. To load the client keeps this process busy for a
 * tenth of a second, which belongs to the hosts: a run that is over by then is told as a whole.
 */
const PAUSE = 1000

/** Where a run has come to with its deployment, when its end is told. */
type Made =
  | { readonly id: number }
  /** There is none, and nothing went wrong. */
  | { readonly none: string }
  | { readonly error: unknown }

/** The repository's page of deployments shows what is live: each run that goes somewhere is one. In a job of GitHub alone. */
export const findDeployment: FindListeners = (setting, { token }, surroundings) => {
  const job = jobOf(token, surroundings.variables)
  // A drill ends where it began; as a deployment it would look like a release.
  if (job === undefined || setting.operation === 'drill') return []
  return [deploymentOf(job, setting.environment.url, surroundings)]
}

function deploymentOf(job: Job, url: string | undefined, surroundings: Surroundings): Listener {
  const at = { log_url: job.log, ...(url !== undefined && { environment_url: url }) }
  const over = new AbortController()
  let nothing = false
  let making: Promise<Made | undefined> | undefined
  return {
    name: 'the deployment',
    async began(heading) {
      making = sleep(PAUSE, undefined, { signal: over.signal, ref: false })
        .catch(() => {})
        .then(() => (nothing ? undefined : make(job, heading, at, surroundings, over.signal)))
    },
    async ended(report) {
      // Refused at the last moment, and not begun to be told: there is nothing to tell.
      nothing = report.outcome === 'refused'
      over.abort()
      const made = await making
      if (made === undefined) return []
      if ('none' in made) return [{ what: made.none, url: '' }]
      const { openApi } = await import('./api.ts')
      const api = openApi(job.token, job.apiUrl)
      try {
        if ('error' in made) throw made.error
        const status = { deployment_id: made.id, ...ended(report), ...at }
        // Whatever becomes of this process, the step after it tells the same.
        keep(surroundings, status)
        await api.request(STATUS, { owner: job.owner, repo: job.repo, ...status })
        keepNothing(surroundings)
      } catch (error) {
        const trouble = troubleOf(error)
        if (!lacksPermission(trouble)) throw new Error(words(error, job), { cause: error })
        const what = 'This run is not on the page of deployments'
        surroundings.notice(permissionWords(what, trouble, 'deployments: write'))
        return []
      }
      try {
        await markLeft(api, job, made.id, report, surroundings)
      } catch (error) {
        const why = troubleWords(troubleOf(error), job)
        surroundings.notice(
          `The deployment of ${short(report.from)} may still look live on the page of deployments: ${why}.`,
        )
      }
      const page = `${job.page}/deployments/${encodeURIComponent(report.environment)}`
      return [{ what: 'deployment', url: page }]
    },
  }
}

/** Never throws: what went wrong is told when the run is over. */
async function make(
  job: Job,
  heading: RunHeading,
  at: { log_url: string },
  surroundings: Surroundings,
  over: AbortSignal,
): Promise<Made> {
  const commit = commitOfAll(heading, 'toCommit')
  if (commit === undefined)
    return { none: `no deployment, because the commit of release ${short(heading.to)} is not known` }
  try {
    const { openApi } = await import('./api.ts')
    const { request } = openApi(job.token, job.apiUrl)
    const { owner, repo } = job
    const { data } = await request('POST /repos/{owner}/{repo}/deployments', {
      owner,
      repo,
      ref: commit,
      task: taskOf(heading),
      // Nothing gets merged, and no check has a say: this release has served before.
      auto_merge: false,
      required_contexts: [],
      environment: heading.environment,
      production_environment: isProduction(heading.environment),
      transient_environment: false,
      description: purpose(heading),
      payload: { run: heading.run, app: heading.app, from: heading.from, to: heading.to },
    })
    if (!('id' in data)) throw new NotMade(data.message ?? '')
    const id = Number(data.id)
    keep(surroundings, { deployment_id: id, ...cutOff(heading), ...at })
    if (over.aborted) return { id }
    const status = { owner, repo, deployment_id: id, ...underWay(heading), ...at }
    // Where this fails, so does what is told at the end.
    await request(STATUS, status).catch(() => {})
    return { id }
  } catch (error) {
    return { error }
  }
}

/** GitHub has answered 202: it merged a branch, and made no deployment. */
class NotMade extends Error {}

function words(error: unknown, job: Job): string {
  if (error instanceof NotMade) return `GitHub made none (202): ${error.message}`
  const trouble = troubleOf(error)
  switch (trouble.status) {
    case 409:
      return `GitHub says 409: a rule of ${job.owner}/${job.repo} keeps that commit from being deployed. ${trouble.message}`
    case 422:
      return `GitHub says 422: ${trouble.message}. Is the release a commit of ${job.owner}/${job.repo}?`
    default:
      return troubleWords(trouble, job)
  }
}
