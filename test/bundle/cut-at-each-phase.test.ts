import { describe, expect, test } from 'vitest'
import { makeProduction } from '../support/production.ts'
import { BROKEN, expectOutcome, HEALTHY, on, recordOf, seen, told } from './story.ts'

/** Words of the host in whose place the connection is cut: the runner never hears them on that connection. */
const MOMENTS = [
  ['before the program was accepted', / started\n/, 'refused'],
  ['during the backup', / journal \d+ \S+ begin 1 do /, 'refused'],
  ['when it was prepared', / phase prepared \./, 'refused'],
  ['when the switch begins', / phase switch \./, 'rolled-back'],
  ['after the switch', / phase switched \./, 'rolled-back'],
  ['when it is committed', / phase commit /, 'rolled-back'],
  ['after the commit, before the last word', / outcome forward committed \./, 'rolled-back'],
] as const

describe.concurrent('a connection that is cut once', () => {
  test.each(MOMENTS)(
    '%s: nothing is half done, and what is told is what is there',
    async (_, when, outcome) => {
      await using production = await makeProduction({
        machines: { web: BROKEN },
        runbook: ({ path }) => ({ rollback: { backup: [{ files: [`${path}/current/VERSION`] }] } }),
      })
      const [web] = production.machines
      let cut = 0
      web.ssh.faults.dropAfter = output => {
        if (cut > 0 || !when.test(output)) return false
        cut += 1
        return true
      }
      const run = await production.run()
      expect(cut).toBe(1)
      expect(recordOf(run).outcome, told(run)).toBe(outcome)
      expect(web.site.live()).toBe(outcome === 'rolled-back' ? '2' : '3')
      // Whoever was left alone before the switch lets go by itself, after half a minute.
      if (outcome === 'rolled-back') expect(await web.locked()).toBe(false)
    },
  )
})

test.each([['one host alone'], ['one of two', 'web-2']])(
  'a connection that is cut while a host looks at itself, %s: what it sees then counts',
  async (_, ...others) => {
    await using production = await makeProduction({
      machines: Object.fromEntries(['web-1', ...others].map(name => [name, HEALTHY])),
      runbook: ({ urls: [url = ''] }) => ({
        rollback: {
          verify: [
            { http: `${url}/healthz`, attempts: 1, consecutive: 1 },
            // Not there at the first look, nor at the last one.
            {
              http: `${url}/`,
              from: 'host',
              on: 'web-1',
              expect: { text: 'another' },
              attempts: 3,
              every: '1s',
            },
          ],
        },
      }),
    })
    const [web] = production.machines
    let cut = 0
    web.ssh.faults.dropAfter = output => {
      if (cut > 0 || !/ begin \d+ check /.test(output)) return false
      cut += 1
      return true
    }
    const run = await production.run()
    expect(cut).toBe(1)
    expectOutcome(run, 'restored')
    expect(recordOf(run).failure?.code).toBe('RB-CHECKS-FAILED')
    expect(await seen(production.machines)).toEqual(on(production.machines, '3'))
    expect(await web.locked()).toBe(false)
  },
)
