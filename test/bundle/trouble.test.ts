import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeProduction } from '../support/production.ts'
import { BROKEN, expectOutcome, HEALTHY, headline, on, recordOf, seen, told, WORSE } from './story.ts'

const LINUX = process.platform === 'linux'
/** A runbook whose checks fail soon. */
const runbook = () => ({})

describe('after the switch', () => {
  test('restored: the release before fails its check, so the host goes back to where it was', async () => {
    await using production = await makeProduction({ machines: { web: WORSE }, runbook })
    const [web] = production.machines
    const run = await production.run()
    expectOutcome(run, 'restored')
    expect(headline(run)).toContain('is where it was: on 3')
    expect(run.summary).toContain('500')
    expect(await seen([web])).toEqual(on([web], '3'))
    expect(await web.locked()).toBe(false)
    expectOutcome(await production.run({ operation: 'guard' }), 'clear')
  })

  test.runIf(LINUX)('restored: one host of two fails, both go back', async () => {
    await using production = await makeProduction({ machines: { 'web-1': HEALTHY, 'web-2': WORSE }, runbook })
    expectOutcome(await production.run(), 'restored')
    expect(await seen(production.machines)).toEqual(on(production.machines, '3'))
  })

  test('needs-operator: the release to go back to is deleted under our hands; the lock is kept', async () => {
    await using production = await makeProduction({ machines: { web: WORSE }, runbook })
    const [web] = production.machines
    web.site.onHealth('2', () => rm(join(web.site.path, 'releases/3'), { recursive: true, force: true }))
    const run = await production.run()
    expectOutcome(run, 'needs-operator')
    expect(run.summary).toContain('rollbook')
    expect(web.site.live()).toBe('2')
    expect(await web.locked()).toBe(true)
  })

  test('needs-operator: it is back, and does not serve any more as it did: the lock is kept until a person says so', async () => {
    await using production = await makeProduction({ machines: { web: WORSE }, runbook })
    const [web] = production.machines
    web.site.onHealth('2', () => writeFile(join(web.site.path, 'releases/3/health'), '500'))
    const run = await production.run()
    expectOutcome(run, 'needs-operator')
    expect(headline(run)).toContain('is back on 3, which does not pass its checks any more')
    expect(run.summary).toContain(`run-id: ${run.outputs['run-id']}`)
    expect(await seen([web])).toEqual(on([web], '3'))
    expect(await web.locked()).toBe(true)
    expectOutcome(await production.run({ operation: 'guard' }), 'refused')
    expectOutcome(
      await production.run({ operation: 'unlock', 'run-id': run.outputs['run-id'] ?? '' }),
      'unlocked',
    )
    expect(await web.locked()).toBe(false)
  })

  test('a host that is lost for a moment is watched again, and the run ends as if nothing had been', async () => {
    await using production = await makeProduction({ machines: { web: BROKEN } })
    const [web] = production.machines
    let drops = 1
    web.ssh.faults.dropAfter = () => web.site.live() === '2' && drops-- > 0
    expectOutcome(await production.run(), 'rolled-back')
    expect(web.ssh.counts.connections).toBeGreaterThan(1)
    expect(await seen([web])).toEqual(on([web], '2'))
  })
})

describe('the person presses *Cancel workflow*', () => {
  test('before the switch: refused, nothing changed, no lock left', async () => {
    await using production = await makeProduction({ machines: { web: BROKEN }, ssh: { latency: 100 } })
    const [web] = production.machines
    const run = await production.run({}, { until: () => 'SIGINT' })
    expect(run).toMatchObject({ conclusion: 'cancelled', sent: ['SIGINT'], outputs: { outcome: 'refused' } })
    expect(await seen([web])).toEqual(on([web], '3'))
    expect(await web.locked()).toBe(false)
  })

  test('while the check after the switch waits: it settles before the runner loses patience', async () => {
    await using production = await makeProduction({ machines: { web: { ...BROKEN, stalled: ['2'] } } })
    const [web] = production.machines
    const run = await production.run({}, { when: web.site.stall.then(() => 'SIGINT' as const) })
    expect(run.sent).toEqual(['SIGINT'])
    expect(run.outputs.outcome).toBe('restored')
    expect(await seen([web])).toEqual(on([web], '3'))
    expect(await web.locked()).toBe(false)
  })

  test('while contact is lost after the switch: nobody waits for the host, but the post step takes it back', async () => {
    await using production = await makeProduction({ machines: { web: { ...BROKEN, stalled: ['2'] } } })
    const [web] = production.machines
    const lost = web.site.stall.then(() => {
      web.ssh.drop()
      return 'SIGINT' as const
    })
    const run = await production.run({}, { when: lost })
    expect(run.outputs.outcome).toBe('unknown')
    expect(run.post?.log.join('\n')).toContain('web is back where it started')
    expect(await seen([web])).toEqual(on([web], '3'))
    expect(await web.locked()).toBe(false)
  })
})

test.each([
  ['rollback', { target: '77' }],
  ['undo', {}],
])(
  'a run that died is ended first, which goes back; then %s is refused, and nobody says that nothing was changed',
  async (operation, more) => {
    await using production = await makeProduction({
      machines: { web: { ...BROKEN, stalled: ['2'] } },
      runbook: () => ({ environment: { 'on-lost-contact': 'undo' } }),
    })
    const [web] = production.machines
    const died = web.site.stall.then(() => {
      web.ssh.killProcesses()
      return 'SIGKILL' as const
    })
    await production.run({}, { when: died, runnerDies: true })
    expect(await seen([web])).toEqual(on([web], '2'))
    const run = await production.run({ operation, ...more })
    expectOutcome(run, 'refused')
    expect(await seen([web])).toEqual(on([web], '3'))
    expect(headline(run)).toContain(
      `has a dead run brought to its end, and nothing more: the ${operation} was refused`,
    )
    expect(told(run)).not.toMatch(/othing was changed|not changed|before the first change/)
    expect(recordOf(run).ended).toMatchObject([{ host: 'web', end: 'went back to 3' }])
  },
)
