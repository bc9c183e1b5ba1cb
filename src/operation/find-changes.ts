import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type ChangedCommit, type Changes, MOST_COMMITS } from '../rollback/changes.ts'

/** Where the history of the application may be read, beside the workspace. */
export interface History {
  readonly variables: Readonly<Record<string, string | undefined>>
  /** Asks GitHub. @throws Error that says in a few words why it can't be known. */
  fetchChanges?(from: string, to: string, token: string, signal: AbortSignal): Promise<Changes>
}

/**
 * What lies between two commits: from the workspace, when it has both and all that is between them, else from GitHub.
 *
 * @throws Error that says in a few words why it can't be known.
 */
export async function findChanges(
  from: string,
  to: string,
  signal: AbortSignal,
  { variables, fetchChanges }: History,
  token: string | undefined,
): Promise<Changes> {
  try {
    return await readFromWorkspace(from, to, signal, variables)
  } catch {
    if (fetchChanges === undefined || !token || !variables.GITHUB_REPOSITORY)
      throw new Error('the workspace does not have both commits, and there is no token for GitHub')
    return await fetchChanges(from, to, token, signal)
  }
}

const run = promisify(execFile)

async function readFromWorkspace(
  from: string,
  to: string,
  signal: AbortSignal,
  variables: History['variables'],
): Promise<Changes> {
  // `<` is what only the wanted release has, `>` what only the one before has.
  const range = [`${to}...${from}`, '--left-right', '--']
  const [shallow, counts, log] = await Promise.all(
    [
      ['rev-parse', '--is-shallow-repository'],
      ['rev-list', '--count', ...range],
      ['log', `--max-count=${MOST_COMMITS}`, '--format=%m%H%x09%s', ...range],
    ].map(words => git(words, signal, variables)),
  )
  if (shallow?.trim() !== 'false') throw new Error('the workspace has only a part of the history')
  const [broughtIn = 0, takenBack = 0] = (counts ?? '').trim().split(/\s+/).map(Number)
  return { takenBack, broughtIn, commits: readLog(log ?? '') }
}

/** Git with nothing of the job's environment but what it needs to find its way: there are secrets in it. */
async function git(
  words: readonly string[],
  signal: AbortSignal,
  { GITHUB_WORKSPACE, PATH, HOME }: History['variables'],
): Promise<string> {
  const { stdout } = await run('git', ['--no-pager', '-c', 'log.showSignature=false', ...words], {
    cwd: GITHUB_WORKSPACE ?? '.',
    signal,
    maxBuffer: 1024 * 1024,
    encoding: 'utf8',
    env: {
      ...(PATH !== undefined && { PATH }),
      ...(HOME !== undefined && { HOME }),
      // It looks, and does nothing else: no lock, no question, no fetching of what a partial clone lacks.
      GIT_OPTIONAL_LOCKS: '0',
      GIT_TERMINAL_PROMPT: '0',
      GIT_NO_LAZY_FETCH: '1',
    },
  })
  return stdout
}

const readLog = (log: string): ChangedCommit[] =>
  log.split('\n').flatMap(line => {
    const [, mark, commit, subject] = /^([<>])([0-9a-f]{7,64})\t(.*)$/.exec(line) ?? []
    if (commit === undefined || subject === undefined) return []
    return [{ commit, subject, side: mark === '>' ? ('taken-back' as const) : ('brought-in' as const) }]
  })
