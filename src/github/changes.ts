import { type Changes, MOST_COMMITS } from '../rollback/changes.ts'
import { openApi } from './api.ts'
import { apiUrlOf, repositoryOf } from './job.ts'
import { type Trouble, troubleOf } from './trouble.ts'

/** Commits of one answer; GitHub gives no more. */
const PAGE = 100

/**
 * What lies between two commits, by GitHub's own comparison: the workspace needs no history, nor to be there at all.
 *
 * @param variables the environment of a job: GITHUB_REPOSITORY and GITHUB_API_URL
 * @throws Error that says in a few words why it can't be known.
 */
export async function fetchChanges(
  from: string,
  to: string,
  token: string,
  signal: AbortSignal,
  variables: Readonly<Record<string, string | undefined>>,
): Promise<Changes> {
  const { owner, repo } = repositoryOf(variables) ?? { owner: '', repo: '' }
  const { request } = openApi(token, apiUrlOf(variables))
  const compare = async (base: string, head: string, page = 1) => {
    const { data } = await request('GET /repos/{owner}/{repo}/compare/{basehead}', {
      owner,
      repo,
      basehead: `${base}...${head}`,
      per_page: PAGE,
      ...(page > 1 && { page }),
      // A rollback is over before a second try would be.
      request: { signal, retries: 0 },
    })
    return data
  }
  try {
    const back = await compare(to, from)
    // GitHub lists what the second has and the first lacks; when that is nothing, the other way round is the news.
    const forward = back.ahead_by === 0 && back.behind_by > 0 ? await compare(from, to) : undefined
    const news = forward ?? back
    // Oldest first: of more than a page, the newest are on the last one.
    const last = Math.ceil(news.ahead_by / PAGE)
    const [base, head] = forward ? [from, to] : [to, from]
    const newest = last > 1 ? await compare(base, head, last) : news
    const listed = [...(last === 2 ? news.commits : []), ...newest.commits].slice(-MOST_COMMITS).reverse()
    return {
      takenBack: back.ahead_by,
      broughtIn: back.behind_by,
      commits: listed.map(({ sha, commit }) => ({
        commit: sha,
        subject: commit.message.split('\n')[0] ?? '',
        side: forward ? 'brought-in' : 'taken-back',
      })),
    }
  } catch (error) {
    throw new Error(`the workspace does not have both commits, and GitHub ${statusWords(troubleOf(error))}`, {
      cause: error,
    })
  }
}

function statusWords({ status, limited }: Trouble): string {
  if (limited) return 'was asked too much lately'
  if (status === 404) return 'does not know both of them'
  return status === 403 || status === 401 ? 'wants the permission contents: read' : 'did not answer'
}
