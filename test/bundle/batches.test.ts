import { writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { listen } from '../support/listen.ts'
import { makeProduction } from '../support/production.ts'
import type { Described } from '../support/workspace.ts'
import { BROKEN, expectOutcome, headline, on, recordOf, seen, told } from './story.ts'

const NAMES = ['web-1', 'web-2', 'web-3', 'web-4']
/** Release 2 works on all of them, 3 on none. */
const FLEET = Object.fromEntries(NAMES.map(name => [name, BROKEN]))

describe.runIf(process.platform === 'linux')('a fleet in batches', () => {
  test('one host, then half of them, then all; between them each batch looks at itself', async () => {
    await using production = await makeProduction({
      machines: FLEET,
      runbook: ({ path }) => ({
        environment: { batches: [1, '50%', '100%'] },
        rollback: { verify: [{ run: 'test "$(basename "$(readlink current)")" = 2', in: path }] },
      }),
    })
    const run = await production.run()
    expectOutcome(run, 'rolled-back')
    expect(await seen(production.machines)).toEqual(on(production.machines, '2'))
    const { phases, hosts } = recordOf(run)
    expect(phases.map(({ name }) => name).filter(name => /Switch|Look at/.test(name))).toEqual([
      'Switch 1 of 3',
      'Look at 1 of 3',
      'Switch 2 of 3',
      'Look at 2 of 3',
      'Switch 3 of 3',
    ])
    const [first = '', second = '', ...last] = hosts.map(({ switchedAt = '' }) => switchedAt)
    // The hosts of one batch go together, in any order.
    expect([...last, second, first].sort().slice(0, 2)).toEqual([first, second])
    expectOutcome(await production.run({ operation: 'undo' }), 'undone')
    expect(await seen(production.machines)).toEqual(on(production.machines, '3'))
  })

  test('the second batch does not pass: every host that was switched is back, the others were never touched', async () => {
    await using production = await makeProduction({
      machines: FLEET,
      runbook: () => ({
        environment: { batches: [1, 2] },
        rollback: { verify: [{ run: 'test ! -e ~/worse' }] },
      }),
    })
    writeFileSync(join(production.machines[1]?.ssh.home ?? '', 'worse'), '')
    const run = await production.run()
    expectOutcome(run, 'restored')
    expect(await seen(production.machines)).toEqual(on(production.machines, '3'))
    expect(recordOf(run).hosts.map(({ name, state }) => [name, state])).toEqual([
      ['web-1', 'restored'],
      ['web-2', 'restored'],
      ['web-3', 'untouched'],
      ['web-4', 'untouched'],
    ])
    for (const machine of production.machines) expect(await machine.locked()).toBe(false)
  })
})

describe.runIf(process.platform === 'linux')('a host that may be missing', () => {
  const runbook = () => ({ environment: { 'allow-missing': ['web-3'] } })
  /** Nobody listens there. */
  const without = ({ hosts, urls }: Described) => ({
    environment: { 'allow-missing': ['web-3'], hosts: { ...hosts, 'web-3': 'deploy@127.0.0.1:1' } },
    rollback: {
      verify: urls
        .filter((_, at) => at !== 2)
        .map(url => ({ http: `${url}/healthz`, attempts: 2, every: '10ms' })),
    },
  })

  test('is left out and shown in red; the others go, and come back without it', async () => {
    await using production = await makeProduction({ machines: FLEET, runbook: without })
    const [one, two, three, four] = production.machines
    if (!one || !two || !three || !four) throw new Error('four machines')
    const there = [one, two, four]
    const run = await production.run()
    expectOutcome(run, 'rolled-back')
    expect(await seen(there)).toEqual(on(there, '2'))
    expect(three.site.live()).toBe('3')
    expect(recordOf(run).hosts.find(({ name }) => name === 'web-3')).toMatchObject({ state: 'left-out' })
    expect(run.summary).toContain('🔴 **web-3 could not be reached and was left out.**')
    expect(headline(run)).toContain('production is back on release 2, except web-3')
    const undone = await production.run({ operation: 'undo' })
    expectOutcome(undone, 'undone')
    expect(headline(undone)).toContain('is on release 3 again, except web-3')
    expect(await seen(there)).toEqual(on(there, '3'))
  })

  test.each([
    ['hangs up', (socket: Socket) => socket.destroy()],
    ['speaks no SSH', (socket: Socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ])('is not missing when somebody is there who %s', async (_, answer) => {
    const server = createServer(socket => void answer(socket.on('error', () => {})))
    const port = await listen(server)
    try {
      await using production = await makeProduction({
        machines: FLEET,
        runbook: ({ hosts }) => ({
          environment: {
            'allow-missing': ['web-3'],
            hosts: { ...hosts, 'web-3': `deploy@127.0.0.1:${port}` },
          },
        }),
      })
      const run = await production.run()
      expectOutcome(run, 'refused')
      expect(told(run)).toContain('web-3')
      expect(production.machines.map(({ site }) => site.live())).toEqual(['3', '3', '3', '3'])
    } finally {
      server.close()
    }
  })

  test('is not missing when it shows another key', async () => {
    await using production = await makeProduction({ machines: FLEET, runbook })
    const known = production.inputs['known-hosts'] ?? ''
    const lines = known.split('\n').filter(Boolean)
    const swapped = lines.map((line, at) =>
      at === 2 ? [line.split(' ')[0], ...(lines[0] ?? '').split(' ').slice(1)].join(' ') : line,
    )
    const run = await production.run({ 'known-hosts': swapped.join('\n') })
    expectOutcome(run, 'refused')
    expect(told(run)).toContain('web-3')
    expect(production.machines.map(({ site }) => site.live())).toEqual(['3', '3', '3', '3'])
  })
})
