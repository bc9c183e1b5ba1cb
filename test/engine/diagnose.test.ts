import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { SHELLS } from './shells.ts'
import { compile, makeSite, planFor, RUN, type Site, script, seal } from './site.ts'
import { comesTrue, goThere, killProgram, record, type Talk, talkTo } from './talk.ts'

/** A switch, and these scripts for when it failed. */
const planOf = (site: Site, ...scripts: readonly [text: string, seconds?: number][]) =>
  planFor(site, {
    onLostContact: 'undo',
    steps: [
      ...planFor(site).steps,
      ...scripts.map(([text, timeout = 20], at) =>
        script(at + 3, 'diagnose', text, { timeout, title: `question ${at + 1}`, in: site.root }),
      ),
    ],
  })

const diagnose = async (talk: Talk, site: Site, ...scripts: readonly [text: string, seconds?: number][]) => {
  const tape = await goThere(talk, planOf(site, ...scripts))
  const began = performance.now()
  talk.session.tell(RUN, 'diagnose')
  await tape.until(entry => entry.word === 'diagnosed')
  return { tape, seconds: (performance.now() - began) / 1000 }
}

/** The lines of the journal, without their number and their time. */
const journalOf = (site: Site): string[] =>
  site
    .journal()
    .trim()
    .split('\n')
    .map(line => line.split(' ').slice(2).join(' '))

describe.concurrent.each(SHELLS)('diagnose, under $name', shell => {
  test('all are asked at once, and told in their order, each with its own time', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    // None of them ends before all have begun.
    const meet = (name: string, rest: string) =>
      `: >${name}; until [ -e a ] && [ -e b ] && [ -e c ]; do sleep 0.1; done; ${rest}; echo ${name}`
    const { tape } = await diagnose(
      talk,
      site,
      [meet('a', 'sleep 1')],
      [meet('b', 'true')],
      [meet('c', 'echo no; exit 3')],
    )
    expect(tape.printed).toEqual(['3.do a', '4.do b', '5.do no'])
    const ends = tape.entries.filter(entry => entry.word === 'end' && entry.step > 2)
    expect(ends).toMatchObject([
      { step: 3, status: 0 },
      { step: 4, status: 0 },
      { step: 5, status: 3 },
    ])
    const [slow, quick] = ends.map(entry => (entry.word === 'end' ? (entry.took ?? Number.NaN) : Number.NaN))
    expect((slow ?? 0) - (quick ?? 0)).toBeGreaterThan(500)
    const numbers = site
      .journal()
      .trim()
      .split('\n')
      .map(line => Number(line.split(' ')[0]))
    expect(numbers).toEqual(numbers.map((_, at) => at + 1))
    talk.session.tell(RUN, 'undo')
    expect(await tape.outcome()).toBe('undone')
    expect(site.live()).toBe('releases/3')
  })

  test('one that hangs delays nobody beyond its own limit, whatever it catches', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const { tape, seconds } = await diagnose(
      talk,
      site,
      [`trap '' TERM; echo before; sleep 60; sleep 60`, 1],
      ['echo quick'],
    )
    expect(seconds).toBeLessThan(30)
    expect(tape.printed).toEqual(['3.do before', '4.do quick'])
    expect(tape.entries.filter(entry => entry.word === 'end' && entry.step > 2)).toMatchObject([
      { step: 3, status: 124 },
      { step: 4, status: 0 },
    ])
    talk.session.tell(RUN, 'undo')
    expect(await tape.outcome()).toBe('undone')
    expect(await comesTrue(() => site.processes().length <= 1, 15)).toBe(true)
  })

  test('a question that can’t even begin is left behind, and the way back is open', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const plan = planOf(site, ['true', 1])
    const hanging = compile(plan).text.replace('run_do() {', 'run_do() { [ "$act_step" = 2 ] || sleep 30;')
    const tape = record()
    await talk.session.start(RUN, seal(hanging), tape)
    await tape.phase('prepared')
    talk.session.tell(RUN, 'switch')
    await tape.phase('switched')
    talk.session.tell(RUN, 'diagnose')
    await tape.until(entry => entry.word === 'diagnosed')
    expect(tape.entries).toContainEqual(expect.objectContaining({ word: 'end', step: 3, status: 124 }))
    talk.session.tell(RUN, 'undo')
    expect(await tape.outcome()).toBe('undone')
  })

  test('of a long log, two hundred lines are told', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const { tape } = await diagnose(talk, site, [
      'number=0; while [ "$number" -lt 300 ]; do number=$((number + 1)); echo "line $number"; done',
    ])
    expect([tape.printed.length, tape.printed[0], tape.printed.at(-1)]).toEqual([
      200,
      '3.do line 101',
      '3.do line 300',
    ])
  })

  test('the program is killed in the middle: its questions end in their time, and the next look brings it back', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    await goThere(talk, planOf(site, [': >asked; sleep 60', 2], ['sleep 60', 2]))
    talk.session.tell(RUN, 'diagnose')
    expect(await comesTrue(() => existsSync(join(site.root, 'asked')))).toBe(true)
    await killProgram(site)
    const settled = record()
    await talk.session.follow(RUN, 'settle', settled)
    expect(await settled.outcome()).toBe('undone')
    expect(site.live()).toBe('releases/3')
    expect(journalOf(site).filter(line => line.startsWith('diagnosed'))).toEqual([])
    talk.session.close()
    expect(await comesTrue(() => site.processes().length === 0, 20)).toBe(true)
  })

  test('where no output can be kept, it goes on', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const out = join(site.state, 'runs', RUN, 'out')
    const { tape } = await diagnose(talk, site, [`rm -rf ${out}; echo gone`], ['echo there'])
    expect(existsSync(out) ? readdirSync(out) : []).not.toContain('3.do')
    expect(tape.entries.filter(entry => entry.word === 'end' && entry.step > 2)).toHaveLength(2)
    expect(readFileSync(join(site.root, 'starts'), 'utf8')).toBe('2')
  })
})
