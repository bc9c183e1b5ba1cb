import { readFile, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { makeProduction } from '../support/production.ts'
import { HASTY, type Described } from '../support/workspace.ts'
import { headline, recordOf, seen } from './story.ts'
vi.setConfig({ testTimeout: 200_000 })
const SITE = { releases: ['1', '2', '3', '4'], live: '3', broken: ['4'] }
const tell = (name: string, run: any) => {
  const r = recordOf(run)
  console.log('#####', name, run.outputs.outcome, '|', headline(run), '|', JSON.stringify(r.drill?.scenarios.map((s: any) => ({ result: s.result, back: s.back, by: s.broughtBackBy, problem: s.problem?.message, stages: s.stages.map((x: any) => x.stage + ':' + x.passed) }))), JSON.stringify(r.failure?.message), (r.warnings??[]).join(' / '))
}
const flagged = (undo: object) => (d: Described) => ({
  environment: { drills: true },
  rollbacks: {
    flag: {
      switch: [{ run: 'echo new > flag', in: d.path, ...undo }],
      verify: [{ http: `${d.urls[0]}/healthz`, ...HASTY }],
    },
  },
  top: { drills: { monthly: [{ rollback: 'flag' }] } },
})
describe('opaque', () => {
  test.each([
    ['undo works', { undo: 'echo old > flag' }],
    ['undo fails', { undo: 'exit 1' }],
    ['no undo', {}],
    ['empty undo', { undo: '' }],
  ])('%s', async (name, undo) => {
    await using made = await makeProduction({ machines: { web: SITE }, runbook: flagged(undo) })
    const flag = join(made.machines[0].site.path, 'flag')
    await writeFile(flag, 'old\n')
    const run = await made.run({ operation: 'drill' })
    tell(name, run)
    console.log('flag:', (await readFile(flag, 'utf8')).trim(), 'locked', await made.machines[0].locked())
  })
})
test('no checks', async () => {
  await using made = await makeProduction({ machines: { web: SITE }, runbook: d => ({
    environment: { drills: true },
    rollbacks: { bare: { switch: [{ symlink: { path: d.path } }] } },
    top: { drills: { monthly: [{ rollback: 'bare', in: d.path, break: 'echo down > maintenance' }] } },
  })})
  const run = await made.run({ operation: 'drill' })
  tell('no checks', run)
  console.log('left:', existsSync(join(made.machines[0].site.path, 'maintenance')), run.log.slice(-15).join('\n'))
})
test('the same host is production, too', async () => {
  await using made = await makeProduction({ machines: { web: SITE }, runbook: d => ({
    environment: {},
    top: { environments: { production: { hosts: d.hosts, url: d.urls[0], confirm: 'shop' }, staging: { hosts: d.hosts, url: d.urls[0], drills: true } },
      drills: { monthly: [{ rollback: 'release' }] } },
  })})
  const run = await made.run({ operation: 'drill', environment: 'staging' })
  tell('same host', run)
  console.log(run.log.slice(0, 25).join('\n'))
})
