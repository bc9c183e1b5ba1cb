import { resolve } from 'node:path'
import { makeFolder } from '../../support/folder.ts'
import { type ActionRun, runAction } from '../../support/runner.ts'
import { writeRunbook } from '../laravel/runbook.ts'
import type { TestHost } from './host.ts'

const ROOT = resolve(import.meta.dirname, '../../..')

/** Runs the action with a runbook of its own, as somebody who may log in to the host. */
export async function runOn(
  host: TestHost,
  runbook: string,
  inputs: Readonly<Record<string, string>>,
  { env = {}, secrets = [] }: { env?: Record<string, string>; secrets?: readonly string[] } = {},
): Promise<ActionRun> {
  await using workspace = await makeFolder('workspace')
  await writeRunbook(workspace.path, runbook)
  return await runAction({
    action: ROOT,
    cwd: workspace.path,
    env,
    secrets: [host.privateKey, ...secrets],
    inputs: {
      'ssh-private-key': host.privateKey,
      'known-hosts': host.knownHosts,
      reason: 'checkout answers 500 since 14:02',
      ...inputs,
    },
  })
}
