import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { stringify } from 'yaml'

type Keys = Readonly<Record<string, unknown>>

/** What a runbook says beside the app, its hosts, its link and a check of each host's health. */
export interface RunbookDraft {
  /** More keys of the environment `production`. */
  readonly environment?: Keys
  /** More keys of the rollback `release`, or others in place of its `switch` and `verify`. */
  readonly rollback?: Keys
  /** Rollbacks beside `release`. */
  readonly rollbacks?: Keys
  /** More keys of the top level. */
  readonly top?: Keys
}

/** What the runbook of a set-up has to say whatever it is about. */
export interface Described {
  /** Addresses by name. */
  readonly hosts: Readonly<Record<string, string>>
  /** The folder with `releases/` and `current`, on every host. */
  readonly path: string
  /** Where each host's site answers, in the order of the hosts. */
  readonly urls: readonly string[]
}

/** Checks of those who don't want to wait: what does not pass at once fails half a second later. */
export const HASTY = { attempts: 2, every: '200ms', consecutive: 1 } as const

/** Writes the runbook of the app `shop` where a workspace has it. */
export const writeRunbook = async (
  workspace: string,
  { hosts, path, urls }: Described,
  draft: RunbookDraft,
): Promise<void> => {
  const release = {
    switch: [{ symlink: { path } }],
    verify: urls.map(url => ({ http: `${url}/healthz`, ...HASTY })),
    ...draft.rollback,
  }
  const runbook = {
    app: 'shop',
    environments: { production: { url: urls[0], hosts, ...draft.environment } },
    rollbacks: { release, ...draft.rollbacks },
    ...draft.top,
  }
  const file = join(workspace, '.github/rollbook.yml')
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, stringify(runbook, { lineWidth: 0 }))
}
