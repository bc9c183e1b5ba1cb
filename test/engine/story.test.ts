import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { SHELLS } from './shells.ts'
import { flip, makeSite, planFor, RUN, script, start } from './site.ts'
import { comesTrue, commitRun, goThere, person, prepare, record, talkTo } from './talk.ts'

describe.concurrent.each(SHELLS)('told by the runner, under $name', shell => {
  test('prepared, switched and committed: the target is live, the service noticed, the ledger knows', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const tape = await prepare(talk, planFor(site))
    expect([site.live(), site.starts()]).toEqual(['releases/3', ''])
    talk.session.tell(RUN, 'switch')
    await tape.phase('switched')
    expect([site.live(), site.starts()]).toEqual(['releases/2', '2'])
    talk.session.tell(RUN, 'commit')
    expect(await tape.outcome()).toBe('committed')
    expect(site.ledger()).toEqual(['rolled-back'])
    expect(site.lock()).toBeUndefined()
    expect(await talk.session.probe()).toContain(`run ${RUN} forward committed 3 2`)
  })

  test('undone by the runner after the switch: back where it was, the service noticed that too', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const tape = await goThere(talk, planFor(site))
    talk.session.tell(RUN, 'undo')
    expect(await tape.outcome()).toBe('undone')
    expect([site.live(), site.starts(), site.ledger(), site.lock()]).toEqual([
      'releases/3',
      '23',
      [],
      undefined,
    ])
  })

  test('back, and seen not to serve as before: the lock is kept until a person gives it back', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const tape = await goThere(talk, planFor(site))
    talk.session.tell(RUN, 'revert')
    await tape.phase('reverted')
    expect([site.live(), site.starts()]).toEqual(['releases/3', '23'])
    expect(site.lock()).toContain(RUN)
    talk.session.tell(RUN, 'hold')
    expect(await tape.outcome()).toBe('needs-operator')
    expect(site.lock()).toContain(RUN)
    const program = Number(site.lock()?.split(':')[3])
    expect(await comesTrue(() => !site.processes().includes(program))).toBe(true)
    expect((await person(site, shell, 'undo')).text).toContain('Done: 3 is live')
    expect([site.live(), site.lock()]).toEqual(['releases/3', undefined])
  })

  test('back, and seen to serve as before: undone', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const tape = await goThere(talk, planFor(site))
    for (const word of ['revert', 'undo'] as const) talk.session.tell(RUN, word)
    expect(await tape.outcome()).toBe('undone')
    expect([site.live(), site.starts(), site.lock()]).toEqual(['releases/3', '23', undefined])
  })

  test('undone by the runner before the switch: nothing was changed', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const tape = await prepare(talk, planFor(site))
    talk.session.tell(RUN, 'undo')
    expect(await tape.outcome()).toBe('refused')
    expect([site.live(), site.starts(), site.lock()]).toEqual(['releases/3', '', undefined])
  })

  test('a start that fails is told with its last words, and undone', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const fails = script(3, 'start', 'echo "php-fpm: cannot open /run/php"; exit 7')
    const tape = await prepare(talk, planFor(site, { steps: [flip(site), start(site), fails] }))
    talk.session.tell(RUN, 'switch')
    await tape.phase('failed')
    expect(tape.entries).toContainEqual({ word: 'end', step: 3, action: 'do', status: 7, tries: 1 })
    expect(await comesTrue(() => tape.printed.includes('3.do php-fpm: cannot open /run/php'))).toBe(true)
    expect(site.live()).toBe('releases/2')
    talk.session.tell(RUN, 'undo')
    // It fails on the way back as well: somebody has to look.
    expect(await tape.outcome()).toBe('needs-operator')
    expect(site.live()).toBe('releases/3')
    expect(site.lock()).toContain(RUN)
  })

  test('a step with severity warn may fail without turning the run round', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const fails = script(3, 'start', 'exit 7', { severity: 'warn' })
    const tape = await commitRun(talk, planFor(site, { steps: [flip(site), fails] }))
    expect(await tape.outcome()).toBe('committed')
  })

  test('services are stopped before and started after, on the way there and on the way back', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const trace = (number: number, phase: 'stop' | 'start') =>
      script(number, phase, `echo "${phase} $(cat current/public/version)" >>trace`, { in: site.root })
    const tape = await goThere(
      talk,
      planFor(site, { steps: [trace(4, 'stop'), flip(site), trace(3, 'start')] }),
    )
    talk.session.tell(RUN, 'undo')
    await tape.outcome()
    expect(readFileSync(join(site.root, 'trace'), 'utf8')).toBe('stop 3\nstart 2\nstop 2\nstart 3\n')
  })

  test('goes back after the commit, and there are two entries in the ledger', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    await commitRun(talk, planFor(site))
    const tape = record()
    await talk.session.follow(RUN, 'back', tape)
    await tape.phase('prepared')
    expect(site.live()).toBe('releases/2')
    talk.session.tell(RUN, 'switch')
    await tape.phase('switched')
    talk.session.tell(RUN, 'commit')
    expect(await tape.outcome()).toBe('committed')
    expect([site.live(), site.starts(), site.ledger()]).toEqual([
      'releases/3',
      '23',
      ['rolled-back', 'undone'],
    ])
    expect(await talk.session.probe()).toContain(`run ${RUN} back committed 3 2`)
  })

  test('going back that fails ends on the target, and can be tried again', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    // Going back, the gate is closed for the release before and open for the target.
    const gate = script(3, 'start', '[ ! -e closed ] || [ "$(cat current/public/version)" = 2 ]', {
      in: site.root,
    })
    await commitRun(talk, planFor(site, { steps: [flip(site), gate] }))
    const goBack = async (word: 'undo' | 'commit') => {
      const tape = record()
      await talk.session.follow(RUN, 'back', tape)
      await tape.phase('prepared')
      talk.session.tell(RUN, 'switch')
      await tape.until(entry => entry.word === 'phase' && /^(switched|failed)$/.test(entry.phase))
      talk.session.tell(RUN, word)
      return await tape.outcome()
    }
    writeFileSync(join(site.root, 'closed'), '')
    expect(await goBack('undo')).toBe('undone')
    expect(site.live()).toBe('releases/2')
    rmSync(join(site.root, 'closed'))
    expect(await goBack('commit')).toBe('committed')
    expect(site.live()).toBe('releases/3')
    expect(site.ledger()).toEqual(['rolled-back', 'undone'])
  })

  test('what never reached its target has no way back', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const tape = await prepare(talk, planFor(site))
    talk.session.tell(RUN, 'undo')
    await tape.outcome()
    const back = record()
    await talk.session.follow(RUN, 'back', back)
    expect(await back.outcome()).toBe('gone')
    expect(await talk.session.probe()).toContain(`run ${RUN} forward refused 3 2`)
  })

  test('checks are tried as often as they allow, and told once', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const check = script(3, 'verify', 'echo . >>tries; [ "$(wc -l <tries)" -ge 3 ]', { in: site.root })
    const patient = { ...check, data: { ...check.data, attempts: '5', consecutive: '2', every: '0.05' } }
    const tape = await goThere(talk, planFor(site, { steps: [flip(site), patient] }))
    talk.session.tell(RUN, 'verify')
    await tape.until(entry => entry.word === 'verified' && entry.passed)
    expect(tape.entries).toContainEqual({ word: 'end', step: 3, action: 'check', status: 0, tries: 4 })
    talk.session.tell(RUN, 'commit')
    expect(await tape.outcome()).toBe('committed')
  })

  test('told to look a second time by a runner that lost it: it looks once', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const check = script(3, 'verify', 'echo . >>looks', { in: site.root })
    const tape = await goThere(talk, planFor(site, { steps: [flip(site), check] }))
    // Each of the two looks once: at a batch while others are not switched yet, and at the end.
    for (const word of ['glance', 'glance', 'verify', 'verify', 'glance', 'commit'] as const)
      talk.session.tell(RUN, word)
    expect(await tape.outcome()).toBe('committed')
    expect(readFileSync(join(site.root, 'looks'), 'utf8')).toBe('.\n.\n')
  })

  test('words that make no sense where the run is are told, and do nothing', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const tape = await prepare(talk, planFor(site))
    talk.session.tell(RUN, 'commit')
    await tape.until(entry => entry.word === 'other' && entry.text === 'ignored prepared commit')
    expect(site.live()).toBe('releases/3')
    talk.session.tell(RUN, 'undo')
    expect(await tape.outcome()).toBe('refused')
  })
})
