import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeCheckout, move, planOf, refusedWith } from './checkout.ts'
import { SHELLS } from './shells.ts'
import { makeSite, planFor, RUN, script } from './site.ts'
import { comesTrue, commitRun, goThere, person, talkTo } from './talk.ts'

describe.concurrent.each(SHELLS)('nobody’s work in a checkout is lost, under $name', shell => {
  test('what was put aside and has come back is not touched by a second undo', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const checkout = makeCheckout(site)
    writeFileSync(join(checkout.path, 'version'), 'mended at night\n')
    const tape = await goThere(talk, planOf(site, checkout, { stash: 'yes' }))
    talk.session.tell(RUN, 'revert')
    await tape.phase('reverted')
    expect(checkout.version()).toBe('mended at night')
    const program = Number(site.lock()?.split(':')[3])
    talk.session.tell(RUN, 'hold')
    expect(await tape.outcome()).toBe('needs-operator')
    expect(await comesTrue(() => !site.processes().includes(program))).toBe(true)
    expect((await person(site, shell, 'undo')).status).toBe(0)
    expect(checkout.version()).toBe('mended at night')
  })

  test.each([
    ['', 'refused'],
    ['yes', 'refused'],
  ])('edits that were made after the rollback keep an undo from going over them (stash: %s)', async stash => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const checkout = makeCheckout(site)
    await commitRun(talk, planOf(site, checkout, { stash }))
    writeFileSync(join(checkout.path, 'version'), 'hotfix\n')
    const said = await person(site, shell, 'undo')
    expect(said.status).not.toBe(0)
    expect(said.text).toContain('changes that are in no commit')
    expect([checkout.version(), checkout.git('rev-parse', 'HEAD')]).toEqual(['hotfix', checkout.commits[1]])
  })

  test('edits that are made while the checks look: the way back stops in front of them', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const checkout = makeCheckout(site)
    const tape = await goThere(talk, planOf(site, checkout))
    writeFileSync(join(checkout.path, 'version'), 'hotfix\n')
    talk.session.tell(RUN, 'undo')
    expect(await tape.outcome()).toBe('needs-operator')
    expect(checkout.version()).toBe('hotfix')
    // Put in a safe place, as it says.
    checkout.git('checkout', '--quiet', '--', 'version')
    const program = Number(site.lock()?.split(':')[3])
    expect(await comesTrue(() => !site.processes().includes(program))).toBe(true)
    expect((await person(site, shell, 'undo')).status).toBe(0)
    expect(checkout.version()).toBe('3')
  })

  test('a file that only the commit to come back to has, and that somebody made meanwhile', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const checkout = makeCheckout(site)
    const [, second, third] = checkout.commits
    // From 2, which has a file of its own, to 3, which lacks it; then the application writes one of that name.
    checkout.git('checkout', '--quiet', '--detach', second)
    const data = { before: second, after: third, branch: '' }
    const tape = await goThere(talk, planOf(site, checkout, data))
    writeFileSync(join(checkout.path, 'only-in-2'), 'uploads\n')
    talk.session.tell(RUN, 'undo')
    expect(await tape.outcome()).toBe('needs-operator')
    expect(readFileSync(join(checkout.path, 'only-in-2'), 'utf8')).toBe('uploads\n')
  })

  test('a git that was killed half way leaves a mixture and its locks: undo makes one commit of it again', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const checkout = makeCheckout(site)
    const tape = await goThere(talk, planOf(site, checkout))
    // As if the checkout had died before it wrote HEAD and the index: files of both, the branch where it was.
    checkout.git('symbolic-ref', 'HEAD', 'refs/heads/main')
    checkout.git('read-tree', 'main')
    for (const lock of ['index.lock', 'HEAD.lock']) writeFileSync(join(checkout.path, '.git', lock), '')
    expect([checkout.version(), existsSync(join(checkout.path, 'only-in-2'))]).toEqual(['2', true])
    talk.session.tell(RUN, 'undo')
    expect(await tape.outcome()).toBe('undone')
    expect([checkout.version(), existsSync(join(checkout.path, 'only-in-2'))]).toEqual(['3', false])
    expect(checkout.git('status', '--porcelain')).toBe('')
  })

  test('a submodule that would be left on the wrong commit is refused, whatever its settings hide', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const checkout = makeCheckout(site)
    const inner = join(checkout.path, 'inner')
    execFileSync('git', ['init', '--quiet', inner])
    const commit = (name: string) => {
      execFileSync('git', [
        '-C',
        inner,
        '-c',
        'user.name=M',
        '-c',
        'user.email=m@example.com',
        'commit',
        '--quiet',
        '--allow-empty',
        '-m',
        name,
      ])
      checkout.git('add', '--all')
      checkout.git('commit', '--quiet', '--message', name)
      return checkout.git('rev-parse', 'HEAD')
    }
    writeFileSync(
      join(checkout.path, '.gitmodules'),
      '[submodule "inner"]\n\tpath = inner\n\turl = ./inner\n\tignore = all\n',
    )
    const [after, before] = [commit('one'), commit('two')]
    expect(await refusedWith(talk, planOf(site, checkout, { before, after }))).toContain('Submodules differ')
  })

  test('a start that fails, and an undo that comes twice: the same in the end', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const checkout = makeCheckout(site)
    const fails = script(2, 'start', `[ -e ${site.root}/once ] && exit 0; touch ${site.root}/once; exit 7`)
    const tape = await goThere(talk, planFor(site, { steps: [move(checkout)] }))
    talk.session.tell(RUN, 'undo')
    expect(await tape.outcome()).toBe('undone')
    const second = `${RUN.slice(0, -1)}b`
    const again = await goThere(
      talk,
      planFor(site, { run: second, steps: [move(checkout), { ...fails, severity: 'warn' }] }),
    )
    talk.session.tell(second, 'undo')
    expect(await again.outcome()).toBe('undone')
    expect(checkout.git('status', '--porcelain')).toBe('')
    rmSync(join(site.root, 'once'), { force: true })
    expect(checkout.version()).toBe('3')
  })
})
