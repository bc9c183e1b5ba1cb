import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { makeProduction } from '../support/production.ts'
import { HASTY, type Described } from '../support/workspace.ts'
import { headline, recordOf, seen } from './story.ts'
vi.setConfig({ testTimeout: 200_000 })
const SITE = { releases: ['1', '2', '3', '4'], live: '3', broken: ['4'] }
const tell = (name: string, run: any) => {
  const r = recordOf(run)
  console.log('#####', name, run.outputs.outcome, '|', headline(run), '|', JSON.stringify(r.drill?.scenarios.map((s: any) => ({ result: s.result, back: s.back, by: s.broughtBackBy, diff: s.differences, problem: s.problem?.message, stages: s.stages.map((x: any) => x.stage + ':' + x.passed) }))), JSON.stringify(r.failure), (r.warnings??[]).join(' / '))
}
const mixed = (target: string, breaks: string, undo: string, verify = true) => (d: Described) => ({
  environment: { drills: true },
  rollbacks: {
    both: {
      switch: [{ symlink: { path: d.path } }, { run: 'echo new > flag', in: d.path, undo, }],
      ...(verify && { verify: [{ http: `${d.urls[0]}/healthz`, ...HASTY }] }),
    },
  },
  top: { drills: { monthly: [{ rollback: 'both', target, ...(breaks && { in: d.path, break: breaks }) }] } },
})
test.each([
  ['visible break, rollback repairs to the same, opaque script', '3', 'ln -sfn releases/4 current', 'echo old > flag'],
  ['planned, undo of script fails', 'previous', '', 'exit 1'],
  ['planned, undo of script works', 'previous', '', 'echo old > flag'],
  ['visible break elsewhere', '2', 'ln -sfn releases/4 current', 'echo old > flag'],
  ['visible break, undo fails', '3', 'ln -sfn releases/4 current', 'exit 1'],
])('%s', async (name, target, breaks, undo) => {
  await using made = await makeProduction({ machines: { web: SITE }, runbook: mixed(target, breaks, undo) as any })
  const flag = join(made.machines[0].site.path, 'flag')
  await writeFile(flag, 'old\n')
  const run = await made.run({ operation: 'drill' })
  tell(name, run)
  console.log('flag:', (await readFile(flag, 'utf8')).trim(), 'live', JSON.stringify(await seen(made.machines)), 'locked', await made.machines[0].locked())
})
