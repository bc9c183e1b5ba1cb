import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readStored, storedQuestion } from '../../src/backup/stored.ts'
import type { Step } from '../../src/engine/plan.ts'
import { SHELLS } from './shells.ts'
import { compile, flip, makeSite, planFor, RUN, type Site, script, seal, step } from './site.ts'
import { comesTrue, commitRun, goThere, killProgram, prepare, record, talkTo } from './talk.ts'

const SUM = 'ab'.repeat(32)
/** Of what the list of backups is about below. */
const DUMP_SUM = createHash('sha256').update('dump').digest('hex')
const OTHER_RUN = '20261121T141058Z-bbbbbb'

/** A backup as it is done by a script of a test, with the means that every kind of backup has. */
const backup = (number: number, text: string, rest: Partial<Step> = {}): Step => ({
  ...script(number, 'start', text, { in: undefined, ...rest }),
  phase: 'backup',
})

/** The script of such a step runs in the program itself. */
const inside = (site: Site, steps: readonly Step[], run = RUN) => {
  const plan = planFor(site, { run, steps: [flip(site), ...steps] })
  const { text } = compile(plan)
  return {
    plan,
    program: seal(
      text.replace(
        'run_do() {',
        'run_do() { case $step_phase in backup) eval "$arg_script"; return ;; esac;',
      ),
    ),
  }
}

const listOf = (site: Site) => join(site.state, 'backups/list')

describe.concurrent.each(SHELLS)('a backup, under $name', shell => {
  test('is told to the run with how it was proved, and entered in the list of the host', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const { plan, program } = inside(site, [
      backup(2, `arg_database=main; tell_backup ${SUM} 5000000000 restore /b/shop-main.sql.zst`),
      backup(3, `tell_backup ${SUM} 7 stream /b/files.tar.gz`),
    ])
    const tape = record()
    await talk.session.start(RUN, program, tape)
    await tape.phase('prepared')
    expect(tape.entries.filter(({ word }) => word === 'backup')).toEqual([
      { word: 'backup', step: 2, sha256: SUM, bytes: 5e9, level: 'restore', path: '/b/shop-main.sql.zst' },
      { word: 'backup', step: 3, sha256: SUM, bytes: 7, level: 'stream', path: '/b/files.tar.gz' },
    ])
    const lines = readFileSync(listOf(site), 'utf8').split('\n')
    expect(lines).toEqual([
      expect.stringMatching(/^\d{10} \S+ [a-b]{64} 5000000000 restore run main \/b\/shop-main\.sql\.zst$/),
      expect.stringMatching(/^\d{10} \S+ [a-b]{64} 7 stream run run \/b\/files\.tar\.gz$/),
      '',
    ])
    expect(lines[0]?.split(' ')[1]).toBe(plan.run)
    talk.session.tell(RUN, 'undo')
    expect(await tape.outcome()).toBe('refused')
  })

  test('that a crash cut out of the list does not swallow the next one', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    mkdirSync(join(site.state, 'backups'), { recursive: true })
    writeFileSync(listOf(site), '179500 r1 abc')
    const { program } = inside(site, [backup(2, `tell_backup ${SUM} 7 readback /b/x`)])
    const tape = record()
    await talk.session.start(RUN, program, tape)
    await tape.phase('prepared')
    expect(readFileSync(listOf(site), 'utf8')).toMatch(
      /^179500 r1 abc\n\d+ \S+ \S+ 7 readback run run \/b\/x\n$/,
    )
  })

  test('that cannot be entered in the list refuses the run, and says where the file is', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    mkdirSync(listOf(site), { recursive: true })
    const { program } = inside(site, [backup(2, `tell_backup ${SUM} 7 readback /b/x`)])
    const tape = record()
    await talk.session.start(RUN, program, tape)
    expect(await tape.outcome()).toBe('refused')
    expect(
      await comesTrue(() => tape.printed.some(line => line.includes('The backup is at /b/x, but'))),
    ).toBe(true)
  })

  test('of files is one like any other', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const archive = join(site.state, 'backups', `${RUN}-files-1.tar.gz`)
    const files = step(2, 'files', 'backup', { paths: 'releases', archive }, { in: site.root })
    const tape = await prepare(talk, planFor(site, { steps: [flip(site), files] }))
    const [entry] = tape.entries.filter(each => each.word === 'backup')
    expect(entry).toMatchObject({ level: 'readback', path: archive, bytes: readFileSync(archive).length })
    expect(readFileSync(listOf(site), 'utf8')).toMatch(/ readback files files \/.*\.tar\.gz\n$/)
  })
})

