import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ACTION, makeProduction, type Production } from '../support/production.ts'
import { type JobEnd, runWorkflow, type Start } from '../support/workflow/workflow.ts'
import type { RunbookDraft } from '../support/workspace.ts'

export const sha = (digit: number): string => String(digit).repeat(40)

/** A repository with the templates, the runbook and the deploy.sh of the guide, and the server that it goes to. */
export interface Shop extends AsyncDisposable {
  readonly production: Production
  /** Commits: writes what the next deploy will bring. */
  commit(version: string, health: 200 | 500): Promise<void>
  /** Replaces deploy.sh by another. */
  deployBy(script: string): Promise<void>
  /** Runs one of the templates, or a workflow of `.github/workflows/`, with the secrets and variables of the guide. */
  run(file: string, by: string, start?: Partial<Start>): Promise<Readonly<Record<string, JobEnd>>>
  live(): string
}

/** deploy.sh as it stands in the guide, but for the server and the folder. */
const deployScript = async ({ machines: [{ ssh, site }] }: Production): Promise<string> => {
  const guide = await readFile(join(ACTION, 'docs/guides/auto-rollback.md'), 'utf8')
  const script = /```sh\n(#!\/bin\/sh\n.*?)```/s.exec(guide)?.[1] ?? ''
  return script
    .replace('ssh://deploy@web-1.example.com', `ssh://deploy@127.0.0.1:${ssh.port}`)
    .replace('path=/var/www/shop', `path=${site.path}`)
}

/** Release 3 is live and works, and the ledger knows nothing of it yet. @param top more of the runbook. */
export const makeShop = async (top: RunbookDraft['top'] = {}): Promise<Shop> => {
  const production = await makeProduction({
    machines: { web: { releases: ['1', '2', '3'], live: '3' } },
    runbook: () => ({ top }),
  })
  const { workspace, machines, inputs, key } = production
  const { site } = machines[0]
  for (const name of ['1', '2', '3'])
    await writeFile(join(site.path, 'releases', name, 'REVISION'), `${sha(Number(name))}\n`)
  const deployBy = async (script: string): Promise<void> => {
    await writeFile(join(workspace, 'deploy.sh'), script)
    await chmod(join(workspace, 'deploy.sh'), 0o755)
  }
  await deployBy(await deployScript(production))
  return {
    production,
    async commit(version, health) {
      await writeFile(join(workspace, 'VERSION'), version)
      await writeFile(join(workspace, 'health'), String(health))
    },
    deployBy,
    run: (file, by, start = {}) =>
      runWorkflow(file, by, {
        workspace,
        ...start,
        vars: { KNOWN_HOSTS: inputs['known-hosts'], HEALTH_URL: `${site.url}/healthz`, ...start.vars },
        secrets: { SSH_PRIVATE_KEY: key.private },
      }),
    live: () => site.live(),
    [Symbol.asyncDispose]: () => production[Symbol.asyncDispose](),
  }
}

/** Outcomes of the steps that use our action, in order. */
export const outcomesOf = (job: JobEnd | undefined): readonly (string | undefined)[] =>
  (job?.steps ?? []).flatMap(({ action }) => (action === undefined ? [] : [action.outputs.outcome]))

/** Everything that the steps said, for a test that fails. */
export const told = (job: JobEnd | undefined): string =>
  (job?.steps ?? [])
    .map(({ step, outcome, log, action }) => `${step}: ${outcome}\n${log ?? action?.log.join('\n') ?? ''}`)
    .join('\n')

/** The step that a job stopped at. */
export const stoppedAt = (job: JobEnd | undefined): string | undefined =>
  job?.steps.find(({ outcome }) => outcome === 'failure')?.step

/** Inputs of the template `operations.yml` that say the live release is good, as the guide has it done once. */
export const SAY_GOOD = { inputs: { operation: 'record', environment: 'production', state: 'good' } }
