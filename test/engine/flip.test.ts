import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { quote } from '../../src/host/quote.ts'
import { SHELLS } from './shells.ts'
import { compile, flip, makeSite, planFor, RUN, type Site } from './site.ts'
import { commitRun, environmentOf, goThere, person, prepare, record, talkTo } from './talk.ts'

// Never stops looking at what is live, and counts what it could not find; until it is told to, and has looked often enough.
const READER = `
const { readFileSync } = require('node:fs')
const seen = new Set()
let reads = 0, misses = 0, told = false
process.stdin.resume().on('end', () => { told = true })
const look = () => {
  for (let i = 0; i < 200; i += 1, reads += 1) {
    try {
      seen.add(readFileSync(process.argv[1] + '/public/version', 'utf8'))
    } catch {
      misses += 1
    }
  }
  if (!told || reads < Number(process.argv[2])) return setImmediate(look)
  console.log(JSON.stringify({ reads, misses, seen: [...seen].sort() }))
}
look()
`
const READS = 40_000
/** A flip waits for the disk twice; how many fit into a second is the disk's affair. */
const FLIPS = 24

// Goes to and fro with the functions of the kind, and prints a line each time, until it is ended.
const flipper = (site: Site): string => `
  . ${quote(fileURLToPath(new URL('../../src/component/symlink.sh', import.meta.url)))}
  durable() { sync "$@"; }
  plan_run=${RUN} arg_before=releases/3 arg_after=releases/2 arg_link=${quote(join(site.root, 'current'))}
  while symlink_do && echo there && symlink_undo && echo back; do :; done`

/** Everything that a process prints, once it has ended. */
const output = (child: ReturnType<typeof spawn>): Promise<string> =>
  new Promise(resolve => {
    let text = ''
    child.stdout?.setEncoding('utf8').on('data', (more: string) => {
      text += more
    })
    child.on('close', () => resolve(text))
  })

/** Waits for so many lines; fewer come when the process ends before. */
const lines = (child: ReturnType<typeof spawn>, count: number): Promise<number> =>
  new Promise(resolve => {
    let seen = 0
    const settle = () => resolve(seen)
    child.stdout?.setEncoding('utf8').on('data', (more: string) => {
      seen += more.split('\n').length - 1
      if (seen >= count) settle()
    })
    child.on('close', settle)
  })