describe.concurrent.each(SHELLS)('a secret of backups, under $name', shell => {
  const secretsIn = (site: Site): string[] => {
    const folder = join(site.state, 'runs', RUN, 'secrets')
    return existsSync(folder) ? readdirSync(folder).sort() : []
  }
  const give = async (talk: Awaited<ReturnType<typeof talkTo>>) => {
    await talk.session.keepSecret(RUN, 'database.main', 'sesame')
    await talk.session.keepSecret(RUN, 'TOKEN', 'other')
  }
  const reads = 'cat "$run_folder/secrets/database.main" >"$HOME/seen"'
  const both = { secrets: ['database.main', 'TOKEN'] }

  test('is there for the backup, and gone before anything is switched; what others need stays', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    await give(talk)
    const later = script(3, 'start', 'test "$TOKEN" = other', { in: site.root, secrets: ['TOKEN'] })
    const { program } = inside(site, [backup(2, reads, both), later])
    const tape = record()
    await talk.session.start(RUN, program, tape)
    await tape.phase('prepared')
    expect(readFileSync(join(site.home, 'seen'), 'utf8')).toBe('sesame')
    expect(secretsIn(site)).toEqual(['TOKEN'])
    talk.session.tell(RUN, 'switch')
    await tape.phase('switched')
    talk.session.tell(RUN, 'commit')
    expect(await tape.outcome()).toBe('committed')
    expect(secretsIn(site)).toEqual([])
  })

  test('is gone when a backup failed', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    await give(talk)
    const { program } = inside(site, [backup(2, 'false', both)])
    const tape = record()
    await talk.session.start(RUN, program, tape)
    expect(await tape.outcome()).toBe('refused')
    expect(secretsIn(site)).toEqual([])
  })

  test('is gone after its program was killed in the middle, once the run is put in order', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    await give(talk)
    const { program } = inside(site, [backup(2, 'echo >"$HOME/begun"; sleep 1', both)])
    await talk.session.start(RUN, program, record())
    expect(await comesTrue(() => existsSync(join(site.home, 'begun')))).toBe(true)
    await killProgram(site)
    expect(secretsIn(site)).toEqual(['TOKEN', 'database.main'])
    const tape = record()
    await talk.session.follow(RUN, 'settle', tape)
    expect(await tape.outcome()).toBe('refused')
    expect(secretsIn(site)).toEqual([])
  })

  test('is gone when contact is lost before the run could begin', async () => {
    using site = makeSite()
    const talk = await talkTo(site, shell)
    await give(talk)
    expect(secretsIn(site)).toEqual(['TOKEN', 'database.main'])
    talk.hangUp()
    expect(await comesTrue(() => secretsIn(site).length === 0)).toBe(true)
  })

  test('stays with a run that began, though contact was lost', async () => {
    using site = makeSite()
    const talk = await talkTo(site, shell)
    await give(talk)
    const uses = script(3, 'start', 'test "$TOKEN" = other', { in: site.root, secrets: ['TOKEN'] })
    await goThere(talk, planFor(site, { onLostContact: 'undo', silence: 60, steps: [flip(site), uses] }))
    talk.hangUp()
    await using again = await talkTo(site, shell)
    const tape = record()
    await again.session.follow(RUN, 'attach', tape)
    expect(secretsIn(site)).toEqual(['TOKEN', 'database.main'])
    again.session.tell(RUN, 'undo')
    expect(await tape.outcome()).toBe('undone')
    expect(secretsIn(site)).toEqual([])
  })
})

