import { describe, expect, test } from 'vitest'
import { makeProduction } from '../support/production.ts'
import { BROKEN, expectOutcome, HEALTHY, headline, on, seen } from './story.ts'

const LINUX = process.platform === 'linux'

describe('a rollback', () => {
  test('rolled-back: the release before serves, and everybody is told so', async () => {
    await using production = await makeProduction({ machines: { web: BROKEN } })
    const [web] = production.machines
    const run = await production.run()
    expectOutcome(run, 'rolled-back')
    expect(run.outputs).toMatchObject({ from: '3', to: '2' })
    expect(Number(run.outputs.duration)).toBeGreaterThan(0)
    expect(run.outputs['run-id']).toMatch(/./)
    expect(headline(run)).toContain('is back on release 2')
    expect(await seen([web])).toEqual(on([web], '2'))
    expect(await web.site.health()).toBe(200)
    expect(await web.locked()).toBe(false)
    // The post step needs not load a thing, and says nothing.
    expect(run.main.state.over).toBe('true')
    expect(run.post?.rawLog).toEqual([])
  })

  test.runIf(LINUX)('rolled-back: two hosts go together', async () => {
    await using production = await makeProduction({ machines: { 'web-1': BROKEN, 'web-2': BROKEN } })
    expectOutcome(await production.run(), 'rolled-back')
    expect(await seen(production.machines)).toEqual(on(production.machines, '2'))
  })

  test('rolled-back: to a release by its name, past the one before', async () => {
    await using production = await makeProduction({ machines: { web: BROKEN } })
    const run = await production.run({ target: '1' })
    expectOutcome(run, 'rolled-back')
    expect(run.outputs).toMatchObject({ from: '3', to: '1' })
    expect(await seen(production.machines)).toEqual(on(production.machines, '1'))
  })

  test('no secret is shown anywhere', async () => {
    await using production = await makeProduction({ machines: { web: BROKEN } })
    const run = await production.run({}, { secrets: [] })
    expectOutcome(run, 'rolled-back')
    const lines = production.key.private
      .split('\n')
      .filter(line => line.length > 20 && !line.startsWith('-----'))
    const shown = [run.log.join('\n'), run.summary, ...Object.values(run.outputFiles)].join('\n')
    expect(lines.length).toBeGreaterThan(2)
    for (const line of lines) expect(shown).not.toContain(line)
  })

  test('unchanged: the last good release is live already, and nothing is written', async () => {
    await using production = await makeProduction({ machines: { web: HEALTHY } })
    const [web] = production.machines
    expectOutcome(await production.run({ operation: 'record', state: 'good' }), 'recorded')
    const before = await web.state()
    expectOutcome(await production.run({ target: 'last-good' }), 'unchanged')
    expect(await web.state()).toEqual(before)
    expect(await seen([web])).toEqual(on([web], '3'))
  })
})

describe('around a rollback', () => {
  test('planned: every step is shown and nothing is written', async () => {
    await using production = await makeProduction({ machines: { web: BROKEN } })
    const [web] = production.machines
    const run = await production.run({ operation: 'plan' })
    expectOutcome(run, 'planned')
    expect(() => JSON.parse(run.outputFiles.plan ?? '')).not.toThrow()
    expect(run.outputs).toMatchObject({ from: '3', to: '2' })
    expect(run.log.join('\n')).toContain('current')
    expect(await seen([web])).toEqual(on([web], '3'))
    expect(await web.state()).toEqual({})
  })

  test('recorded: what is recorded as bad is not gone back to', async () => {
    await using production = await makeProduction({ machines: { web: BROKEN } })
    const bad = await production.run({ operation: 'record', state: 'bad', target: '2' })
    expectOutcome(bad, 'recorded')
    expectOutcome(await production.run(), 'rolled-back')
    expect(await seen(production.machines)).toEqual(on(production.machines, '1'))
  })

  test('clear, then held by a rollback, then free again', async () => {
    await using production = await makeProduction({ machines: { web: BROKEN } })
    const guard = () => production.run({ operation: 'guard' })
    expectOutcome(await guard(), 'clear')
    expectOutcome(await production.run(), 'rolled-back')
    const held = await guard()
    expectOutcome(held, 'refused')
    expect(held.log.join('\n')).toMatch(/hold/)
    const free = { operation: 'record', state: 'free', target: '3', reason: 'fixed by a change of settings' }
    expectOutcome(await production.run(free), 'recorded')
    expectOutcome(await guard(), 'clear')
    expect(await seen(production.machines)).toEqual(on(production.machines, '2'))
  })

  test('reported: what is live and what can be gone back to', async () => {
    await using production = await makeProduction({ machines: { web: BROKEN } })
    const [web] = production.machines
    const run = await production.run({ operation: 'status' })
    expectOutcome(run, 'reported')
    expect(run.summary).toMatch(/\b3\b/)
    expect(run.summary).toMatch(/\b2\b/)
    expect(await web.state()).toEqual({})
  })

  test('undone: back to where the last run started', async () => {
    await using production = await makeProduction({ machines: { web: HEALTHY } })
    expectOutcome(await production.run(), 'rolled-back')
    expect(await seen(production.machines)).toEqual(on(production.machines, '2'))
    expectOutcome(await production.run({ operation: 'undo' }), 'undone')
    expect(await seen(production.machines)).toEqual(on(production.machines, '3'))
  })

  test('unlocked: the lock of a run that died with its host, by the id of the run', async () => {
    await using production = await makeProduction({ machines: { web: { ...BROKEN, stalled: ['2'] } } })
    const [web] = production.machines
    const powerFails = web.site.stall.then(() => {
      web.ssh.leave()
      web.ssh.killProcesses()
      return 'SIGKILL' as const
    })
    const died = await production.run({}, { when: powerFails })
    expect(died.signal).toBe('SIGKILL')
    expect(died.post?.log.join('\n')).toContain('web')
    web.ssh.comeBack()
    expect(await web.locked()).toBe(true)
    expectOutcome(await production.run({ operation: 'unlock' }), 'unlocked')
    expect(await web.locked()).toBe(false)
    expect(['2', '3']).toContain(web.site.live())
  })
})
