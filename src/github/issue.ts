import type { Api } from './api.ts'
import type { Job } from './job.ts'

/** What an issue is about: an environment, and each drill of it, has at most one open issue of ours at a time. */
export interface Subject {
  readonly app: string
  readonly environment: string
  /** The drill that it is about; of a run that is none, left out. */
  readonly exercise?: string
  readonly run: string
}

export interface Draft {
  readonly title: string
  /** Markdown, of at most `BODY` characters. */
  readonly body: string
  readonly labels: readonly string[]
  /** Whether the one that gets a comment is called like the newest from then on. */
  readonly retitle?: boolean
}

/** Characters that are free in the body of an issue or a comment; GitHub takes 65,536, of which the marker needs some. */
export const BODY = 65_000

export interface Issue {
  readonly number: number
  readonly html_url: string
  readonly body?: string | null
  readonly pull_request?: unknown
  readonly user?: { readonly type?: string } | null
  readonly author_association?: string
}

/** What is written into the body, unseen, so that it is found again. */
const markerOf = ({ app, environment, exercise }: Subject): string =>
  `<!-- rollbook: ${app} / ${environment} /${exercise === undefined ? '' : ` drill ${exercise} /`} run `
const markerOfRun = (subject: Subject): string => `${markerOf(subject)}${subject.run} -->`

/**
 * Tells an issue. The one of the same run is written anew; where another one of the same environment is open, it gets
 * a comment, because people have begun to fill it in; else one is opened, unless `open` says no.
 *
 * @returns the issue; undefined where none was open and none was to be opened.
 * @throws what the API throws.
 */
export async function tellIssue(
  { request }: Api,
  { owner, repo }: Pick<Job, 'owner' | 'repo'>,
  subject: Subject,
  { title, body, labels, retitle = false }: Draft,
  open = true,
): Promise<Issue | undefined> {
  const marked = `${markerOfRun(subject)}\n${body}`
  const { data: issues } = await request('GET /repos/{owner}/{repo}/issues', {
    owner,
    repo,
    state: 'open',
    ...(labels.length > 0 && { labels: labels.join(',') }),
    sort: 'created',
    direction: 'desc',
    per_page: 100,
  })
  const found = findAgain(issues, subject)
  if (found === undefined) {
    if (!open) return undefined
    const route = 'POST /repos/{owner}/{repo}/issues'
    const { data } = await request(route, { owner, repo, title, body: marked, labels: [...labels] })
    return data
  }
  const at = { owner, repo, issue_number: found.number }
  const patch = 'PATCH /repos/{owner}/{repo}/issues/{issue_number}'
  if (found.body?.includes(markerOfRun(subject))) {
    await request(patch, { ...at, body: marked, ...(retitle && { title }) })
  } else {
    await request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', { ...at, body: marked })
    if (retitle) await request(patch, { ...at, title })
  }
  return found
}

/**
 * The open issue of this run, else the newest of its environment. The marker is no secret: anybody may open an issue
 * with it, and would have reports written into it.
 */
function findAgain(issues: readonly Issue[], subject: Subject): Issue | undefined {
  const ours = issues.filter(
    issue => !issue.pull_request && issue.body?.includes(markerOf(subject)) === true && mayBeOurs(issue),
  )
  return ours.find(({ body }) => body?.includes(markerOfRun(subject))) ?? ours[0]
}

/** Whose token writes for the job: an app, as `github.token` is, or somebody who belongs to the repository. */
const mayBeOurs = ({ user, author_association }: Issue): boolean =>
  user?.type === 'Bot' || ['OWNER', 'MEMBER', 'COLLABORATOR'].includes(author_association ?? '')
