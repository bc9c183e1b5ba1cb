import { resolve } from 'node:path'
import type { RunReport } from '../../../src/outcome.ts'
import type { Chat } from '../../support/chat.ts'
import { makeFolder } from '../../support/folder.ts'
import { type ActionRun, type Job, runAction } from '../../support/runner.ts'
import { runbookWith, writeRunbook } from '../laravel/runbook.ts'
import type { Production } from './production.ts'
import { PASSWORD } from './store.ts'

const ROOT = resolve(import.meta.dirname, '../../..')
/** Milliseconds: a drill is many runs. */
const LONGEST = 280_000

export const EXAMPLE = { host: 'deploy@staging.example.com', url: 'https://staging.example.com' } as const

/** Addresses of the example, and what stands in their place. */
export const addresses = ({ host, url }: Production): Readonly<Record<string, string>> => ({
  [EXAMPLE.host]: `deploy@127.0.0.1:${host.sshPort}`,
  [EXAMPLE.url]: url,
})

export interface Asked extends Partial<Omit<Job, 'action' | 'inputs'>> {
  /** What the runbook says otherwise than the example. */
  readonly changes?: Readonly<Record<string, string>>
  /** More drills, below those of the example. */
  readonly drills?: string
}

/** Runs the action with the runbook of the example. */
export type Run = (inputs: Readonly<Record<string, string>>, asked?: Asked) => Promise<ActionRun>

export const runOn =
  (production: Production, chat: Chat): Run =>
  async (inputs, { changes = {}, drills = '', ...job } = {}) => {
    await using workspace = await makeFolder('aura-flow-workspace')
    const text = await runbookWith({ ...addresses(production), ...changes }, 'aura-flow')
    await writeRunbook(workspace.path, `${text}${drills}`)
    const { privateKey, knownHosts } = production.host
    return await runAction({
      cwd: workspace.path,
      killAfter: LONGEST,
      env: { DB_PASSWORD: PASSWORD, ALERT_WEBHOOK: chat.url },
      ...job,
      action: ROOT,
      secrets: [privateKey, PASSWORD],
      inputs: {
        'ssh-private-key': privateKey,
        'known-hosts': knownHosts,
        environment: 'staging',
        reason: 'checkout answers 500 since 14:02',
        ...inputs,
      },
    })
  }

export const recordOf = (went: ActionRun): RunReport => JSON.parse(went.outputFiles.record ?? '{}')

/** Everything that anybody can read of a run on GitHub. */
export const told = (went: ActionRun): string =>
  [...went.log, went.summary, ...Object.values(went.outputs), ...Object.values(went.outputFiles)].join('\n')
