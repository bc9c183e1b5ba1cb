import type { FindListeners, Listener, Surroundings } from '../operation/listener.ts'
import type { RunReport } from '../outcome.ts'
import { code, text } from '../report/markdown.ts'
import type { Told } from '../report/told.ts'
import { headlineWords, short } from '../report/verdict.ts'
import type { CommentPlace } from '../runbook/audit.ts'
import type { Api } from './api.ts'
import { commitOfAll } from './deployment-words.ts'
import { type Job, jobOf } from './job.ts'
import { lacksPermission, permissionWords, troubleOf, troubleWords } from './trouble.ts'

/** Where a comment goes, and what it takes. */
interface Place {
  readonly permission: string
  /** @returns where it stands; nothing where there is no such place. */
  tell(api: Api, job: Job, commit: string, body: string): Promise<readonly Told[]>
}

const PLACES: Readonly<Record<CommentPlace, Place>> = {
  commit: {
    permission: 'contents: write',
    async tell({ request }, { owner, repo }, commit_sha, body) {
      const route = 'POST /repos/{owner}/{repo}/commits/{commit_sha}/comments'
      const { data } = await request(route, { owner, repo, commit_sha, body })
      return [{ what: `commit ${commit_sha.slice(0, 7)}`, url: data.html_url }]
    },
  },
  'pull-request': {
    permission: 'pull-requests: write',
    async tell({ request }, { owner, repo }, commit_sha, body) {
      const route = 'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls'
      const { data: pulls } = await request(route, { owner, repo, commit_sha })
      const merged = pulls.find(({ merged_at }) => merged_at !== null)
      if (merged === undefined) return []
      const at = { owner, repo, issue_number: merged.number, body }
      const { data } = await request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', at)
      return [{ what: `pull request #${merged.number}`, url: data.html_url }]
    },
  },
}

/** Tells those who made the release that it was taken back, where the runbook asks for it. In a job of GitHub alone. */
export const findComments: FindListeners = ({ runbook }, { token }, surroundings) => {
  const job = jobOf(token, surroundings.variables)
  if (job === undefined) return []
  return (runbook.audit?.comment ?? []).map(place => comment(job, place, surroundings))
}

function comment(job: Job, place: CommentPlace, { notice }: Surroundings): Listener {
  const name = `the ${place.replace('-', ' ')}`
  const { permission, tell } = PLACES[place]
  return {
    name,
    began: async () => {},
    async ended(report) {
      // What a run left and came back to, or an undo brought back, was not taken back.
      if (report.outcome !== 'rolled-back') return []
      const commit = commitOfAll(report, 'fromCommit')
      if (commit === undefined)
        return [
          {
            what: `no comment on ${name}, because the commit of release ${short(report.from)} is not known`,
            url: '',
          },
        ]
      const { openApi } = await import('./api.ts')
      try {
        return await tell(openApi(job.token, job.apiUrl), job, commit, commentMarkdown(report, job))
      } catch (error) {
        const trouble = troubleOf(error)
        if (!lacksPermission(trouble)) throw new Error(troubleWords(trouble, job), { cause: error })
        notice(permissionWords(`There is no comment on ${name}`, trouble, permission))
        return []
      }
    },
  }
}

/** What the author of a release has to know: that it is not live any more, why, and where to read on. */
export function commentMarkdown(report: RunReport, { log }: Pick<Job, 'log'>): string {
  const { from, to, reason, run } = report
  const commit = commitOfAll(report, 'toCommit')
  const back = commit === undefined ? '' : ` (${commit.slice(0, 12)})`
  const why = reason === '' ? '' : `\n\n> ${text(reason, 1000)}`
  const page = log === '' ? '' : `, [its log](${log})`
  return `**Rolled back**: ${text(headlineWords(report), 300)}. Release ${code(short(from))}, of which this is a part, made room for ${code(short(to))}${back}.${why}\n\nRun ${code(run, 100)}${page}.\n`
}
