import type { Listener, Surroundings } from '../operation/listener.ts'
import type { RunReport } from '../outcome.ts'
import { type Draft, type Subject, tellIssue } from './issue.ts'
import type { Job } from './job.ts'
import { lacksPermission, permissionWords, troubleOf, troubleWords } from './trouble.ts'

/** What is told of a run. */
interface Telling {
  readonly subject: Subject
  readonly draft: Draft
  /** Whether one is opened where none is open. */
  readonly open: boolean
}

/**
 * Tells the end of a run to an issue. That GitHub does not let it is one notice, with the line that is missing.
 *
 * @param key of the runbook that asks for it
 * @param what was not done then, for the notice
 * @param telling undefined for a run that none is wanted of
 */
export const issueListener = (
  job: Job,
  { key, what }: { readonly key: string; readonly what: string },
  telling: (report: RunReport) => Telling | undefined,
  { notice }: Pick<Surroundings, 'notice'>,
): Listener => ({
  name: 'the issue',
  began: async () => {},
  async ended(report) {
    const told = telling(report)
    if (told === undefined) return []
    const { openApi } = await import('./api.ts')
    const api = openApi(job.token, job.apiUrl)
    try {
      const issue = await tellIssue(api, job, told.subject, told.draft, told.open)
      return issue === undefined ? [] : [{ what: `issue #${issue.number}`, url: issue.html_url }]
    } catch (error) {
      const trouble = troubleOf(error)
      if (!lacksPermission(trouble)) throw new Error(words(error, job, key), { cause: error })
      notice(permissionWords(what, trouble, 'issues: write'))
      return []
    }
  },
})

function words(error: unknown, job: Job, key: string): string {
  const trouble = troubleOf(error)
  return trouble.status === 410
    ? `${job.owner}/${job.repo} has no issues (410); turn them on, or take ${key} out of the runbook`
    : troubleWords(trouble, job)
}
