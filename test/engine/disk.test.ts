import { execFileSync } from 'node:child_process'
import { appendFileSync, closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { SHELLS } from './shells.ts'
import { compile, flip, makeSite, planFor, RUN, type Site, script } from './site.ts'
import { goThere, record, talkTo } from './talk.ts'

/** A state folder on a file system of its own, which is small, and has room for so many names. */
function onSmallDisk(
  site: Site,
  kilobytes: number,
  names = 1000,
): Disposable & { fill(): void; free(): void; fillNames(): void; freeNames(): void } {
  const folder = join(site.home, '.rollbook')
  mkdirSync(folder)
  const options = `size=${kilobytes}k,nr_inodes=${names},mode=700`
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'rollbook-test', folder])
  const filler = join(folder, 'filler')
  const crowd = join(folder, 'crowd')
  return {
    fillNames() {
      mkdirSync(crowd)
      try {
        for (let at = 0; ; at += 1) closeSync(openSync(join(crowd, String(at)), 'w'))
      } catch {
        // None is left.
      }
    },
    freeNames: () => rmSync(crowd, { recursive: true, force: true }),
    fill() {
      const file = openSync(filler, 'a')
      try {
        while (true) writeSync(file, Buffer.alloc(1024))
      } catch {
        closeSync(file)
      }
    },
    free: () => rmSync(filler, { force: true }),
    [Symbol.dispose]() {
      execFileSync('umount', ['--lazy', folder])
    },
  }
}

/** Fills the journal up to the last bytes of its page, where there would still be room. */
function padJournal(site: Site): void {
  const line = '1 1.00 padding  .\n'
  const room = 4096 - 8 - (site.journal().length % 4096) - line.length
  appendFileSync(join(site.state, 'runs', RUN, 'journal'), line.replace('  ', ` ${'x'.repeat(room)} `))
}

/** Only root can mount; where that is not allowed either, these tests say nothing. */
const canMount = ((): boolean => {
  if (process.getuid?.() !== 0) return false
  using site = makeSite()
  try {
    onSmallDisk(site, 64)[Symbol.dispose]()
    return true
  } catch {
    return false
  }
})()

describe.runIf(canMount).concurrent.each(SHELLS)('a disk that is full, under $name', shell => {
  test('before the run: it is refused, and nothing is left that could begin', async () => {
    using site = makeSite()
    using disk = onSmallDisk(site, 256)
    await using talk = await talkTo(site, shell)
    disk.fill()
    await expect(talk.session.start(RUN, compile(planFor(site)), record())).rejects.toThrow('state folder')
    expect(site.live()).toBe('releases/3')
    disk.free()
    expect(await (await goThere(talk, planFor(site))).entries.at(-1)).toEqual({
      word: 'phase',
      phase: 'switched',
    })
  })

  test('no inode is left before the run: it is refused, and goes when there are some again', async () => {
    using site = makeSite()
    using disk = onSmallDisk(site, 256, 60)
    await using talk = await talkTo(site, shell)
    disk.fillNames()
    await expect(talk.session.start(RUN, compile(planFor(site)), record())).rejects.toThrow('state folder')
    expect([site.live(), site.lock()]).toEqual(['releases/3', undefined])
    disk.freeNames()
    expect((await goThere(talk, planFor(site))).entries.at(-1)).toEqual({ word: 'phase', phase: 'switched' })
  })

  test('no inode is left after the switch: it goes back all the same', async () => {
    using site = makeSite()
    using disk = onSmallDisk(site, 256, 60)
    await using talk = await talkTo(site, shell)
    const tape = await goThere(talk, planFor(site))
    disk.fillNames()
    talk.session.tell(RUN, 'undo')
    expect(await tape.outcome()).toBe('undone')
    expect([site.live(), site.starts(), site.lock()]).toEqual(['releases/3', '23', undefined])
  })

  test('after the switch: the reserve is enough to tell how it goes back', async () => {
    using site = makeSite()
    using disk = onSmallDisk(site, 256)
    await using talk = await talkTo(site, shell)
    const tape = await goThere(talk, planFor(site))
    rmSync(join(site.state, 'runs', RUN, 'at-work'))
    padJournal(site)
    disk.fill()
    talk.session.tell(RUN, 'undo')
    expect(await tape.outcome()).toBe('undone')
    expect([site.live(), site.starts(), site.lock()]).toEqual(['releases/3', '23', undefined])
    expect(site.journal()).toContain(' phase revert .\n')
    // The line that did not fit was closed, and said once more: nothing is glued to it.
    const lines = site
      .journal()
      .split('\n')
      .filter(line => line.endsWith(' .'))
    expect(lines.filter(line => !/^\d+ \d+\.\d\d [a-z]+ /.test(line))).toEqual([])
  })

  test('after the switch, committed: the ledger has its whole line', async () => {
    using site = makeSite()
    using disk = onSmallDisk(site, 256)
    await using talk = await talkTo(site, shell)
    const tape = await goThere(talk, planFor(site))
    disk.fill()
    talk.session.tell(RUN, 'commit')
    expect(await tape.outcome()).toBe('committed')
    expect(site.ledger()).toEqual(['rolled-back'])
  })

  test('so full that nothing can be told: it goes back all the same, and keeps its lock until that can be told', async () => {
    using site = makeSite()
    using disk = onSmallDisk(site, 256)
    const talk = await talkTo(site, shell)
    const tape = await goThere(talk, planFor(site))
    const folder = join(site.state, 'runs', RUN)
    for (const name of ['reserve', 'at-work']) rmSync(join(folder, name))
    padJournal(site)
    disk.fill()
    talk.session.tell(RUN, 'undo')
    expect(await tape.outcome()).toBe('gone')
    expect(site.journal().slice(-20)).not.toContain('outcome')
    expect([site.live(), site.starts()]).toEqual(['releases/3', '23'])
    expect(site.lock()).toContain(RUN)
    disk.free()
    const settled = record()
    await talk.session.follow(RUN, 'settle', settled)
    // The journal stops at `switched`, but that is not what the link says.
    expect(await settled.outcome()).toBe('undone')
    expect([site.live(), site.ledger()]).toEqual(['releases/3', []])
    expect(site.lock()).toBeUndefined()
    talk.hangUp()
  })
})

describe.concurrent.each(SHELLS)('a folder that somebody tidied, under $name', shell => {
  test('what steps print can not be kept any more: it goes back all the same', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const tape = await goThere(talk, planFor(site))
    rmSync(join(site.state, 'runs', RUN, 'out'), { recursive: true })
    talk.session.tell(RUN, 'undo')
    expect(await tape.outcome()).toBe('undone')
    expect([site.live(), site.starts(), site.lock()]).toEqual(['releases/3', '23', undefined])
  })
})

describe.concurrent.each(SHELLS)('files that may not grow, under $name', shell => {
  test('a run that can write nothing never reaches its switch', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell, { login: 'ulimit -f 30; trap "" XFSZ' })
    const tape = record()
    const big = script(9, 'start', `: ${'x'.repeat(60_000)}`)
    const begun = talk.session.start(RUN, compile(planFor(site, { steps: [flip(site), big] })), tape)
    await expect(begun).rejects.toThrow('state folder')
    expect(site.live()).toBe('releases/3')
  })
})
