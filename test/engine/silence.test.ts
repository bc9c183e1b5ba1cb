import { rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { HostPlan } from '../../src/engine/plan.ts'
import { SHELLS } from './shells.ts'
import { flip, makeSite, planFor, RUN, type Site, script, start } from './site.ts'
import { comesTrue, goThere, prepare, record, talkTo } from './talk.ts'

/** The outcome that the journal has, whoever wrote it. */
const outcomeOf = (site: Site): string | undefined => / outcome \S+ (\S+) \.$/m.exec(site.journal())?.[1]

describe.concurrent.each(SHELLS)('the runner falls silent, under $name', shell => {
  const check = (site: Site) => script(3, 'verify', '[ ! -e broken ]', { in: site.root })

  /** Switched, and then nobody speaks any more. */
  async function leaveAlone(site: Site, rest: Partial<HostPlan>): Promise<void> {
    const talk = await talkTo(site, shell)
    await goThere(talk, planFor(site, { silence: 1, ...rest }))
    talk.hangUp()
    expect(await comesTrue(() => outcomeOf(site) !== undefined && site.lock() === undefined)).toBe(true)
  }

  test('its own checks pass: the target stays, unconfirmed', async () => {
    using site = makeSite()
    await leaveAlone(site, { steps: [flip(site), start(site), check(site)] })
    expect([site.live(), outcomeOf(site), site.ledger()]).toEqual(['releases/2', 'kept', ['kept']])
  })

  test('in a fleet its own checks count once the runner has said that all have come so far', async () => {
    using told = makeSite()
    using untold = makeSite()
    using glanced = makeSite()
    const leave = async (site: Site, word?: 'verify' | 'glance') => {
      const talk = await talkTo(site, shell)
      const tape = await goThere(
        talk,
        // Long enough for a machine that is busy to say its word.
        planFor(site, { silence: 5, hosts: 2, steps: [flip(site), check(site)] }),
      )
      if (word) {
        talk.session.tell(RUN, word)
        await tape.until(entry => entry.word === 'verified')
      }
      talk.hangUp()
      expect(await comesTrue(() => outcomeOf(site) !== undefined && site.lock() === undefined)).toBe(true)
    }
    await Promise.all([leave(told, 'verify'), leave(untold), leave(glanced, 'glance')])
    expect([told.live(), outcomeOf(told)]).toEqual(['releases/2', 'kept'])
    expect([untold.live(), outcomeOf(untold)]).toEqual(['releases/3', 'undone'])
    // It looked well while others had not had their turn: those let go, and so does it.
    expect([glanced.live(), outcomeOf(glanced)]).toEqual(['releases/3', 'undone'])
  })

  test('its own checks fail: it goes back', async () => {
    using site = makeSite()
    writeFileSync(join(site.root, 'broken'), '')
    await leaveAlone(site, { steps: [flip(site), start(site), check(site)] })
    expect([site.live(), site.starts(), outcomeOf(site), site.ledger()]).toEqual([
      'releases/3',
      '23',
      'undone',
      [],
    ])
  })

  test('with nothing to check, a single host keeps what its operator wanted', async () => {
    using site = makeSite()
    await leaveAlone(site, {})
    expect([site.live(), outcomeOf(site)]).toEqual(['releases/2', 'kept'])
  })

  test('with nothing to check, a host of a fleet goes back, because the others will too', async () => {
    using site = makeSite()
    await leaveAlone(site, { hosts: 2 })
    expect([site.live(), outcomeOf(site)]).toEqual(['releases/3', 'undone'])
  })

  test('on-lost-contact: keep and undo are stronger than what is seen', async () => {
    using kept = makeSite()
    using undone = makeSite()
    writeFileSync(join(kept.root, 'broken'), '')
    await Promise.all([
      leaveAlone(kept, { onLostContact: 'keep', hosts: 2, steps: [flip(kept), check(kept)] }),
      leaveAlone(undone, { onLostContact: 'undo', steps: [flip(undone), check(undone)] }),
    ])
    expect([kept.live(), outcomeOf(kept)]).toEqual(['releases/2', 'kept'])
    expect([undone.live(), outcomeOf(undone)]).toEqual(['releases/3', 'undone'])
  })

  test('what something else changed meanwhile is left as it is, and the lock stays', async () => {
    using site = makeSite()
    const talk = await talkTo(site, shell)
    await goThere(talk, planFor(site, { silence: 1, onLostContact: 'keep' }))
    rmSync(join(site.root, 'current'))
    symlinkSync('releases/1', join(site.root, 'current'))
    talk.hangUp()
    expect(await comesTrue(() => outcomeOf(site) !== undefined)).toBe(true)
    expect([outcomeOf(site), site.live(), site.ledger()]).toEqual(['needs-operator', 'releases/1', []])
    expect(site.lock()).toContain(RUN)
  })

  test('before the switch it lets go of the lock, and nothing was changed', async () => {
    using site = makeSite()
    const talk = await talkTo(site, shell)
    await prepare(talk, planFor(site, { silence: 1 }))
    talk.hangUp()
    expect(await comesTrue(() => outcomeOf(site) === 'refused' && site.lock() === undefined)).toBe(true)
    expect([site.live(), site.starts()]).toEqual(['releases/3', ''])
  })

  test('on the way back, checks of the target decide nothing', async () => {
    using site = makeSite()
    const talk = await talkTo(site, shell)
    const tape = await goThere(talk, planFor(site, { silence: 1, steps: [flip(site), check(site)] }))
    talk.session.tell(RUN, 'commit')
    await tape.outcome()
    // The release that was left never passed: that is why it was left.
    writeFileSync(join(site.root, 'broken'), '')
    const back = record()
    await talk.session.follow(RUN, 'back', back)
    await back.phase('prepared')
    talk.session.tell(RUN, 'switch')
    await back.phase('switched')
    talk.hangUp()
    expect(await comesTrue(() => / outcome back kept /.test(site.journal()))).toBe(true)
    expect([site.live(), site.ledger()]).toEqual(['releases/3', ['rolled-back', 'undone']])
  })

  test('a runner that gives signs of life is waited for', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const tape = await goThere(talk, planFor(site, { silence: 2 }))
    for (let signs = 0; signs < 6; signs += 1) {
      await sleep(600)
      talk.session.tell(RUN, 'alive')
    }
    expect(outcomeOf(site)).toBeUndefined()
    talk.session.tell(RUN, 'commit')
    expect(await tape.outcome()).toBe('committed')
  })

  test('a step that takes longer than the silence is no silence, as long as the runner speaks meanwhile', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const slow = script(4, 'start', 'sleep 3')
    const tape = await prepare(talk, planFor(site, { silence: 2, steps: [flip(site), slow] }))
    talk.session.tell(RUN, 'switch')
    const signs = setInterval(() => talk.session.tell(RUN, 'alive'), 400)
    await tape.phase('switched')
    await sleep(300)
    clearInterval(signs)
    talk.session.tell(RUN, 'commit')
    expect(await tape.outcome()).toBe('committed')
  })

  test('contact that comes back finds the run where it is', async () => {
    using site = makeSite()
    const first = await talkTo(site, shell)
    const lost = await goThere(first, planFor(site))
    first.hangUp()
    await using again = await talkTo(site, shell)
    const tape = record()
    await again.session.follow(RUN, 'attach', tape, lost.entries.length)
    again.session.tell(RUN, 'commit')
    expect(await tape.outcome()).toBe('committed')
    expect(tape.entries[0]).toEqual({ word: 'phase', phase: 'commit' })
  })

  test('contact that comes back on the way back is not told how the way there ended', async () => {
    using site = makeSite()
    const first = await talkTo(site, shell)
    const there = await goThere(first, planFor(site))
    first.session.tell(RUN, 'commit')
    await there.outcome()
    const lost = record()
    await first.session.follow(RUN, 'back', lost)
    await lost.phase('prepared')
    first.hangUp()
    await using again = await talkTo(site, shell)
    const tape = record()
    await again.session.follow(RUN, 'attach', tape, lost.entries.length)
    again.session.tell(RUN, 'switch')
    await tape.phase('switched')
    again.session.tell(RUN, 'commit')
    await tape.outcome()
    expect(tape.entries.filter(entry => entry.word === 'outcome')).toEqual([
      { word: 'outcome', direction: 'back', outcome: 'committed' },
    ])
  })
})
