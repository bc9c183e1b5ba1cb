import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { NotAccepted } from '../../src/engine/no-answer.ts'
import { SHELLS } from './shells.ts'
import { compile, flip, makeSite, planFor, RUN, script, start } from './site.ts'
import { comesTrue, commitRun, goThere, killProgram, person, prepare, record, talkTo } from './talk.ts'

const SECOND = '20261120T141059Z-bbbbbb'
const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()

describe.concurrent.each(SHELLS)('the lock, under $name', shell => {
  test('of two runs at once one gets it, the other is told by whom it is held and changes nothing', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const tapes = await Promise.all(
      [RUN, SECOND].map(async run => {
        const tape = record()
        await talk.session.start(run, compile(planFor(site, { run })), tape)
        await tape.until(
          entry => entry.word === 'outcome' || (entry.word === 'phase' && entry.phase === 'prepared'),
        )
        return tape
      }),
    )
    const losers = tapes.filter(tape => tape.entries.some(entry => entry.word === 'outcome'))
    expect(losers).toHaveLength(1)
    expect(losers[0]?.entries).toContainEqual({ word: 'refused', alive: true, holder: site.lock() })
    expect(await losers[0]?.outcome()).toBe('refused')
    expect(site.live()).toBe('releases/3')
  })

  test('the run that was started twice runs once, and both who asked hear of it', async () => {
    using site = makeSite()
    await using first = await talkTo(site, shell)
    await using second = await talkTo(site, shell)
    const plan = planFor(site)
    const program = compile(plan)
    const one = record()
    const two = record()
    await Promise.all([first.session.start(RUN, program, one), second.session.start(RUN, program, two)])
    await Promise.all([one.phase('prepared'), two.phase('prepared')])
    first.session.tell(RUN, 'switch')
    await Promise.all([one.phase('switched'), two.phase('switched')])
    // A third time, in the middle.
    const three = record()
    await second.session.start(RUN, program, three)
    second.session.tell(RUN, 'commit')
    expect(await Promise.all([one, two, three].map(tape => tape.outcome()))).toEqual(
      Array(3).fill('committed'),
    )
    expect(site.starts()).toBe('2')
    expect(site.journal().match(/ run forward /g)).toHaveLength(1)
    const late = record()
    await second.session.start(RUN, program, late)
    expect(await late.outcome()).toBe('committed')
    // And so for whoever starts the program itself.
    const journal = site.journal()
    expect((await person(site, shell, 'run')).status).toBe(1)
    expect([site.starts(), site.ledger(), site.lock(), site.journal()]).toEqual([
      '2',
      ['rolled-back'],
      undefined,
      journal,
    ])
  })

  test('who starts it second hears it from its first line, however far it has come', async () => {
    using site = makeSite()
    await using first = await talkTo(site, shell)
    await using second = await talkTo(site, shell)
    const program = compile(planFor(site))
    const one = record()
    await first.session.start(RUN, program, one)
    await one.phase('prepared')
    // As when both have sent their program, and the second one has not looked yet whether the first has begun.
    rmSync(join(site.state, 'runs', RUN, 'rollbook'))
    const two = record()
    await second.session.start(RUN, program, two)
    await two.phase('prepared')
    second.session.tell(RUN, 'undo')
    expect(await Promise.all([one.outcome(), two.outcome()])).toEqual(['refused', 'refused'])
  })

  test('a dead run is told apart, put in order, and then the next one goes', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const dead = await goThere(talk, planFor(site))
    await killProgram(site)
    expect(await dead.outcome()).toBe('gone')
    expect(await talk.session.probe()).toContain(`lock dead ${site.lock()}`)
    const refused = record()
    await talk.session.start(SECOND, compile(planFor(site, { run: SECOND })), refused)
    expect(await refused.outcome()).toBe('refused')
    expect(refused.entries).toContainEqual({ word: 'refused', alive: false, holder: site.lock() })
    // Starting the dead one again must not make anyone forget how far it was.
    const again = record()
    await talk.session.start(RUN, compile(planFor(site)), again)
    expect(await again.outcome()).toBe('gone')
    const settled = record()
    await talk.session.follow(RUN, 'settle', settled)
    expect(await settled.outcome()).toBe('kept')
    expect([site.live(), site.lock()]).toEqual(['releases/2', undefined])
    expect((await person(site, shell, 'undo')).status).toBe(0)
    await commitRun(talk, planFor(site, { run: `${SECOND}c` }))
    expect([site.live(), site.ledger()]).toEqual(['releases/2', ['kept', 'undone', 'rolled-back']])
  })

  test('what a person changed after a run had died is left alone when that run is put in order, and a person is asked', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    await goThere(talk, planFor(site, { onLostContact: 'undo' }))
    await killProgram(site)
    rmSync(join(site.root, 'current'))
    symlinkSync('releases/1', join(site.root, 'current'))
    const settled = record()
    await talk.session.follow(RUN, 'settle', settled)
    expect(await settled.outcome()).toBe('needs-operator')
    expect([site.live(), site.ledger()]).toEqual(['releases/1', []])
    expect(site.lock()).toContain(RUN)
  })

  test('who hears the outcome finds the lock free', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    for (let times = 0; times < 5; times += 1) {
      const run = `${RUN}${times}`
      const tape = await prepare(talk, planFor(site, { run, steps: [] }))
      talk.session.tell(run, 'undo')
      await tape.outcome()
      expect(site.lock()).toBeUndefined()
    }
  })

  test('the number of a dead owner that another process has now does not make it alive', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    await goThere(talk, planFor(site))
    await killProgram(site)
    rmSync(join(site.state, 'lock'))
    symlinkSync(`v1:${RUN}:${bootId}:${process.pid}:1`, join(site.state, 'lock'))
    expect(await talk.session.probe()).toContain(`lock dead ${site.lock()}`)
    rmSync(join(site.state, 'lock'))
    // Before the machine was started again, the same number and time meant another process.
    const started = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1)?.split(' ')[19]
    symlinkSync(
      `v1:${RUN}:00000000-0000-0000-0000-000000000000:${process.pid}:${started}`,
      join(site.state, 'lock'),
    )
    expect(await talk.session.probe()).toContain(`lock dead ${site.lock()}`)
  })

  test('a lock that is not in our form is nobody’s to take', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    mkdirSync(site.state, { recursive: true })
    symlinkSync('v2:of-the-future', join(site.state, 'lock'))
    const tape = record()
    await talk.session.start(RUN, compile(planFor(site)), tape)
    expect(await tape.outcome()).toBe('refused')
    expect(tape.entries).toContainEqual({ word: 'refused', alive: true, holder: 'v2:of-the-future' })
    expect(site.lock()).toBe('v2:of-the-future')
  })

  test('of many that put the same dead run in order at once, one does', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    await goThere(talk, planFor(site, { onLostContact: 'undo' }))
    await killProgram(site)
    // One died on its way to the lock.
    symlinkSync(`v1:${RUN}:${bootId}:999999999:1`, join(site.state, 'lock.heir.1'))
    const tapes = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const tape = record()
        await talk.session.follow(RUN, 'settle', tape)
        return await tape.outcome()
      }),
    )
    expect(tapes).toContain('undone')
    expect(site.journal().match(/ settle /g)).toHaveLength(1)
    expect([site.live(), site.starts(), site.lock()]).toEqual(['releases/3', '23', undefined])
    expect(readdirSync(site.state).filter(name => name.startsWith('lock'))).toEqual([])
  })

  test('a lock that somebody took away stops the run before its next change, and it goes back', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const steals = script(3, 'start', `rm ${site.state}/lock`)
    const tape = await prepare(talk, planFor(site, { steps: [flip(site), steals, start(site)] }))
    talk.session.tell(RUN, 'switch')
    await tape.phase('failed')
    expect(tape.entries).toContainEqual({ word: 'fenced', step: 2 })
    talk.session.tell(RUN, 'undo')
    await tape.outcome()
    expect([site.live(), site.starts()]).toEqual(['releases/3', '3'])
  })

  test('a run that ends leaves alone a lock that is somebody else’s by now', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const tape = await prepare(talk, planFor(site))
    rmSync(join(site.state, 'lock'))
    const other = `v1:${SECOND}:${bootId}:1:1`
    symlinkSync(other, join(site.state, 'lock'))
    talk.session.tell(RUN, 'undo')
    expect(await tape.outcome()).toBe('refused')
    expect(site.lock()).toBe(other)
  })

  test('a lock that somebody else has by now is left alone, and so is what they may be changing', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const tape = await goThere(talk, planFor(site))
    rmSync(join(site.state, 'lock'))
    const other = `v1:${SECOND}:${bootId}:1:1`
    symlinkSync(other, join(site.state, 'lock'))
    talk.session.tell(RUN, 'undo')
    expect(await tape.outcome()).toBe('needs-operator')
    expect([site.live(), site.lock()]).toEqual(['releases/2', other])
    rmSync(join(site.state, 'lock'))
    expect((await person(site, shell, 'undo')).status).toBe(0)
    expect([site.live(), site.lock()]).toEqual(['releases/3', undefined])
  })

  test('unlock takes the lock of a dead run by its name, and no other', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const why = (run: string) =>
      talk.session.unlock(run).then(
        () => 'unlocked',
        (error: unknown) => (error instanceof NotAccepted ? error.why : String(error)),
      )
    expect(await why(RUN)).toBe('free')
    await goThere(talk, planFor(site))
    expect(await why(SECOND)).toMatch(/^other v1:/)
    expect(await why(RUN)).toMatch(/^alive v1:/)
    await killProgram(site)
    expect(await why(SECOND)).toMatch(/^other v1:/)
    expect(await why(RUN)).toBe('unlocked')
    expect(site.lock()).toBeUndefined()
    // What the run did is still known, and can still be taken back.
    expect((await person(site, shell, 'undo')).status).toBe(0)
    expect(site.live()).toBe('releases/3')
  })

  test('a dead program’s step that is still at work is waited for', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const slow = script(3, 'start', 'echo slow >>starts; sleep 2; echo done >>starts', { in: site.root })
    await prepare(talk, planFor(site, { onLostContact: 'undo', steps: [flip(site), slow, start(site)] }))
    talk.session.tell(RUN, 'switch')
    expect(await comesTrue(() => site.starts() !== '')).toBe(true)
    await killProgram(site)
    const settled = record()
    await talk.session.follow(RUN, 'settle', settled)
    expect(await settled.outcome()).toBe('undone')
    expect([site.live(), site.starts()]).toEqual(['releases/3', 'slow\ndone\nslow\ndone\n3'])
  })

  test('a state folder that can not be written refuses', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    mkdirSync(join(site.home, '.rollbook'))
    writeFileSync(join(site.home, '.rollbook/shop'), 'a file where the folder should be')
    await expect(talk.session.start(RUN, compile(planFor(site)), record())).rejects.toThrow('state folder')
    await expect(talk.session.keepSecret(RUN, 'TOKEN', '1 unlock x\n2 bye\n')).rejects.toThrow('state folder')
    await expect(talk.session.addToLedger('"event":"good","release":"2"}')).rejects.toThrow('state folder')
    // None of what was sent passed for a message.
    expect(await talk.session.probe()).toContain(`state ${site.state}`)
  })
})
