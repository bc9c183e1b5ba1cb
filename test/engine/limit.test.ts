import { describe, expect, test } from 'vitest'
import { SHELLS } from './shells.ts'
import { compile, flip, makeSite, planFor, RUN, type Site, script, seal } from './site.ts'
import { comesTrue, killProgram, record, talkTo } from './talk.ts'

describe.concurrent.each(SHELLS)('the time limit of a step, under $name', shell => {
  /** Runs a plan whose start may take a second, up to the end of that step; returns its status. */
  async function tooSlow(
    site: Site,
    text: string,
    garble = (program: string): string => program,
  ): Promise<number> {
    await using talk = await talkTo(site, shell)
    const slow = script(3, 'start', text, { in: site.root, timeout: 1 })
    const { text: program } = compile(planFor(site, { steps: [flip(site), slow] }))
    const tape = record()
    await talk.session.start(RUN, seal(garble(program)), tape)
    await tape.phase('prepared')
    talk.session.tell(RUN, 'switch')
    await tape.phase('failed')
    const [status] = tape.entries.flatMap(entry =>
      entry.word === 'end' && entry.step === 3 && entry.action === 'do' ? [entry.status] : [],
    )
    await killProgram(site)
    await tape.outcome()
    return status ?? 0
  }

  const noTimeout = (program: string) => program.replace('if timeout --foreground', 'if false --foreground')
  const noSetsid = (program: string) =>
    noTimeout(program).replaceAll('command -v setsid', 'command -v no-setsid')

  test.each([
    ['with the timeout of the host', (program: string) => program],
    ['without timeout', noTimeout],
  ] as const)('%s: the step is ended, and so is what it started', async (_, garble) => {
    using site = makeSite()
    expect(await tooSlow(site, 'sleep 77 & sleep 77', garble)).toBe(124)
    expect(await comesTrue(() => site.processes().length === 0, 4)).toBe(true)
    expect(site.live()).toBe('releases/2')
  })

  test('without timeout and setsid: the step is ended', async () => {
    using site = makeSite()
    expect(await tooSlow(site, 'exec sleep 77', noSetsid)).toBe(124)
    expect(await comesTrue(() => site.processes().length === 0, 4)).toBe(true)
  })

  test('without timeout: a step that is in time leaves nobody waiting for it', async () => {
    using site = makeSite()
    expect(await tooSlow(site, 'exit 5', noTimeout)).toBe(5)
    expect(await comesTrue(() => site.processes().length === 0, 2)).toBe(true)
  })

  test('a step that a signal ended in time is not taken for a slow one', async () => {
    using site = makeSite()
    expect(await tooSlow(site, 'kill -9 $$')).toBe(137)
  })
})