describe.concurrent.each(SHELLS)('the progress of a long backup, under $name', shell => {
  test('is told while it grows: which step, how far, of how much', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const grows = [
      'echo "$act_step 900000 $HOME/dump.part" >"$run_folder/progress"',
      'printf "%4096s" "" >"$HOME/dump.part"',
      'until [ -e "$HOME/enough" ]; do sleep 0.1 2>/dev/null || sleep 1; done',
      'rm -f "$run_folder/progress"',
    ].join('\n')
    const { program } = inside(site, [backup(2, grows)])
    const tape = record()
    const seen: number[][] = []
    await talk.session.start(RUN, program, { ...tape, progress: (...told) => void seen.push(told) })
    expect(await comesTrue(() => seen.length > 0)).toBe(true)
    expect(seen[0]).toEqual([2, 4096, 900_000])
    writeFileSync(join(site.home, 'enough'), '')
    await tape.phase('prepared')
    const told = seen.length
    // Several beats later there is nothing more to tell.
    const beats = () => talk.lines.filter(line => line.endsWith(' beat')).length
    const before = beats()
    expect(await comesTrue(() => beats() >= before + 4)).toBe(true)
    expect(seen.length).toBe(told)
  })

  test('of a file that is not there, or in words that nobody understands, is not told', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const odd = [
      'echo "2 5 $HOME/nothing.part" >"$run_folder/progress"',
      'until [ -e "$HOME/next" ]; do sleep 0.1 2>/dev/null || sleep 1; done',
      'echo x >"$HOME/dump.part"; echo "two many $HOME/dump.part" >"$run_folder/progress"',
      'until [ -e "$HOME/enough" ]; do sleep 0.1 2>/dev/null || sleep 1; done',
    ].join('\n')
    const { program } = inside(site, [backup(2, odd)])
    const tape = record()
    const seen: number[][] = []
    await talk.session.start(RUN, program, { ...tape, progress: (...told) => void seen.push(told) })
    const beats = () => talk.lines.filter(line => line.endsWith(' beat')).length
    expect(await comesTrue(() => beats() >= 4)).toBe(true)
    writeFileSync(join(site.home, 'next'), '')
    expect(await comesTrue(() => talk.lines.some(line => / progress two \d+ many$/.test(line)))).toBe(true)
    writeFileSync(join(site.home, 'enough'), '')
    await tape.phase('prepared')
    expect(seen).toEqual([])
    expect(talk.lines.filter(line => / progress 2 /.test(line))).toEqual([])
  })
})

