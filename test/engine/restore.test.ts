import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { files } from '../../src/backup/files.ts'
import { restore } from '../../src/component/restore.ts'
import { readRestorable } from '../../src/component/restore-reader.ts'
import type { Question } from '../../src/engine/greeting.ts'
import type { Step } from '../../src/engine/plan.ts'
import type { Seen } from '../../src/release/facts.ts'
import { readFacts } from '../../src/release/facts-reader.ts'
import { SHELLS } from './shells.ts'
import { compile, makeSite, planFor, RUN, type Site, script, step } from './site.ts'
import { commitRun, goThere, person, prepare, record, type Talk, talkTo } from './talk.ts'

const FILES = ['.env', 'backend/.env', 'my app.env']

/** A project folder with two environment files, and copies of them as a deploy leaves them. */
function makeProject(site: Site) {
  const folder = join(site.root, 'project')
  mkdirSync(join(folder, 'backend'), { recursive: true })
  const write = (name: string, text: string, mode = 0o640) => {
    writeFileSync(join(folder, name), text)
    chmodSync(join(folder, name), mode)
  }
  write('.env', 'TAG=43\nDB_PASSWORD=new-hush\n')
  write('.env.backup', 'TAG=42\nDB_PASSWORD=old-hush\n', 0o600)
  write('backend/.env', 'PORT=3\n')
  write('backend/.env.backup', 'PORT=2\n')
  write('my app.env', 'A=1\n')
  write('my app.env.backup', 'A=1\n')
  return { folder, write, read: (name: string) => readFileSync(join(folder, name), 'utf8') }
}

const itemOf = (folder: string, from: unknown) => ({ value: { files: FILES, in: folder, from } }) as never

/** What the host offers, and the step that the component makes of it. */
async function look(site: Site, talkOf: (questions: Question[]) => Promise<Talk>, from: unknown) {
  const item = itemOf(join(site.root, 'project'), from)
  await using talk = await talkOf([restore.component.question(item)])
  const facts = readFacts('web', talk.session.facts)
  const seen: Seen = { ...facts, answer: facts.answers[0] ?? [] }
  const choice = () => restore.component.resolve(item, seen)
  const change = (): Step => step(1, 'restore', 'switch', { ...restore.component.data(item, seen) })
  return { seen, choice, change }
}

