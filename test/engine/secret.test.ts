import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { SHELLS } from './shells.ts'
import { compile, flip, makeSite, planFor, RUN, type Site, script } from './site.ts'
import { comesTrue, commitRun, environmentOf, goThere, killProgram, person, record, talkTo } from './talk.ts'

const SECRET = `s3same "quo'ted" $HOME \`id\` \\n %s\n2 unlock ${RUN}\nline with trailing newline\n`

const NEXT = '20261120T150000Z-bbbbbb'
const NEVER_BEGAN = '20261120T140000Z-cccccc'

/** Every file below a folder that holds a part of the secret. */
const filesWithSecret = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(each => each.isFile())
    .map(each => join(each.parentPath, each.name))
    .filter(path => readFileSync(path, 'utf8').includes('s3same'))

const leaks = (site: Site): string[] => [
  ...filesWithSecret(join(site.state)),
  ...site
    .processes()
    .filter(pid => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('s3same')
      } catch {
        return false
      }
    })
    .map(pid => `process ${pid}`),
]

describe.concurrent.each(SHELLS)('a secret, under $name', shell => {
  const planWith = (site: Site, text: string) => {
    const uses = script(3, 'start', text, { in: site.root, secrets: ['TOKEN', 'EMPTY'] })
    const other = script(4, 'start', 'printenv TOKEN || echo not for me', { in: site.root })
    return planFor(site, { onLostContact: 'undo', steps: [flip(site), uses, other] })
  }

  test('is seen by the step that may, byte for byte, and by nobody else; it is gone when the run ends', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    await talk.session.keepSecret(RUN, 'TOKEN', SECRET)
    await talk.session.keepSecret(RUN, 'EMPTY', '')
    const file = join(site.state, 'runs', RUN, 'secrets/TOKEN')
    expect([statSync(file).mode & 0o777, statSync(join(file, '..')).mode & 0o777]).toEqual([0o600, 0o700])
    const tape = await goThere(
      talk,
      planWith(site, 'printf %s "$TOKEN" >token; printf %s "[$EMPTY]" >empty; echo done'),
    )
    expect(readFileSync(join(site.root, 'token'), 'utf8')).toBe(SECRET)
    expect(readFileSync(join(site.root, 'empty'), 'utf8')).toBe('[]')
    expect(await comesTrue(() => tape.printed.includes('4.do not for me'))).toBe(true)
    expect(leaks(site)).toEqual([file])
    talk.session.tell(RUN, 'commit')
    await tape.outcome()
    expect(leaks(site)).toEqual([])
    expect(existsSync(join(file, '..'))).toBe(false)
    expect(talk.lines.join('\n')).not.toContain('s3same')
  })

  test('is nowhere in what can be listed while its step runs', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    await talk.session.keepSecret(RUN, 'TOKEN', SECRET)
    await talk.session.keepSecret(RUN, 'EMPTY', '')
    const tape = record()
    await talk.session.start(RUN, compile(planWith(site, 'touch begun; sleep 0.5')), tape)
    await tape.phase('prepared')
    talk.session.tell(RUN, 'switch')
    expect(await comesTrue(() => existsSync(join(site.root, 'begun')))).toBe(true)
    expect(leaks(site)).toEqual([join(site.state, 'runs', RUN, 'secrets/TOKEN')])
    await tape.phase('switched')
    talk.session.tell(RUN, 'undo')
    await tape.outcome()
    expect(leaks(site)).toEqual([])
  })

  test('is gone after a dead run was put in order, which needed it for the way back', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    await talk.session.keepSecret(RUN, 'TOKEN', SECRET)
    await talk.session.keepSecret(RUN, 'EMPTY', '')
    await goThere(talk, planWith(site, 'printf %s "$TOKEN" >token'))
    await killProgram(site)
    const tape = record()
    await talk.session.follow(RUN, 'settle', tape)
    expect(await tape.outcome()).toBe('undone')
    expect(leaks(site)).toEqual([])
  })

  test('that a killed courier left is gone with the next run, whether its own never began or had ended', async () => {
    using site = makeSite()
    await using before = await talkTo(site, shell)
    await before.session.keepSecret(RUN, 'TOKEN', SECRET)
    await before.session.keepSecret(RUN, 'EMPTY', '')
    await commitRun(before, planWith(site, 'true'))
    const killed = await talkTo(site, shell)
    await killed.session.keepSecret(RUN, 'TOKEN', SECRET)
    await killed.session.keepSecret(NEVER_BEGAN, 'TOKEN', SECRET)
    const end = new Promise(resolve => killed.courier.once('exit', resolve))
    killed.courier.kill('SIGKILL')
    await end
    await using talk = await talkTo(site, shell)
    await talk.session.probe()
    expect(leaks(site)).toHaveLength(2)
    await commitRun(
      talk,
      planFor(site, { run: NEXT, steps: [script(1, 'start', 'true', { in: site.root })] }),
    )
    expect(await comesTrue(() => leaks(site).length === 0)).toBe(true)
    expect(existsSync(join(site.state, 'runs', NEVER_BEGAN, 'secrets'))).toBe(false)
  })

  test('stays while another run comes and goes, as long as somebody is there who may still need it', async () => {
    using site = makeSite()
    await using waits = await talkTo(site, shell)
    await waits.session.keepSecret(RUN, 'TOKEN', SECRET)
    await waits.session.keepSecret(RUN, 'EMPTY', '')
    await using other = await talkTo(site, shell)
    await other.session.keepSecret(NEXT, 'TOKEN', 'its own')
    const its = script(1, 'start', 'test "$TOKEN" = "its own"', { in: site.root, secrets: ['TOKEN'] })
    await commitRun(other, planFor(site, { run: NEXT, steps: [its] }))
    await goThere(waits, planWith(site, 'printf %s "$TOKEN" >token'))
    expect(readFileSync(join(site.root, 'token'), 'utf8')).toBe(SECRET)
    // Its program and its courier die: whoever puts the run in order needs them for the way back.
    await killProgram(site)
    waits.courier.kill('SIGKILL')
    await using third = await talkTo(site, shell)
    const tape = record()
    await third.session.start(NEVER_BEGAN, compile(planFor(site, { run: NEVER_BEGAN })), tape)
    expect(await tape.outcome()).toBe('refused')
    expect(leaks(site)).toContain(join(site.state, 'runs', RUN, 'secrets/TOKEN'))
    const settled = record()
    await third.session.follow(RUN, 'settle', settled)
    expect(await settled.outcome()).toBe('undone')
  })

  test('that is missing refuses the run, and is named', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    await talk.session.keepSecret(RUN, 'EMPTY', '')
    const tape = record()
    await talk.session.start(RUN, compile(planWith(site, 'true')), tape)
    expect(await tape.outcome()).toBe('refused')
    expect(tape.printed[0]).toMatch(/^3.ready The secret TOKEN is not there/)
  })

  test('is given by a person on the host as a variable', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    await talk.session.keepSecret(RUN, 'TOKEN', SECRET)
    await talk.session.keepSecret(RUN, 'EMPTY', 'x')
    await commitRun(talk, planWith(site, 'printf "%s\\n" "$TOKEN" >token'))
    const without = await person(site, shell, 'undo')
    expect([without.status, site.live()]).toEqual([1, 'releases/2'])
    expect(without.text).toContain('The secret TOKEN is not there. A person on this host gives it in front')
    const file = join(site.state, 'runs', RUN, 'rollbook')
    const env = { ...environmentOf(site, shell), TOKEN: 'from a person', EMPTY: 'x' }
    execFileSync(shell.sh, [file, 'undo'], { env })
    expect([site.live(), readFileSync(join(site.root, 'token'), 'utf8')]).toEqual([
      'releases/3',
      'from a person\n',
    ])
  })
})