describe.concurrent.each(SHELLS)('the list of backups, under $name', shell => {
  /** A host with what runs have left: the file, its sum and the line about it. */
  const leave = (site: Site, run: string, name: string, more: { text?: string; line?: string } = {}) => {
    const path = join(site.root, `${name}.sql.zst`)
    mkdirSync(join(site.state, 'backups'), { recursive: true })
    writeFileSync(path, more.text ?? 'dump')
    writeFileSync(`${path}.sha256`, `${DUMP_SUM}  ${name}.sql.zst\n`)
    const line = more.line ?? `1795000000 ${run} ${DUMP_SUM} 4 readback database main ${path}`
    writeFileSync(listOf(site), `${line}\n`, { flag: 'a' })
    return path
  }
  const lineFor = (run: string, path: string, bytes = 4) => `${run} ${DUMP_SUM} ${bytes} ${path}`

  test('tells what is still there, what is not, and what was changed', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    await commitRun(talk, planFor(site))
    leave(site, RUN, 'whole')
    leave(site, RUN, 'longer', { text: 'another dump' })
    rmSync(leave(site, RUN, 'missing'))
    const link = leave(site, RUN, 'link')
    rmSync(link)
    // As long as the file was, whichever of the two is measured.
    writeFileSync(join(site.root, 'data'), 'data')
    symlinkSync('data', link)
    const stored = readStored(await talk.session.ask([storedQuestion()]))
    expect(stored.map(({ path, found, runIsOver }) => [path.split('/').at(-1), found, runIsOver])).toEqual([
      ['whole.sql.zst', 'whole', true],
      ['longer.sql.zst', 'changed', true],
      ['missing.sql.zst', 'missing', true],
      ['link.sql.zst', 'changed', true],
    ])
  })

  test('tells which runs are not over', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    await goThere(talk, planFor(site))
    leave(site, RUN, 'of-a-run-at-work')
    leave(site, OTHER_RUN, 'of-a-run-whose-folder-is-gone')
    const journal = (run: string, text: string) => {
      mkdirSync(join(site.state, 'runs', run), { recursive: true })
      writeFileSync(join(site.state, 'runs', run, 'journal'), text)
      leave(site, run, run)
    }
    journal('cut', '1 1.0 run forward cut 1 1 b 2 1 .\n2 1.0 phase prepare .\n')
    journal('torn', '1 1.0 run forward torn 1 1 b 2 1 .\n2 1.0 outcome forward com')
    journal(
      'stuck',
      '1 1.0 run forward stuck 1 1 b 2 1 .\n2 1.0 outcome forward needs-operator .\n3 1.0 over .\n',
    )
    journal('done', '1 1.0 run forward done 1 1 b 2 1 .\n2 1.0 outcome forward committed .\n3 1.0 over .\n')
    journal('back', '1 1.0 outcome forward committed .\n2 1.0 over .\n3 1.0 run back back 1 1 b 1 2 .\n')
    const stored = readStored(await talk.session.ask([storedQuestion()]))
    expect(stored.map(({ run, runIsOver }) => [run, runIsOver])).toEqual([
      [RUN, false],
      [OTHER_RUN, true],
      ['cut', false],
      ['torn', false],
      ['stuck', false],
      ['done', true],
      ['back', false],
    ])
    talk.session.tell(RUN, 'undo')
  })

  test('of a host that never made one is empty', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    expect(await talk.session.ask([storedQuestion()])).toEqual([])
  })

  test('loses what is removed, with its sum beside it, and remembers that it was', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const [one, two] = [leave(site, 'r1', 'one'), leave(site, 'r2', 'two')]
    expect(await talk.session.removeBackups([lineFor('r1', one)])).toEqual([`removed ${one}`])
    expect([one, `${one}.sha256`, two, `${two}.sha256`].map(path => existsSync(path))).toEqual([
      false,
      false,
      true,
      true,
    ])
    expect(readFileSync(listOf(site), 'utf8').trim().split('\n').at(-1)).toMatch(
      new RegExp(`^\\d{10} r1 ${DUMP_SUM} 4 removed database main ${one}$`),
    )
    expect(readStored(await talk.session.ask([storedQuestion()])).map(({ run }) => run)).toEqual(['r2'])
    expect(await talk.session.removeBackups([lineFor('r1', one), lineFor('r2', two)])).toEqual([
      `stays ${one}`,
      `removed ${two}`,
    ])
  })

  test('of files goes with the list of what is in it, while that is still what was summed', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const manifestOf = (path: string, text = '-rw------- 0/0 .env\n') => {
      const name = basename(path)
      const sum = createHash('sha256').update('-rw------- 0/0 .env\n').digest('hex')
      writeFileSync(`${path}.manifest`, text)
      writeFileSync(`${path}.sha256`, `${DUMP_SUM}  ${name}\n${sum}  ${name}.manifest\n`)
      return path
    }
    const ours = manifestOf(leave(site, 'r1', 'one'))
    const changed = manifestOf(leave(site, 'r2', 'two'), 'notes of my own\n')
    await talk.session.removeBackups([lineFor('r1', ours), lineFor('r2', changed)])
    expect([ours, `${ours}.manifest`, `${ours}.sha256`, changed].filter(path => existsSync(path))).toEqual([])
    expect(readFileSync(`${changed}.manifest`, 'utf8')).toBe('notes of my own\n')
  })

  test('forgets what was removed: who puts a file of the same name and length there keeps it', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const path = leave(site, 'r1', 'one')
    await talk.session.removeBackups([lineFor('r1', path)])
    writeFileSync(path, 'mine')
    expect(await talk.session.removeBackups([lineFor('r1', path)])).toEqual([`stays ${path}`])
    expect(readFileSync(path, 'utf8')).toBe('mine')
  })

  test('is of what was in the files: another one of the same name and length is not ours to remove', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const path = leave(site, 'r1', 'one')
    writeFileSync(path, 'mine')
    expect(await talk.session.removeBackups([lineFor('r1', path)])).toEqual([`stays ${path}`])
    expect(readFileSync(path, 'utf8')).toBe('mine')
    const ours = leave(site, 'r2', 'two')
    writeFileSync(`${ours}.sha256`, 'the sums of my own files\n')
    expect(await talk.session.removeBackups([lineFor('r2', ours)])).toEqual([`removed ${ours}`])
    expect(readFileSync(`${ours}.sha256`, 'utf8')).toBe('the sums of my own files\n')
  })

  test('tells that it lives while it reads a long file, and stops to wait for one that never ends', async () => {
    using site = makeSite()
    // A disk that takes its time, and a clock that does not.
    const login = 'sha256sum() { exec sleep 120; }; sleep() { command sleep 0.02; }'
    await using talk = await talkTo(site, shell, { login })
    const path = leave(site, 'r1', 'one')
    expect(await talk.session.removeBackups([lineFor('r1', path)])).toEqual([`stays ${path}`])
    expect(talk.lines.filter(line => line.endsWith(' beat'))).toHaveLength(120)
    expect(existsSync(path)).toBe(true)
  })

  test('is all that is ever removed: nothing beside it, nothing that was changed, nothing through a link', async () => {
    using site = makeSite()
    await using talk = await talkTo(site, shell)
    const listed = leave(site, 'r1', 'listed')
    const longer = leave(site, 'r1', 'longer', { text: 'it is another file by now' })
    const link = leave(site, 'r1', 'link')
    // As long as the backup was, and so is the link to it.
    const precious = join(site.root, 'data')
    writeFileSync(precious, 'data')
    rmSync(link)
    symlinkSync('data', link)
    const folder = leave(site, 'r1', 'folder')
    rmSync(folder)
    mkdirSync(folder)
    const wanted = [
      lineFor('r1', precious),
      lineFor('r2', listed),
      lineFor('r1', listed, 5),
      lineFor('r1', longer),
      lineFor('r1', link),
      lineFor('r1', folder),
      lineFor('r1', `${listed}.sha256`),
      lineFor('r1', `${site.root}/*`),
      `r1 ${SUM} 4 $(touch ${site.root}/owned)`,
    ]
    const facts = await talk.session.removeBackups(wanted)
    expect(facts.every(fact => fact.startsWith('stays '))).toBe(true)
    expect(facts).toHaveLength(wanted.length)
    expect([precious, listed, longer, link, folder].map(path => existsSync(path))).toEqual(
      Array(5).fill(true),
    )
    expect(existsSync(join(site.root, 'owned'))).toBe(false)
    expect(readFileSync(listOf(site), 'utf8')).not.toContain('removed')
    // What comes behind the lines is understood as what it is.
    expect(await talk.session.probe()).toContainEqual(expect.stringMatching(/^state /))
  })
})