describe.concurrent.each(SHELLS)('files that get an earlier content back, under $name', shell => {
  const lookIn = (site: Site, from: unknown) =>
    look(site, questions => talkTo(site, shell, { questions }), from)

  test('from copies with a suffix: owner and mode stay, and undo brings everything back', async () => {
    using site = makeSite()
    const project = makeProject(site)
    const { change, choice } = await lookIn(site, { suffix: '.backup' })
    expect(choice()).toMatchObject({ to: 'copies.backup', alreadyThere: false, warnings: [] })
    await using talk = await talkTo(site, shell)
    const tape = await goThere(talk, planFor(site, { steps: [change()] }))
    expect([project.read('.env'), project.read('backend/.env')]).toEqual([
      'TAG=42\nDB_PASSWORD=old-hush\n',
      'PORT=2\n',
    ])
    expect(statSync(join(project.folder, '.env')).mode & 0o777).toBe(0o640)
    talk.session.tell(RUN, 'undo')
    expect(await tape.outcome()).toBe('undone')
    expect([project.read('.env'), project.read('backend/.env')]).toEqual([
      'TAG=43\nDB_PASSWORD=new-hush\n',
      'PORT=3\n',
    ])
    expect(project.read('.env.backup')).toContain('old-hush')
  })

  test('what would change is shown without a value', async () => {
    using site = makeSite()
    makeProject(site)
    const { change, seen } = await lookIn(site, { suffix: '.backup' })
    expect(change().data.changes?.split('\n')).toEqual([
      join(site.root, 'project/.env'),
      '- TAG=…',
      '- DB_PASSWORD=…',
      '+ TAG=…',
      '+ DB_PASSWORD=…',
      join(site.root, 'project/backend/.env'),
      '- PORT=…',
      '+ PORT=…',
    ])
    expect(JSON.stringify(seen)).not.toContain('hush')
  })

  test('no line of any other form is shown: it may well be the password', async () => {
    using site = makeSite()
    const project = makeProject(site)
    const odd = (hush: string) =>
      `'dsn' => 'mysql://shop:${hush}@db/shop'\n"pw": "${hush}"\nconnect shop ${hush}\n${hush}\n  pw="${hush}"\n`
    project.write('.env', odd('new-hush'))
    project.write('.env.backup', odd('old-hush'))
    const { change, seen } = await lookIn(site, { suffix: '.backup' })
    expect(JSON.stringify(seen)).not.toContain('hush')
    expect(change().data.changes).toContain('- a line that is not KEY=value (4 times)\n- pw=…\n')
  })

  test('files of somebody else beside it stay, and no link is followed', async () => {
    using site = makeSite()
    const project = makeProject(site)
    const victim = join(site.root, 'victim')
    writeFileSync(victim, 'mine\n')
    symlinkSync(victim, join(project.folder, '.env.rollbook'))
    project.write('backend/.env.rollbook', 'a note\n')
    const { change } = await lookIn(site, { suffix: '.backup' })
    await using talk = await talkTo(site, shell)
    const tape = await goThere(talk, planFor(site, { steps: [change()] }))
    expect(lstatSync(join(project.folder, '.env')).isFile()).toBe(true)
    talk.session.tell(RUN, 'undo')
    expect(await tape.outcome()).toBe('undone')
    expect([readFileSync(victim, 'utf8'), project.read('backend/.env.rollbook')]).toEqual([
      'mine\n',
      'a note\n',
    ])
    expect(lstatSync(join(project.folder, '.env.rollbook')).isSymbolicLink()).toBe(true)
  })

  test('a damaged backup is refused before anything begins', async () => {
    using site = makeSite()
    const project = makeProject(site)
    const [archive] = files.onHost.steps(
      { value: FILES, position: { line: 7 } } as never,
      { run: RUN, stateFolder: site.state } as never,
    )
    const backup = step(1, 'files', 'backup', { ...archive?.data }, { in: project.folder })
    await using talk = await talkTo(site, shell)
    await commitRun(talk, planFor(site, { steps: [backup, script(2, 'switch', 'true')] }))
    writeFileSync(archive?.data.archive ?? '', 'garbage')
    const { choice } = await lookIn(site, 'latest')
    expect(choice).toThrow('is not what it was when it was made')
  })

  test('a file without a copy stays, with a warning; none with a copy is refused', async () => {
    using site = makeSite()
    const project = makeProject(site)
    rmSync(join(project.folder, 'backend/.env.backup'))
    const { choice, change } = await lookIn(site, { suffix: '.backup' })
    expect(choice().warnings).toEqual([
      `${project.folder}/backend/.env on web has no copy to restore from, and stays as it is.`,
    ])
    expect(change().data.paths).toBe(join(project.folder, '.env'))
    for (const name of ['.env.backup', 'my app.env.backup']) rmSync(join(project.folder, name))
    const nothing = await lookIn(site, { suffix: '.backup' })
    expect(nothing.choice).toThrow('web has no copies that end in .backup')
  })

  test('a link is followed, and stays a link', async () => {
    using site = makeSite()
    const project = makeProject(site)
    mkdirSync(join(site.root, 'shared'))
    writeFileSync(join(site.root, 'shared/env'), 'TAG=43\n')
    rmSync(join(project.folder, '.env'))
    symlinkSync('../shared/env', join(project.folder, '.env'))
    const { change } = await lookIn(site, { suffix: '.backup' })
    await using talk = await talkTo(site, shell)
    expect(await (await commitRun(talk, planFor(site, { steps: [change()] }))).outcome()).toBe('committed')
    expect(lstatSync(join(project.folder, '.env')).isSymbolicLink()).toBe(true)
    expect(readFileSync(join(site.root, 'shared/env'), 'utf8')).toContain('TAG=42')
  })

  test('somebody edited a file between the look and the run: refused, and the edit is not lost', async () => {
    using site = makeSite()
    const project = makeProject(site)
    const { change } = await lookIn(site, { suffix: '.backup' })
    project.write('backend/.env', 'PORT=4\n')
    await using talk = await talkTo(site, shell)
    const tape = record()
    await talk.session.start(RUN, compile(planFor(site, { steps: [change()] })), tape)
    expect(await tape.outcome()).toBe('refused')
    expect(tape.printed.join('\n')).toContain('is not what it was any more')
    expect([project.read('.env'), project.read('backend/.env')]).toEqual([
      'TAG=43\nDB_PASSWORD=new-hush\n',
      'PORT=4\n',
    ])
  })

  test('from the last backup that a run made, and from that of a run by its id', async () => {
    using site = makeSite()
    const project = makeProject(site)
    const [archive] = files.onHost.steps(
      { value: FILES, position: { line: 7 } } as never,
      { run: RUN, stateFolder: site.state } as never,
    )
    const backup = step(1, 'files', 'backup', { ...archive?.data }, { in: project.folder })
    await using talk = await talkTo(site, shell)
    const nothing = script(2, 'switch', 'true')
    expect(await (await commitRun(talk, planFor(site, { steps: [backup, nothing] }))).outcome()).toBe(
      'committed',
    )
    project.write('.env', 'TAG=44\n')
    for (const from of ['latest', RUN]) {
      const { choice } = await lookIn(site, from)
      expect(choice()).toMatchObject({ to: `backup-${RUN}`, alreadyThere: false })
    }
    const { change } = await lookIn(site, 'latest')
    const second = `${RUN.slice(0, -1)}b`
    const tape = await goThere(talk, planFor(site, { run: second, steps: [change()] }))
    expect(project.read('.env')).toBe('TAG=43\nDB_PASSWORD=new-hush\n')
    talk.session.tell(second, 'undo')
    expect(await tape.outcome()).toBe('undone')
    expect(project.read('.env')).toBe('TAG=44\n')
    expect((await lookIn(site, '20200101T000000Z-000000')).choice).toThrow('no backup of run')
  })

  test('killed between two files: a person on the host puts both back', async () => {
    using site = makeSite()
    const project = makeProject(site)
    const { change } = await lookIn(site, { suffix: '.backup' })
    await using talk = await talkTo(site, shell)
    const tape = await prepare(talk, planFor(site, { steps: [change()] }))
    talk.session.tell(RUN, 'switch')
    await tape.phase('switched')
    // As a process that died after the first of two renames leaves it.
    project.write('backend/.env', 'PORT=3\n')
    execFileSync('kill', ['-9', site.lock()?.split(':')[3] ?? ''])
    await tape.outcome()
    expect((await person(site, shell, 'undo')).status).toBe(0)
    expect([project.read('.env'), project.read('backend/.env')]).toEqual([
      'TAG=43\nDB_PASSWORD=new-hush\n',
      'PORT=3\n',
    ])
  })
})

test('what a host says is read in its form, or not at all', () => {
  const line = (word: string, text: string) => ({ word, text, exact: true })
  expect(
    readRestorable([
      line('restore-file', '1 not-a-digest - 0 /srv/.env'),
      line('restore-file', `2 ${'a'.repeat(64)} - 0 relative`),
      line('restore-source', '2 /x'),
    ]).files,
  ).toEqual([])
})
