import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { HostPlan } from '../../src/engine/plan.ts'
import { SHELLS } from './shells.ts'
import { flip, makeSite, planFor, RUN, type Site, script } from './site.ts'
import { comesTrue, commitRun, environmentOf, goThere, killProgram, person, prepare, talkTo } from './talk.ts'

describe.concurrent.each(SHELLS)('a person on the host, under $name', shell => {
  const say = (site: Site, verb: string) => person(site, shell, verb)

  /** A run that is switched, and whose program is then killed. */
  async function leaveDead(site: Site, rest: Partial<HostPlan> = {}): Promise<void> {
    await using talk = await talkTo(site, shell)
    await goThere(talk, planFor(site, rest))
    await killProgram(site)
  }

  test('undo after the commit, and once more', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    await commitRun(talk, planFor(site))
    const words = 'Done: 3 is live, as before this run.\n'
    expect(await say(site, 'undo')).toEqual({ status: 0, text: words })
    expect([site.live(), site.starts(), site.ledger()]).toEqual([
      'releases/3',
      '23',
      ['rolled-back', 'undone'],
    ])
    expect(await say(site, 'undo')).toEqual({ status: 0, text: words })
    expect([site.starts(), site.ledger(), site.lock()]).toEqual(['23', ['rolled-back', 'undone'], undefined])
  })

  test('undo while the runner waits after the switch: the runner hears of it', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const tape = await goThere(talk, planFor(site))
    expect(await say(site, 'undo')).toEqual({ status: 0, text: 'Done: 3 is live, as before this run.\n' })
    expect(await tape.outcome()).toBe('undone')
    expect(site.live()).toBe('releases/3')
  })

  test('undo before the switch', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    await prepare(talk, planFor(site))
    expect(await say(site, 'undo')).toEqual({ status: 0, text: 'Nothing was changed.\n' })
    expect(site.lock()).toBeUndefined()
  })

  test('undo of a run whose program died after the switch', async () => {
    using site = makeSite()
    await leaveDead(site)
    expect(await say(site, 'undo')).toEqual({ status: 0, text: 'Done: 3 is live, as before this run.\n' })
    expect([site.live(), site.starts(), site.lock()]).toEqual(['releases/3', '23', undefined])
  })

  test('undo of a run that died between its ledger and its last word: the ledger tells both', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    await goThere(talk, planFor(site))
    await killProgram(site)
    const entry = '{"at":1,"event":"rolled-back","release":"2","from":"3","run":"20261120T141058Z-aaaaaa"}\n'
    writeFileSync(join(site.state, 'ledger.jsonl'), entry)
    writeFileSync(join(site.state, 'runs', RUN, 'journal'), '99 1.00 phase commit committed .\n', {
      flag: 'a',
    })
    expect(await say(site, 'undo')).toEqual({ status: 0, text: 'Done: 3 is live, as before this run.\n' })
    expect([site.live(), site.ledger()]).toEqual(['releases/3', ['rolled-back', 'undone']])
  })

  test('undo goes back to a release that fails its checks: that is for the person to say', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const check = script(3, 'verify', '[ "$(cat current/public/version)" = "$ROLLBOOK_TO" ]', {
      in: site.root,
    })
    await commitRun(talk, planFor(site, { steps: [flip(site), check] }))
    expect((await say(site, 'undo')).status).toBe(0)
    expect(site.live()).toBe('releases/3')
  })

  test('commit of a run that waits, and of one whose program died', async () => {
    using waits = makeSite()
    using dead = makeSite()
    await using talk = await talkTo(waits, shell)
    const tape = await goThere(talk, planFor(waits))
    expect(await say(waits, 'commit')).toEqual({ status: 0, text: 'Done: 2 is live.\n' })
    expect(await tape.outcome()).toBe('committed')
    await leaveDead(dead)
    for (let twice = 0; twice < 2; twice += 1) {
      expect(await say(dead, 'commit')).toEqual({ status: 0, text: 'Done: 2 is live.\n' })
    }
    expect([dead.live(), dead.ledger(), dead.lock()]).toEqual(['releases/2', ['rolled-back'], undefined])
  })

  test('commit of a dead run whose link was changed since is refused, and it keeps its lock', async () => {
    using site = makeSite()
    await leaveDead(site)
    rmSync(join(site.root, 'current'))
    symlinkSync('releases/1', join(site.root, 'current'))
    const said = await say(site, 'commit')
    expect(said.status).toBe(1)
    expect(said.text).toContain('something else has changed what this run had switched')
    expect([site.live(), site.ledger()]).toEqual(['releases/1', []])
    expect(site.lock()).toContain(RUN)
  })

  test('commit of a run that failed half way is refused, and it keeps its lock', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const fails = script(3, 'start', '[ "$(cat current/public/version)" = 3 ]', { in: site.root })
    const tape = await prepare(talk, planFor(site, { steps: [flip(site), fails] }))
    talk.session.tell(RUN, 'switch')
    await tape.phase('failed')
    await killProgram(site)
    const said = await say(site, 'commit')
    expect(said.status).toBe(1)
    expect(said.text).toContain('Nothing to commit: this run is at failed.')
    expect(site.lock()).toContain(RUN)
    expect((await say(site, 'undo')).status).toBe(0)
    expect([site.live(), site.lock()]).toEqual(['releases/3', undefined])
  })

  test('a run that needs its operator is undone once what was wrong is mended', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const tape = await goThere(talk, planFor(site))
    rmSync(join(site.root, 'current'))
    symlinkSync('releases/1', join(site.root, 'current'))
    talk.session.tell(RUN, 'undo')
    expect(await tape.outcome()).toBe('needs-operator')
    const again = await say(site, 'undo')
    expect(again.status).toBe(3)
    expect(again.text).toContain(`This needs you: look at ${join(site.state, 'runs', RUN)}/journal`)
    expect([site.live(), site.lock() === undefined]).toEqual(['releases/1', false])
    rmSync(join(site.root, 'current'))
    symlinkSync('releases/2', join(site.root, 'current'))
    expect(await say(site, 'undo')).toEqual({ status: 0, text: 'Done: 3 is live, as before this run.\n' })
    expect([site.live(), site.lock()]).toEqual(['releases/3', undefined])
  })

  test('undo waits for a run of another, and names it', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    await commitRun(talk, planFor(site))
    await prepare(talk, planFor(site, { run: `${RUN}b`, steps: [] }))
    const said = await say(site, 'undo')
    expect(said.status).toBe(1)
    expect(said.text).toContain(`The lock is held: v1:${RUN}b:`)
    expect(site.live()).toBe('releases/2')
    talk.session.tell(`${RUN}b`, 'undo')
    expect(await comesTrue(() => site.lock() === undefined)).toBe(true)
    expect((await say(site, 'undo')).status).toBe(0)
    expect(site.live()).toBe('releases/3')
  })

  test('status says where a run is, and changes nothing', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    await goThere(talk, planFor(site))
    const before = site.journal()
    const said = await say(site, 'status')
    expect(said.status).toBe(0)
    expect(said.text).toMatch(
      /^run \S+ of shop, production: 3 -> 2\ndirection forward, phase switched, outcome none yet\nlock v1:\S+ \(alive\)\n$/,
    )
    expect(site.journal()).toBe(before)
  })

  test('it can be called from anywhere and in any way, and explains itself', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    await commitRun(talk, planFor(site))
    const folder = join(site.state, 'runs', RUN)
    const decoy = join(site.root, 'decoy')
    mkdirSync(join(decoy, 'runs', RUN), { recursive: true })
    const env = { ...environmentOf(site, shell), CDPATH: decoy }
    const status = (file: string, cwd: string) =>
      execFileSync(file, ['status'], { cwd, env, encoding: 'utf8' })
    const wanted = status(join(folder, 'rollbook'), '/')
    expect(wanted).toContain('outcome committed')
    expect(status('./rollbook', folder)).toBe(wanted)
    expect(status(`runs/${RUN}/rollbook`, site.state)).toBe(wanted)
    expect(await say(site, 'help')).toEqual({
      status: 64,
      text: 'usage: ./rollbook undo | commit | status\n',
    })
    expect(readFileSync(join(folder, 'rollbook'), 'utf8')).toMatch(/^#!\/bin\/sh\n# Rollbook, run /)
  })
})
