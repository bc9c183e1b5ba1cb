import { describe, expect, test } from 'vitest'
import type { HostPlan } from '../../src/engine/plan.ts'
import type { Ending, FleetRun } from '../../src/rollback/fleet-run.ts'
import { followHost } from '../../src/rollback/host-run.ts'
import { runTwoPhases } from '../../src/rollback/two-phases.ts'
import { chronicleOf, runbookOf, settingOf } from '../unit/rollback/fixture.ts'
import { SHELLS } from './shells.ts'
import { compile, flip, makeSite, planFor, type Site, script } from './site.ts'
import { comesTrue, talkTo } from './talk.ts'

/** A plan whose steps may take no time at all, so that its program is given up after the slack. Seconds. */
const SOON = { timeout: -5 } as const
const SLACK = 6
/** The hosts keep the limits that the steps would have. */
const stepsOf = ({ steps }: HostPlan): HostPlan['steps'] => steps.map(step => ({ ...step, timeout: 10 }))
const processOf = (site: Site): number => Number(site.lock()?.split(':')[3])

describe.concurrent.each(SHELLS)('a program that stands still while its host answers, under $name', shell => {
  test.each(['before it heard the word', 'in the middle of its switch'])(
    '%s: the others go back and are free; once it goes on, it goes back as well',
    async when => {
      using moving = makeSite()
      using still = makeSite()
      const setting = settingOf(runbookOf({}))
      const chronicle = chronicleOf(setting)
      const talks = new Map<string, Awaited<ReturnType<typeof talkTo>>>()
      await using one = await talkTo(moving, shell)
      await using other = await talkTo(still, shell)
      talks.set('web-1', one).set('web-2', other)
      const stopItself =
        'lock=$HOME/.rollbook/shop/production/lock; [ -e "$HOME/once" ] || { true >"$HOME/once"; kill -STOP "$(readlink "$lock" | cut -d: -f4)"; }'
      const planOf = (site: Site, host: string): HostPlan =>
        planFor(site, {
          host,
          hosts: 2,
          steps: [
            { ...flip(site), ...SOON },
            script(2, 'start', host === 'web-2' && when.startsWith('in') ? stopItself : 'true', SOON),
          ],
        })
      const runs = [planOf(moving, 'web-1'), planOf(still, 'web-2')].map(plan => {
        const talk = talks.get(plan.host)
        if (!talk) throw new Error(`nobody talks to ${plan.host}`)
        return followHost(plan, talk.session, chronicle, 'forward', SLACK)
      })
      const journey: FleetRun = {
        setting,
        plan: { checks: [], variables: { from: '3', to: '2', app: 'shop', environment: 'production' } },
        runs,
        chronicle,
        checksDecide: true,
        serves: () => [],
        async begin(run) {
          await run
            .session()
            .start(run.plan.run, compile({ ...run.plan, steps: stepsOf(run.plan) }), run.events)
          await run.until('prepared', state => state.phase === 'prepared')
          if (run.plan.host === 'web-2' && when.startsWith('before'))
            process.kill(processOf(still), 'SIGSTOP')
        },
      }
      const ending: Ending = await runTwoPhases(journey)
      expect(ending).toMatchObject({ outcome: 'unknown', failure: { code: 'RB-PROGRAM-STANDS-STILL' } })
      expect(ending.failure?.message).toContain('web-2: its program came no further in')
      expect([moving.live(), moving.lock()]).toEqual(['releases/3', undefined])
      process.kill(processOf(still), 'SIGCONT')
      expect(await comesTrue(() => still.lock() === undefined)).toBe(true)
      expect(still.live()).toBe('releases/3')
      expect(still.journal()).toContain(' outcome forward undone .')
    },
  )
})
