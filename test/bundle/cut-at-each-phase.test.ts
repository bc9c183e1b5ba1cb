import { describe, expect, test } from 'vitest'
import { makeProduction } from '../support/production.ts'
import { BROKEN, recordOf, told } from './story.ts'

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