describe.concurrent('a reader that never stops looking', () => {
  test.each(SHELLS)('sees complete releases only while $name flips', async shell => {
    using site = makeSite()
    const env = environmentOf(site, shell)
    const reader = spawn(process.execPath, ['-e', READER, join(site.root, 'current'), String(READS)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const found = output(reader)
    const flipping = spawn(shell.sh, ['-c', flipper(site)], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    try {
      expect(await lines(flipping, FLIPS)).toBeGreaterThanOrEqual(FLIPS)
      reader.stdin.end()
      const seen = JSON.parse(await found) as { reads: number; misses: number; seen: string[] }
      expect(seen.reads).toBeGreaterThanOrEqual(READS)
      expect([seen.misses, seen.seen]).toEqual([0, ['2', '3']])
    } finally {
      reader.kill()
      flipping.kill()
    }
  })
})

describe.concurrent.each(SHELLS)('the flip, under $name', shell => {
  /** A run that does not get as far as `prepared`: what the readiness of the link said, and its status. */
  async function refusal(
    site: Site,
    data: Record<string, string> = {},
  ): Promise<{ status: number; words: string }> {
    await using talk = await talkTo(site, shell)
    const tape = record()
    await talk.session.start(RUN, compile(planFor(site, { steps: [flip(site, data)] })), tape)
    expect(await tape.outcome()).toBe('refused')
    expect(site.lock()).toBeUndefined()
    const [end] = tape.entries.flatMap(entry => (entry.word === 'end' ? [entry.status] : []))
    return { status: end ?? 0, words: tape.printed.map(line => line.replace('1.ready ', '')).join('\n') }
  }

  test('keeps the style of the link: relative stays relative, absolute stays absolute', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const before = join(site.root, 'releases/3')
    rmSync(join(site.root, 'current'))
    symlinkSync(before, join(site.root, 'current'))
    const tape = await goThere(
      talk,
      planFor(site, { steps: [flip(site, { before, after: join(site.root, 'releases/2') })] }),
    )
    expect(site.live()).toBe(join(site.root, 'releases/2'))
    talk.session.tell(RUN, 'undo')
    await tape.outcome()
    expect(site.live()).toBe(before)
  })

  test('refuses a current that is a folder, a file, or not there', async () => {
    const makers = [
      (path: string) => mkdirSync(join(path, 'kept'), { recursive: true }),
      (path: string) => writeFileSync(path, ''),
      () => {},
    ]
    for (const make of makers) {
      using site = makeSite()
      const current = join(site.root, 'current')
      rmSync(current)
      make(current)
      const before = readdirSync(site.root, { recursive: true })
      expect(await refusal(site)).toEqual({ status: 1, words: `${current} is not a symbolic link.` })
      expect(readdirSync(site.root, { recursive: true }).filter(name => !name.includes('home/'))).toEqual(
        before,
      )
    }
  })

  test('refuses a current that something else changed since it was looked at', async () => {
    using site = makeSite()
    rmSync(join(site.root, 'current'))
    symlinkSync('releases/1', join(site.root, 'current'))
    expect((await refusal(site)).words).toContain('points to releases/1, and not to releases/3 any more')
    expect(site.live()).toBe('releases/1')
  })

  test('refuses a target outside releases, whatever way it is written', async () => {
    using site = makeSite()
    mkdirSync(join(site.root, 'other'))
    symlinkSync('../other', join(site.root, 'releases/alias'))
    for (const after of [
      'releases/../other',
      '../../../../../../etc',
      '/etc',
      'releases/alias',
      'other',
      'releases',
      'releases/.',
    ]) {
      const { status, words } = await refusal(site, { after })
      expect([after, status]).toEqual([after, 1])
      expect(words).toContain(`lies outside ${join(site.root, 'releases')}`)
      rmSync(join(site.state, 'runs'), { recursive: true })
    }
    expect(site.live()).toBe('releases/3')
  })

  test('refuses a target that is not there, or is no folder', async () => {
    using site = makeSite()
    writeFileSync(join(site.root, 'releases/file'), '')
    expect((await refusal(site, { after: 'releases/9' })).words).toBe('releases/9 is not there.')
    rmSync(join(site.state, 'runs'), { recursive: true })
    expect((await refusal(site, { after: 'releases/file' })).words).toBe(
      'releases/file is not a folder; what is live is one.',
    )
  })

  test('refuses a target that lacks what the live one has, with a status of its own, unless that is accepted', async () => {
    using site = makeSite()
    mkdirSync(join(site.root, 'releases/3/vendor'))
    symlinkSync('../../shared/.env', join(site.root, 'releases/3/.env'))
    symlinkSync('/nowhere', join(site.root, 'releases/2/storage'))
    mkdirSync(join(site.root, 'releases/3/storage'))
    writeFileSync(join(site.root, 'releases/3/CHANGES'), '')
    const { status, words } = await refusal(site)
    expect(status).toBe(20)
    expect(words.split('\n').sort()).toEqual([
      'Links at the top of the target lead nowhere: storage',
      'The target lacks at its top what the live release has: vendor .env',
      'warning: the target has no file CHANGES at its top; the live release has',
    ])
    rmSync(join(site.state, 'runs'), { recursive: true })
    await using talk = await talkTo(site, shell)
    await commitRun(talk, planFor(site, { steps: [flip(site, { lacking: 'allow' })] }))
    expect(site.live()).toBe('releases/2')
    // Back is back, whatever the target has more.
    mkdirSync(join(site.root, 'releases/2/node_modules'))
    expect((await person(site, shell, 'undo')).status).toBe(0)
    expect(site.live()).toBe('releases/3')
  })

  test('never overwrites what another tool has put there meanwhile', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const tape = await prepare(talk, planFor(site))
    rmSync(join(site.root, 'current'))
    symlinkSync('releases/1', join(site.root, 'current'))
    talk.session.tell(RUN, 'switch')
    await tape.phase('failed')
    talk.session.tell(RUN, 'undo')
    expect([await tape.outcome(), site.live()]).toEqual(['needs-operator', 'releases/1'])
  })

  test('is not committed when another tool has moved it while the runner looked', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const tape = await goThere(talk, planFor(site))
    rmSync(join(site.root, 'current'))
    symlinkSync('releases/1', join(site.root, 'current'))
    talk.session.tell(RUN, 'commit')
    await tape.phase('failed')
    talk.session.tell(RUN, 'undo')
    expect([await tape.outcome(), site.live(), site.ledger()]).toEqual(['needs-operator', 'releases/1', []])
  })

  test('a target that was cleaned away after the plan is not switched to', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const tape = await prepare(talk, planFor(site))
    rmSync(join(site.root, 'releases/2'), { recursive: true })
    talk.session.tell(RUN, 'switch')
    await tape.phase('failed')
    talk.session.tell(RUN, 'undo')
    expect(await tape.outcome()).toBe('undone')
    expect([site.live(), site.starts()]).toEqual(['releases/3', ''])
  })

  test('what an earlier try left beside the link is cleared away', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    symlinkSync('releases/1', join(site.root, `current.rollbook-${RUN}`))
    // That of another run is not ours to remove.
    symlinkSync('releases/1', join(site.root, 'current.rollbook-other'))
    await commitRun(talk, planFor(site))
    expect(site.live()).toBe('releases/2')
    expect(
      readdirSync(site.root)
        .filter(name => name.startsWith('current'))
        .sort(),
    ).toEqual(['current', 'current.rollbook-other'])
    expect(readdirSync(join(site.root, 'releases/3'))).toEqual(['public'])
  })

  test('a link that was live goes back to where it was, though that lies elsewhere', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    mkdirSync(join(site.root, 'hotfix/public'), { recursive: true })
    writeFileSync(join(site.root, 'hotfix/public/version'), 'hotfix')
    rmSync(join(site.root, 'current'))
    symlinkSync('hotfix', join(site.root, 'current'))
    await commitRun(talk, planFor(site, { steps: [flip(site, { before: 'hotfix' })] }))
    expect((await person(site, shell, 'undo')).text).toBe('Done: 3 is live, as before this run.\n')
    expect(site.live()).toBe('hotfix')
  })
})
