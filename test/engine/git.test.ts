import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { git } from '../../src/component/git.ts'
import { readCheckout } from '../../src/component/git-reader.ts'
import { readFacts } from '../../src/release/facts-reader.ts'
import { makeCheckout, move, planOf, refusedWith } from './checkout.ts'
import { SHELLS } from './shells.ts'
import { makeSite, planFor, RUN, script } from './site.ts'
import { commitRun, goThere, person, prepare, talkTo } from './talk.ts'

describe.concurrent.each(SHELLS)('a git checkout, under $name', shell => {
  test('goes to the commit before, leaves a tag on the one that it left, and comes back to its branch', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const checkout = makeCheckout(site)
    const tape = await goThere(talk, planOf(site, checkout))
    expect([checkout.version(), checkout.git('rev-parse', 'HEAD')]).toEqual(['2', checkout.commits[1]])
    expect(checkout.git('rev-parse', `refs/tags/rollbook/${RUN}`)).toBe(checkout.commits[2])
    expect(checkout.git('rev-parse', 'main')).toBe(checkout.commits[2])
    talk.session.tell(RUN, 'undo')
    expect(await tape.outcome()).toBe('undone')
    expect([checkout.version(), checkout.git('symbolic-ref', '--short', 'HEAD')]).toEqual(['3', 'main'])
    expect(checkout.git('status', '--porcelain')).toBe('')
  })

  test('reset takes the branch along; a person on the host undoes it with nothing else at hand', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const checkout = makeCheckout(site)
    expect(await (await commitRun(talk, planOf(site, checkout, { move: 'reset' }))).outcome()).toBe(
      'committed',
    )
    expect(checkout.git('rev-parse', 'main')).toBe(checkout.commits[1])
    expect(checkout.git('symbolic-ref', '--short', 'HEAD')).toBe('main')
    expect((await person(site, shell, 'undo')).status).toBe(0)
    expect([checkout.version(), checkout.git('rev-parse', 'main')]).toEqual(['3', checkout.commits[2]])
  })

  test('changes that are in no commit: refused, and nothing was touched', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const checkout = makeCheckout(site)
    writeFileSync(join(checkout.path, 'version'), 'mended at night\n')
    expect(await refusedWith(talk, planOf(site, checkout))).toContain('changes that are in no commit')
    expect([checkout.version(), checkout.git('rev-parse', 'HEAD')]).toEqual([
      'mended at night',
      checkout.commits[2],
    ])
  })

  test('stash: changes are put aside, and are back after an undo', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const checkout = makeCheckout(site)
    writeFileSync(join(checkout.path, 'version'), 'mended at night\n')
    const tape = await goThere(talk, planOf(site, checkout, { stash: 'yes' }))
    expect(checkout.version()).toBe('2')
    talk.session.tell(RUN, 'undo')
    expect(await tape.outcome()).toBe('undone')
    expect(checkout.version()).toBe('mended at night')
    // What is in it may be nowhere else.
    expect(checkout.git('stash', 'list')).toContain(`rollbook/${RUN}`)
  })

  test('a file that git does not know is never written over', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const checkout = makeCheckout(site)
    writeFileSync(join(checkout.path, 'only-in-2'), 'mine\n')
    expect(await refusedWith(talk, planOf(site, checkout, { move: 'reset' }))).toContain('only-in-2')
    expect(readFileSync(join(checkout.path, 'only-in-2'), 'utf8')).toBe('mine\n')
  })

  test('somebody else moved it between the look and the run: refused', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const checkout = makeCheckout(site)
    checkout.git('checkout', '--quiet', '--detach', checkout.commits[0])
    expect(await refusedWith(talk, planOf(site, checkout))).toContain('something else moved it meanwhile')
    expect(checkout.version()).toBe('1')
  })

  test('what it writes can be read by whom a deploy lets read it', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell, { login: 'umask 027' })
    const checkout = makeCheckout(site)
    const modeOf = (file: string) => (statSync(join(checkout.path, file)).mode & 0o777).toString(8)
    await commitRun(talk, planOf(site, checkout))
    expect(['version', 'only-in-2', '.git/index'].map(modeOf)).toEqual(['640', '640', '640'])
  })

  test('hooks of the checkout do not run', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const checkout = makeCheckout(site)
    const hook = join(checkout.path, '.git/hooks/post-checkout')
    mkdirSync(join(checkout.path, '.git/hooks'), { recursive: true })
    writeFileSync(hook, `#!/bin/sh\ntouch ${site.root}/hook-ran\n`)
    chmodSync(hook, 0o755)
    expect(await (await commitRun(talk, planOf(site, checkout))).outcome()).toBe('committed')
    expect(existsSync(join(site.root, 'hook-ran'))).toBe(false)
  })

  test('a start that fails afterwards: back on the branch; a lock that a dead git left is in nobody’s way', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const checkout = makeCheckout(site)
    const lock = join(checkout.path, '.git/index.lock')
    const fails = script(
      2,
      'start',
      `[ -e ${site.root}/once ] && exit 0; touch ${site.root}/once ${lock}; exit 7`,
    )
    const tape = await prepare(talk, planFor(site, { steps: [move(checkout), fails] }))
    talk.session.tell(RUN, 'switch')
    await tape.phase('failed')
    talk.session.tell(RUN, 'undo')
    expect(await tape.outcome()).toBe('undone')
    expect([checkout.version(), checkout.git('symbolic-ref', '--short', 'HEAD')]).toEqual(['3', 'main'])
    expect(existsSync(lock)).toBe(false)
  })

  test('what a checkout offers is read as it is, and nothing is written for it', async () => {
    using site = makeSite()
    const checkout = makeCheckout(site)
    checkout.git('tag', 'v2', checkout.commits[1])
    checkout.git('tag', '--annotate', '--message', 'the first', 'v1', checkout.commits[0])
    writeFileSync(join(checkout.path, 'version'), 'changed\n')
    const index = readFileSync(join(checkout.path, '.git/index'))
    const question = git.component.question({ value: { path: checkout.path } } as never, 'HEAD~2')
    await using talk = await talkTo(site, shell, { questions: [question] })
    const [answer = []] = readFacts('web', talk.session.facts).answers
    const read = readCheckout(answer)
    expect(read).toMatchObject({
      problem: undefined,
      head: checkout.commits[2],
      branch: 'main',
      busy: [],
      changes: [' M version'],
      target: checkout.commits[0],
    })
    expect(read.commits.map(({ subject }) => subject)).toEqual(['version 3', 'version 2', 'version 1'])
    expect(Object.fromEntries(read.tags)).toEqual({ v1: checkout.commits[0], v2: checkout.commits[1] })
    expect(readFileSync(join(checkout.path, '.git/index'))).toEqual(index)
  })

  test('a folder that is no checkout says so', async () => {
    using site = makeSite()
    const question = git.component.question({ value: { path: site.root } } as never, 'previous')
    await using talk = await talkTo(site, shell, { questions: [question] })
    const [answer = []] = readFacts('web', talk.session.facts).answers
    expect(readCheckout(answer).problem).toBe('no-repository')
  })
})
