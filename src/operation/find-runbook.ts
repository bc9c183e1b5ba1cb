import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Refusal } from '../refusal.ts'
import { runbookFromInputs } from '../request/inputs-runbook.ts'
import type { Request } from '../request/request.ts'
import { shownGiven } from '../runbook/given.ts'
import { loadRunbook } from '../runbook/load.ts'
import type { Runbook } from '../runbook/runbook.ts'

/** Something is where the runbook should be, and it can't be read. */
class RunbookUnreadable extends Refusal {
  readonly code = 'RB-RUNBOOK-UNREADABLE'
}

/** Where the runbook may come from, beside the inputs. */
export interface Shelves {
  /** GITHUB_WORKSPACE: the folder that paths begin in; else the folder that we were started in. */
  readonly variables: Readonly<Record<string, string | undefined>>
  /** Reads the runbook from the repository, when the workspace has none. @throws RunbookNotFound */
  fetchRunbook(path: string, token: string | undefined): Promise<string>
}

/** The runbook that a request is about. @throws RunbookUnreadable, RunbookInvalid, and what `fetchRunbook` throws. */
export async function findRunbook(
  { source, environment, token }: Request,
  { variables, fetchRunbook }: Shelves,
): Promise<Runbook> {
  if (source.kind === 'inputs') return runbookFromInputs(source, environment)
  // A workflow means the repository; a person at a shell what the shell understands, also `/…` and `~/…`.
  const { GITHUB_WORKSPACE: workspace } = variables
  const file = workspace === undefined ? resolve(source.path) : join(workspace, source.path)
  const text = await readShelf(file, source.path)
  return loadRunbook(text ?? (await fetchRunbook(source.path, token)), source.path)
}

/** The text of a file; undefined when it isn't there. */
async function readShelf(file: string, path: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    const why = code === 'EISDIR' ? 'is a folder' : `cannot be read (${String(code)})`
    throw new RunbookUnreadable(
      `The runbook ${shownGiven(path)} ${why}. Nothing was changed.`,
      ['Give the path of the file with the input runbook.'],
      undefined,
      { cause: error },
    )
  }
}
